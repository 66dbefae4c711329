"""The one encoder for whatever Sunseal hashes or signs (docs/spec/encoding.md).

    encode(domain, f1, f2, ...) = L(domain) || L(f1) || L(f2) || ...
    L(x) = len(x) as 8 bytes big-endian || x

The domain says what the bytes are for and fixes the number and the types of the fields, so no two
different statements share an encoding, and a hash or signature made for one purpose fits no other.
Where a published specification prescribes its own bytes (age, COCKTAIL-DKG, RFC 6962, RFC 9578), those
bytes are used instead, and this encoder is not.
"""

import hashlib
from functools import lru_cache

Field = bytes | str | int

MAX_INTEGER = 2**64 - 1


def encode(domain: str, *fields: Field) -> bytes:
    """Length-prefixed bytes of `fields` under `domain`.

    A `str` is taken as UTF-8, an `int` as 8 bytes big-endian. Domains are ASCII and end in a version,
    such as `sunseal/dleq/v1`.

    Raises ValueError for an integer outside 0..2^64-1, a domain that is not printable ASCII, or a
    string with a lone surrogate (a UnicodeEncodeError, which is a ValueError).
    """
    parts = [_domain(domain)]
    for field in fields:
        value = field if isinstance(field, bytes) else _field_bytes(field)
        parts += len(value).to_bytes(8, "big"), value
    return b"".join(parts)


def hash512(domain: str, *fields: Field) -> bytes:
    """SHA-512 over `encode(domain, *fields)`: 64 bytes."""
    return hashlib.sha512(encode(domain, *fields)).digest()


@lru_cache(maxsize=256)  # there are fewer domains than that
def _domain(domain: str) -> bytes:
    if not (domain.isascii() and domain.isprintable() and domain):
        raise ValueError("an encoding domain is printable ASCII and not empty")
    return len(domain).to_bytes(8, "big") + domain.encode("ascii")


def _field_bytes(field: str | int) -> bytes:
    if isinstance(field, str):
        return field.encode("utf-8")
    if not 0 <= field <= MAX_INTEGER:
        raise ValueError("an encoded integer lies between 0 and 2^64-1")
    return field.to_bytes(8, "big")
