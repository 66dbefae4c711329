"""Blind tokens in HTTP headers, as RFC 9577 sections 2.1 and 2.2 have them.

WWW-Authenticate: PrivateToken challenge="<base64url>", token-key="<base64url>"
Authorization: PrivateToken token="<base64url>"
"""

import base64
import binascii
import re

from bidding.turned_away import Code, TurnedAwayError
from crypto.tokens.privacy_pass import TokenChallenge

_AUTHORIZATION = re.compile(r'PrivateToken token=(?:"([A-Za-z0-9_=-]+)"|([A-Za-z0-9_-]+))', re.IGNORECASE)
MAX_SIZE = 1024


def challenge_header(challenge: TokenChallenge, spki: bytes) -> str:
    """The challenge with the present key, for a 401."""
    return f'PrivateToken challenge="{encode(challenge.encode())}", token-key="{encode(spki)}"'


def token_of(header: str | None) -> bytes | None:
    """The token in an Authorization header; None without one. TOKEN_INVALID for anything else."""
    if header is None:
        return None
    found = _AUTHORIZATION.fullmatch(header) if len(header) <= MAX_SIZE else None
    if found is None:
        raise TurnedAwayError(Code.TOKEN_INVALID)
    try:
        return decode(found[1] or found[2])
    except binascii.Error as error:
        raise TurnedAwayError(Code.TOKEN_INVALID) from error


def authorization(token: bytes) -> str:
    """The value of the Authorization header that spends a token."""
    return f'PrivateToken token="{encode(token)}"'


def encode(data: bytes) -> str:
    """base64url with padding, as the RFC asks for."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """binascii.Error for what is not base64url, padded or not."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
