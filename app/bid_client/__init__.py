"""The bidder's side of submitting: tokens, uploads, final requests, receipts. It trusts nobody.

Law: nothing of the platform is imported but pure modules. What is received is verified before it counts, and what must
not be lost is on the disk before it is sent.

    errors       why it did not work
    wallet       tokens in a file, which no crash loses or spends twice
    issuer       drawing tokens, under a key that the ledger shows to everybody
    channel      HTTP that says nothing of who asks
    uploading    one sealed file, resumed wherever the line was cut
    submitting   the final request and its receipt, withdrawal
    records      what was submitted from a bid's folder
    login        a login, for drawing tokens without an API token
    ledger       what the ledger says of a lot, verified
    own_key      the file key of one's own bid, when keyholders fell silent
"""
