"""Offline audit of everything public, from a URL or a bundle.

Law: imports crypto and the pure modules of the ledger only, so that checking us needs none of us.
"""
