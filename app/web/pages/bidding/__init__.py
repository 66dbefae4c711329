"""Bidding in the browser: the wallet, the page on which a bid is prepared, and the list of one's bids.

Law: what could tie a bidder to a lot never reaches the platform. The wallet's page knows who is logged in, and no lot;
the page of a lot and the list of bids have no session, and what they send goes out without a cookie
(docs/spec/submission.md, "What each side learns"). All that is secret is made and kept in the browser (client/).
"""
