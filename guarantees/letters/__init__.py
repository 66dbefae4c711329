"""What applicants and guarantors write to each other, sealed: the platform sees lengths, padded, and times. Pure.

scheme.py    mailboxes of guarantees: whom they are with, how they are padded
kinds.py     each kind of letter, a record as canonical JSON
"""
