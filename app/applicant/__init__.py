"""A bidder's side of guarantees: apply without a name, accept, fetch, check, and put it into the bid.

The folder of an application is the bidder's alone: its key makes the mailbox, and nothing else ties the two.
"""
