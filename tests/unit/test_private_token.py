"""Blind tokens in HTTP headers (RFC 9577)."""

import re

import pytest

from app.api.private_token import authorization, challenge_header, decode, token_of
from bidding.turned_away import TurnedAwayError
from crypto.tokens.privacy_pass import TokenChallenge


def test_token_goes_into_the_header_and_comes_out_again() -> None:
    for size in (354, 1, 2, 3):
        raw = bytes(range(256)) * 2
        assert token_of(authorization(raw[:size])) == raw[:size]
    assert token_of(None) is None


def test_token_may_be_quoted_or_not_and_padded_or_not() -> None:
    for header in (
        'PrivateToken token="-_8="',
        'PrivateToken token="-_8"',
        "PrivateToken token=-_8",
        "privatetoken token=-_8",
    ):
        assert token_of(header) == b"\xfb\xff"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer x", "PrivateToken", "PrivateToken token=", 'PrivateToken token="+/8="', 'PrivateToken token="a"',
     'PrivateToken token="AA==", more="x"', 'PrivateToken token="AA"x', "PrivateToken token=" + "A" * 2000],
)  # fmt: skip
def test_other_headers_are_no_token(header: str) -> None:
    with pytest.raises(TurnedAwayError, match="token-invalid"):
        token_of(header)


def test_challenge_carries_issuer_origin_and_key() -> None:
    challenge = TokenChallenge("tokens.example", "bids.example")
    header = challenge_header(challenge, b"key")
    found = re.fullmatch(r'PrivateToken challenge="([^"]+)", token-key="([^"]+)"', header)
    assert found is not None
    assert TokenChallenge.parse(decode(found[1])) == challenge
    assert decode(found[2]) == b"key"
