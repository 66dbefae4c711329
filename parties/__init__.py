"""Who takes part: organisations, their members with roles, and the keys that parties sign with.

Law: it stands on the ledger, storage and crypto alone and knows no web framework: how a person logs in is app's. It is
beneath bidding, guarantees and oversight, which all need to know who someone is. Services take a session and `now`,
write rows, append to the ledger in the same transaction, and never commit.
"""
