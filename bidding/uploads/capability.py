"""What names an upload: 32 bytes that nobody guesses.

    capability = SHA-256(encode("sunseal/upload/v1", token, idempotency key))
    id         = SHA-256(encode("sunseal/upload-id/v1", capability)), which is what the database has

It follows from the token, which nobody else knows, so that a creation whose answer was lost can be asked for again.
"""

import hashlib

from bidding.turned_away import Code, TurnedAwayError
from crypto.encoding import encode

SIZE = 32


def of_token(token: bytes, idempotency_key: bytes) -> bytes:
    """The capability that this token creates under this key. Without the token nobody computes it."""
    return hashlib.sha256(encode("sunseal/upload/v1", token, idempotency_key)).digest()


def id_of(capability: bytes) -> bytes:
    """What the database has of it."""
    return hashlib.sha256(encode("sunseal/upload-id/v1", capability)).digest()


def parse(text: str) -> bytes:
    """From its 64 hexadecimal digits, as in a URL. UPLOAD_UNKNOWN for anything else."""
    try:
        raw = bytes.fromhex(text)
    except ValueError as error:
        raise TurnedAwayError(Code.UPLOAD_UNKNOWN) from error
    if len(raw) != SIZE or raw.hex() != text:
        raise TurnedAwayError(Code.UPLOAD_UNKNOWN)
    return raw
