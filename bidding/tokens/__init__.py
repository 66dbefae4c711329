"""Blind tokens: who may draw how many, and that each is spent once (docs/spec/submission.md).

Law: what is written down at issuing is a count for an organisation and a month; what is written down at spending is a
nullifier without a time. Nothing else of either.

    periods    which months a key is issued with and redeemed in (pure)
    challenge  what every token of this platform is for (pure)
    keys       the published keys: rows, and entries on the ledger
    issuing    a token for a verified organisation within its allowance
    spending   a token is verified, and spent once
    models     the tables
"""
