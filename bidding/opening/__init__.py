"""The opening of bids: from the keyholders' shares to the opening record (design.md 4.6, docs/spec/opening.md).

    job.py         the rows are the queue: begin, refresh, open each bid, show, finish
    one_bid.py     one bid: file key -> package -> result, in one transaction
    causes.py      why a bid fails, and whose fault that is (办31); a pure table
    fallback.py    a bidder opens its own bid when keyholders fall silent
    calling.py     a later part is called for by who may
    hall.py        objections, answers, sign-offs, silence (条44)
    record.py      the opening record
    reopening.py   a document out of an opened bid, by what the ledger shows

Law: services take a session and `now` and never commit; jobs do. Nothing here logs a name, a key or a salt.
"""
