"""The HTTP side of a guarantor's desk: what the bank's own systems call, in the bank's own network.

Every request is signed (docs/spec/bank-api.md) by a system that the folder's `callers.toml` names; there are no logins,
no sessions and no pages. Services are guarantees/desk's, on the desk's own database: nothing here is the platform's.
"""
