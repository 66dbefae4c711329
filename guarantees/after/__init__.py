"""Guarantees after the opening: released on the clock, demanded and answered, amended, expired; and reconciled.

    clocks       when a guarantee must be released (条31, 条35, 条57); pure
    demand_rules what may be demanded, and how it may be answered (URDG 758); pure
    steps        a step: its entry in the ledger, its row, its act on chain, in one transaction
    releasing    the clocks of a lot's guarantees, the releases, and the list of what is late and why
    demands      demand, payment, refusal, extension
    amending     a change that guarantor, applicant and beneficiary sign
    following    what the chain did, taken over; expiry
    reconciling  database, ledger and chain compared
    job          the worker: the rows are the queue

Law: clocks and demand_rules are pure. Services take a session and `now` and never commit; the job does. The platform
sends for the beneficiary alone; whatever a guarantor does on chain its own desk sends.
"""
