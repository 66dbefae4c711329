"""The prime-order subgroup of edwards25519, over libsodium.

`Scalar` and `Point` are the only numbers the protocols handle. All arithmetic on the curve is libsodium's;
ours are the maps alone: to and from curve25519's u-coordinate (`montgomery`), and from a string
(`hash_to_curve`). `polynomial` is Shamir's sharing over the scalars.
"""

from crypto.curve.point import BASE, Point, base_multiple, point_sum
from crypto.curve.scalar import ORDER, Scalar

__all__ = ["BASE", "ORDER", "Point", "Scalar", "base_multiple", "point_sum"]
