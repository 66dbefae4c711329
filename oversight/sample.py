"""Samples for spot checks: so many of a population, at least, drawn by the keyholders' seed.

The rate is a fraction, for no float is exact: 1/5 of 23 draws is 5 of them, because "at least 20%" rounds up.
"""

from dataclasses import dataclass
from fractions import Fraction

from crypto.encoding import hash512
from crypto.sampling import draw
from oversight.errors import MalformedDrawError
from statutes.said import Said

AT_LEAST_A_FIFTH = Fraction(1, 5)


def sample_size(population: int, rate: Fraction) -> int:
    """How many of `population` reach `rate`: the least number that is not below it."""
    if not 0 < rate <= 1:
        raise MalformedDrawError(
            Said("抽查比例须大于 0 且不超过 1。", "a rate of sampling lies above 0 and is at most 1")
        )
    return -(-population * rate.numerator // rate.denominator)


def sample(seed: bytes, population: int, rate: Fraction = AT_LEAST_A_FIFTH) -> list[int]:
    """The positions that are drawn, in drawn order."""
    return draw(seed, population, sample_size(population, rate))


@dataclass(frozen=True, slots=True)
class Pairing:
    """Double random: which inspectors look at which object (双随机)."""

    item: int
    inspectors: tuple[int, ...]


def pair(seed: bytes, items: int, rate: Fraction, inspectors: int, each: int) -> list[Pairing]:
    """Objects drawn from `items` at `rate`, and `each` inspectors drawn from `inspectors` for every one.

    Both follow from one seed: the objects from the seed itself, the inspectors of the k-th object, from 0 on, from
    SHA-512(encode("sunseal/inspectors/v1", seed, k)). An inspector may be drawn for several objects.
    """
    if not 1 <= each <= inspectors:
        raise MalformedDrawError(f"{each} inspectors cannot be drawn from {inspectors}")
    return [
        Pairing(item, tuple(draw(_inspectors_seed(seed, k), inspectors, each)))
        for k, item in enumerate(sample(seed, items, rate))
    ]


def _inspectors_seed(seed: bytes, k: int) -> bytes:
    return hash512("sunseal/inspectors/v1", seed, k)
