"""Mailboxes without a name: sealed letters come in and go out, each behind an entry of the ledger.

Law: imports ledger, storage and crypto only. Whose letters they are and what they say is its users': each has a Scheme
and two tables of its own (oversight, reports; guarantees, applications). messages.py and keys.py are pure.
"""
