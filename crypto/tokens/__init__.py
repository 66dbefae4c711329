"""Blind tokens: the right to submit once, issued to a known bidder, redeemed by nobody in particular.

Law: that of `crypto`, and no more state than the values passed in. Who may have a token, and that one is
redeemed once only, is decided and remembered by the caller.

    errors        what this package refuses
    emsa_pss      the encoding RSA-PSS signs (RFC 8017 section 9.1)
    blind_rsa     RSABSSA-SHA384-PSS-Deterministic (RFC 9474)
    token_key     the issuer's public key and its id
    privacy_pass  challenge, request and token of type 0x0002 (RFC 9577, RFC 9578)

Unlinkable means: whoever holds the issuer's secret key and every message it saw cannot tell which request a
token came from, by any amount of computing, as long as all bidders were given the same, honestly made key.
What the mathematics does not hide: the times of issuing and redeeming, network addresses, and how many
tokens were out when one was redeemed.
"""
