"""The field of 2^255 - 19, as far as the maps between encodings need it (RFC 7748, RFC 9380).

Exponentiation is GMP's `powmod_sec`, whose time does not depend on the base; the multiplications around
it are Python integers, whose time does, slightly, depend on the number of their limbs. The one secret that
passes through here is the shared point of a bid being opened (`montgomery.to_u`), once.
"""

import gmpy2

from crypto.errors import EncodingError

P = 2**255 - 19
ELEMENT_SIZE = 32
SQRT_M1 = pow(2, (P - 1) // 4, P)
"""The even square root of -1."""


def power(base: int, exponent: int) -> int:
    return int(gmpy2.powmod_sec(base, exponent, P))


def invert(value: int) -> int:
    """1 / value; 0 for 0, as RFC 9380's inv0."""
    return power(value, P - 2)


def is_odd(value: int) -> bool:
    """The sign of an element, in the sense of RFC 8032 and RFC 9380: odd is negative."""
    return value & 1 == 1


def is_square(value: int) -> bool:
    return power(value, (P - 1) // 2) in (0, 1)


def square_root(value: int) -> int:
    """The even root of a square; for anything else the result means nothing (p = 5 mod 8)."""
    root = power(value, (P + 3) // 8)
    if root * root % P != value:
        root = root * SQRT_M1 % P
    return P - root if is_odd(root) else root


def encode(value: int) -> bytes:
    return value.to_bytes(ELEMENT_SIZE, "little")


def decode(raw: bytes) -> int:
    """The element whose canonical encoding is `raw` (32 bytes, below p); EncodingError otherwise."""
    if len(raw) != ELEMENT_SIZE:
        raise EncodingError(f"a field element has {ELEMENT_SIZE} bytes, not {len(raw)}")
    value = int.from_bytes(raw, "little")
    if value >= P:
        raise EncodingError("the field element is not canonical: it is not below 2^255-19")
    return value
