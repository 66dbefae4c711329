"""Tenders, lots, timetable, intake, opening, evaluation, award.

Law: imports ledger, storage and crypto only; what it needs of guarantees or oversight it declares as
a Protocol in `ports.py`, and `app/wiring.py` connects it. Rules are pure: `now` is an argument.
"""
