"""Integers modulo the order of the prime-order subgroup, computed by libsodium in constant time."""

from collections.abc import Iterable
from functools import reduce
from operator import add

from nacl import bindings

from crypto.errors import EncodingError
from crypto.randomness import RandomBytes

ORDER = 2**252 + 27742317777372353535851937790883648493
SCALAR_SIZE = 32
WIDE_SIZE = 64


class Scalar:
    """A number in [0, ORDER), 32 bytes little-endian. It never prints itself: most of them are secret."""

    __slots__ = ("raw",)

    raw: bytes

    def __init__(self, raw: bytes) -> None:
        """From the canonical encoding; EncodingError if `raw` is not 32 bytes below ORDER."""
        if len(raw) != SCALAR_SIZE:
            raise EncodingError(f"a scalar has {SCALAR_SIZE} bytes, not {len(raw)}")
        if bindings.crypto_core_ed25519_scalar_reduce(raw + bytes(WIDE_SIZE - SCALAR_SIZE)) != raw:
            raise EncodingError("the scalar is not canonical: it is not below the order of the group")
        self.raw = raw

    @classmethod
    def reduce(cls, wide: bytes) -> "Scalar":
        """64 uniform bytes, little-endian, modulo ORDER: off from uniform by less than 2^-256."""
        if len(wide) != WIDE_SIZE:
            raise EncodingError(f"a scalar is reduced from {WIDE_SIZE} bytes, not {len(wide)}")
        return cls._trusted(bindings.crypto_core_ed25519_scalar_reduce(wide))

    @classmethod
    def from_int(cls, value: int) -> "Scalar":
        """A public number, reduced: the conversion is not constant-time."""
        return cls._trusted((value % ORDER).to_bytes(SCALAR_SIZE, "little"))

    @classmethod
    def random(cls, random: RandomBytes) -> "Scalar":
        """A uniform scalar that is not zero."""
        while True:
            scalar = cls.reduce(random(WIDE_SIZE))
            if not scalar.is_zero():
                return scalar

    @classmethod
    def _trusted(cls, raw: bytes) -> "Scalar":
        scalar = object.__new__(cls)
        scalar.raw = raw
        return scalar

    def is_zero(self) -> bool:
        return self.raw == bytes(SCALAR_SIZE)

    def __add__(self, other: "Scalar") -> "Scalar":
        return self._trusted(bindings.crypto_core_ed25519_scalar_add(self.raw, other.raw))

    def __sub__(self, other: "Scalar") -> "Scalar":
        return self._trusted(bindings.crypto_core_ed25519_scalar_sub(self.raw, other.raw))

    def __mul__(self, other: "Scalar") -> "Scalar":
        if not isinstance(other, Scalar):
            return NotImplemented  # a point: `Point.__rmul__` multiplies it
        return self._trusted(bindings.crypto_core_ed25519_scalar_mul(self.raw, other.raw))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scalar) and bindings.sodium_memcmp(self.raw, other.raw)

    def __hash__(self) -> int:
        return hash((Scalar, self.raw))

    def __repr__(self) -> str:
        return "Scalar(...)"


ZERO = Scalar.from_int(0)


def scalar_sum(scalars: Iterable[Scalar]) -> Scalar:
    return reduce(add, scalars, ZERO)
