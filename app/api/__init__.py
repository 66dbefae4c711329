"""The REST API.

What takes bids (`submission_app`) is an application of its own: it knows no login, takes no cookie, and can be served
under a host name of its own.
"""
