"""The platform's side of the keyholders: their messages, the pool of keys, openings and draws.

Law: imports ledger, storage and crypto only, and knows no web framework; bidding, guarantees, oversight and app stand
on it. What keyholders must agree on is read from the ledger through `ledger.view`, never decided here: the tables
keep what is not public (sealed releases), what is on its way, and what saves a search. Nothing here can open a bid
that t keyholders have not released.
"""
