"""Points of the prime-order subgroup of edwards25519, other than the identity.

A `Point` that exists has passed `crypto_core_ed25519_is_valid_point`: canonical, on the curve, in the
subgroup of prime order, not of small order. A foreign point is checked here once, before any secret
touches it; what libsodium then computes from valid points and non-zero scalars stays in the subgroup.
"""

from collections.abc import Iterable
from functools import reduce

from nacl import bindings, exceptions

from crypto.curve.scalar import Scalar
from crypto.errors import EncodingError

POINT_SIZE = 32
IDENTITY = b"\x01" + bytes(POINT_SIZE - 1)


class PointError(EncodingError):
    """Bytes that are no point of the prime-order subgroup, or a result that would be the identity."""


class Point:
    """A point of prime order, in its 32-byte RFC 8032 encoding."""

    __slots__ = ("raw",)

    raw: bytes

    def __init__(self, raw: bytes) -> None:
        """Decodes a foreign point; PointError unless it is canonical and of prime order."""
        if len(raw) != POINT_SIZE:
            raise PointError(f"a point has {POINT_SIZE} bytes, not {len(raw)}")
        if not bindings.crypto_core_ed25519_is_valid_point(raw):
            raise PointError("not a canonical point of edwards25519's prime-order subgroup")
        self.raw = raw

    @classmethod
    def trusted(cls, raw: bytes) -> "Point":
        """A result of libsodium's over valid points; foreign bytes never come here."""
        if raw == IDENTITY:
            raise PointError("the result is the identity, which no honest party ever produces")
        point = object.__new__(cls)
        point.raw = raw
        return point

    def __add__(self, other: "Point") -> "Point":
        return self.trusted(bindings.crypto_core_ed25519_add(self.raw, other.raw))

    def __sub__(self, other: "Point") -> "Point":
        return self.trusted(bindings.crypto_core_ed25519_sub(self.raw, other.raw))

    def __rmul__(self, scalar: Scalar) -> "Point":
        try:
            return self.trusted(bindings.crypto_scalarmult_ed25519_noclamp(scalar.raw, self.raw))
        except exceptions.RuntimeError as error:
            raise PointError("the result is the identity: the scalar is zero") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash((Point, self.raw))

    def __repr__(self) -> str:
        return f"Point({self.raw[:4].hex()}...)"  # in full it may be a shared secret


def base_multiple(scalar: Scalar) -> Point:
    """scalar * B; PointError if the scalar is zero."""
    if scalar.is_zero():
        raise PointError("the result is the identity: the scalar is zero")
    return Point.trusted(bindings.crypto_scalarmult_ed25519_base_noclamp(scalar.raw))


def point_sum(points: Iterable[Point]) -> Point:
    """The sum of one or more points; PointError if it is the identity (a partial sum may be)."""
    return Point.trusted(reduce(bindings.crypto_core_ed25519_add, (point.raw for point in points)))


BASE = Point(bytes([0x58]) + bytes([0x66]) * 31)
"""The generator B of RFC 8032."""
