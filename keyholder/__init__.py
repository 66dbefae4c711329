"""The daemon of one keyholder: key generation, witness, release of shares.

Law: imports crypto and the pure modules of the ledger only. It treats the platform as hostile: what it
acts on it has verified itself, from the ledger it has itself followed, by its own clock.
"""
