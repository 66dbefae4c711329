"""Offline audit of everything public, from a URL or a bundle.

Law: imports crypto, statutes and pure modules of the ledger, of bidding and of oversight only (.importlinter names
them), so that checking us needs nothing of us that runs.
"""
