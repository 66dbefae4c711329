"""The birational map between edwards25519 and curve25519 (RFC 7748 section 4.1).

    u = (1 + y) / (1 - y)        y = (u - 1) / (u + 1)

A u-coordinate stands for a point and its negative. It is lifted with sign bit 0; since the protocols
return to a u-coordinate in the end, the sign drops out again.
"""

from crypto.curve import field
from crypto.curve.point import POINT_SIZE, Point, PointError

SIGN_BIT = 0x80


def to_u(point: Point) -> bytes:
    """The 32-byte u-coordinate: an X25519 public value. Never zero for a point of prime order."""
    y = field.decode(point.raw[:-1] + bytes([point.raw[-1] & ~SIGN_BIT & 0xFF]))
    return field.encode((1 + y) * field.invert((1 - y) % field.P) % field.P)


def from_u(u: bytes) -> Point:
    """The point with sign bit 0 over a canonical u-coordinate.

    PointError for a u that is not 32 canonical bytes, lies on the twist, or belongs to a point outside
    the subgroup of prime order. RFC 7748's X25519 would take those; what comes from an honest sender is
    a multiple of the base point and always passes.
    """
    if len(u) != POINT_SIZE:
        raise PointError(f"a u-coordinate has {POINT_SIZE} bytes, not {len(u)}")
    value = int.from_bytes(u, "little")
    if value >= field.P - 1:
        raise PointError("the u-coordinate is not canonical, or has no point on edwards25519")
    y = (value - 1) * field.invert(value + 1) % field.P
    try:
        return Point(field.encode(y))
    except PointError as error:
        message = "the u-coordinate belongs to no point of the prime-order subgroup"
        raise PointError(message) from error
