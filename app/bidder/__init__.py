"""A bidder's own folder, one for one bid: prepared, packed, sealed and rehearsed there, offline.

`folder` knows the files, `form_file` what a person edits, `party` who signs, `steps` what each command does. What is to
be submitted in the end is `folder.BidFolder.sealed_bid`: the client that submits needs to know nothing else of a bid.
"""
