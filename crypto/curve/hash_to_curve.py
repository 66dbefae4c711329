"""Hashing a string to a point: suite edwards25519_XMD:SHA-512_ELL2_RO_ of RFC 9380.

The input is public wherever Sunseal hashes to the curve (the name of a draw), so the field arithmetic
of the map need not be constant-time. Additions on the curve, the clearing of the cofactor among them, are
libsodium's.
"""

import hashlib

from nacl import bindings

from crypto.curve import field
from crypto.curve.field import P
from crypto.curve.point import Point

_J = 486662
_FIELD_BYTES = 48
_SQRT_MINUS_J_PLUS_2 = field.square_root(-(_J + 2) % P)
"""The constant c1 of RFC 9380 appendix G.2.2, with the sign sgn0(c1) = 0 that it prescribes."""


def hash_to_curve(message: bytes, dst: bytes) -> Point:
    """A point that is indistinguishable from uniform; `dst` is the domain separation tag, 1..255 bytes.

    RFC 9380 section 3: (1) u = hash_to_field(msg, 2); (2) Q0, Q1 = map_to_curve(u0), map_to_curve(u1);
    (3) R = Q0 + Q1; (4) P = clear_cofactor(R).
    """
    uniform = expand_message_xmd(message, dst, 2 * _FIELD_BYTES)  # 1
    elements = (int.from_bytes(uniform[:_FIELD_BYTES], "big"), int.from_bytes(uniform[_FIELD_BYTES:], "big"))
    q0, q1 = (_map_to_edwards(element % P) for element in elements)  # 2
    result = bindings.crypto_core_ed25519_add(q0, q1)  # 3
    for _ in range(3):  # 4, by 8 = 2^3
        result = bindings.crypto_core_ed25519_add(result, result)
    return Point(result)


def expand_message_xmd(message: bytes, dst: bytes, length: int) -> bytes:
    """RFC 9380 section 5.3.1 with SHA-512."""
    blocks = -(-length // 64)
    if not 0 < len(dst) <= 255 or blocks > 255:
        raise ValueError("expand_message_xmd takes a tag of 1..255 bytes and gives at most 16320 bytes")
    dst_prime = dst + bytes([len(dst)])
    b0 = hashlib.sha512(bytes(128) + message + length.to_bytes(2, "big") + b"\0" + dst_prime).digest()
    block = hashlib.sha512(b0 + b"\x01" + dst_prime).digest()
    output = block
    for index in range(2, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(b0, block, strict=True))
        block = hashlib.sha512(mixed + bytes([index]) + dst_prime).digest()
        output += block
    return output[:length]


def _map_to_edwards(u: int) -> bytes:
    """Elligator 2 to curve25519, then to edwards25519 (RFC 9380 sections 6.7.1 and 6.8.2), compressed."""
    s, t = _elligator2(u)
    if t == 0 or s == P - 1:  # the exceptional cases map to the identity (section 6.8.2)
        return b"\x01" + bytes(31)
    x = _SQRT_MINUS_J_PLUS_2 * s * field.invert(t) % P
    y = (s - 1) * field.invert((s + 1) % P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _elligator2(u: int) -> tuple[int, int]:
    """The point (s, t) of curve25519 that u maps to, Z = 2."""
    x1 = -_J * field.invert((1 + 2 * u * u) % P) % P
    gx1 = (x1**3 + _J * x1 * x1 + x1) % P
    if field.is_square(gx1):
        s, square, sign = x1, gx1, True
    else:
        s = (-x1 - _J) % P
        square, sign = (s**3 + _J * s * s + s) % P, False
    root = field.square_root(square)
    return s, (P - root if field.is_odd(root) != sign else root)
