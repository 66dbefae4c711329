"""The check of guarantees at the opening: what a bid carries in a bond's place is fetched, examined and presented.

    words     the outcomes, each a word of the ledger with its sentence; a table
    facts     what is compared: the lot's demands, the guarantor's listing, the chain
    rules     the checks in their order; pure
    paper_rules  whether a bid has the scan that it names; pure
    models    what was presented, one row a guarantee
    taking    bidding's port: the check inside the opening's transaction, which waits for no chain
    waiting   the check of those whose commitment the chain had not shown yet
    by_hand   the fallback: scanned paper, which staff examine
    giving_back  a guarantee of a bid that was withdrawn, or that nobody opened, handed in by its bidder

Law: words, facts, rules and paper_rules are pure. Services take a session and `now` and never commit; nothing here asks
a node.
"""
