"""Named formulas that score prices, with parameters: a fixed set, because documents must be reproducible by anyone.

Each turns the prices of the bids that are still in (whole fen, above 0) into points from 0 to 100, exactly.

    ratio-to-lowest         100 * lowest / price                         (政府采购, 令87-55)
    deviation-from-lowest   100 - per_percent * percent above the lowest
    deviation-from-mean     100 - above (or below) * percent of deviation from a base: the mean, after leaving out the
                            highest and the lowest where there are enough bids, times (1 - reduction)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from statutes.said import Said

FULL = Fraction(100)


class PriceFormula(Protocol):
    def faults(self) -> Iterator[Said]:
        """What in the parameters is out of bounds."""
        ...

    def points(self, prices: Mapping[str, int]) -> dict[str, Fraction]:
        """Bid id to points. ValueError for no prices, or one that is not above 0."""
        ...


@dataclass(frozen=True, slots=True)
class RatioToLowest:
    def faults(self) -> Iterator[Said]:
        return iter(())

    def points(self, prices: Mapping[str, int]) -> dict[str, Fraction]:
        lowest = min(_checked(prices).values())
        return {bid: FULL * lowest / price for bid, price in prices.items()}


@dataclass(frozen=True, slots=True)
class DeviationFromLowest:
    """per_percent: hundredths of a point that each percent above the lowest price costs."""

    per_percent: int

    def faults(self) -> Iterator[Said]:
        return _outside("per_percent", self.per_percent, 1, 10_000)

    def points(self, prices: Mapping[str, int]) -> dict[str, Fraction]:
        lowest = min(_checked(prices).values())
        return {
            bid: _floored(FULL - Fraction(self.per_percent, 100) * _percent(price, Fraction(lowest)))
            for bid, price in prices.items()
        }


@dataclass(frozen=True, slots=True)
class DeviationFromMean:
    """above, below:  hundredths of a point that each percent above or below the base costs.
    trims_from:    from how many bids on the highest and the lowest are left out of the mean; 0: never. At least 3.
    reduction:     hundredths of a percent by which the mean is lowered to the base.
    """

    above: int
    below: int
    trims_from: int = 0
    reduction: int = 0

    def faults(self) -> Iterator[Said]:
        yield from _outside("above", self.above, 1, 10_000)
        yield from _outside("below", self.below, 0, 10_000)
        yield from _outside("reduction", self.reduction, 0, 5_000)
        if self.trims_from:
            yield from _outside("trims_from", self.trims_from, 3, 1_000)

    def base(self, prices: Mapping[str, int]) -> Fraction:
        """The base price in fen, not rounded."""
        ordered = sorted(_checked(prices).values())
        if self.trims_from and len(ordered) >= self.trims_from:
            ordered = ordered[1:-1]
        return Fraction(sum(ordered), len(ordered)) * Fraction(10_000 - self.reduction, 10_000)

    def points(self, prices: Mapping[str, int]) -> dict[str, Fraction]:
        base = self.base(prices)
        return {bid: self._points(price, base) for bid, price in prices.items()}

    def _points(self, price: int, base: Fraction) -> Fraction:
        each = self.above if price > base else self.below
        return _floored(FULL - Fraction(each, 100) * abs(_percent(price, base)))


def _checked(prices: Mapping[str, int]) -> Mapping[str, int]:
    if not prices or min(prices.values()) < 1:
        raise ValueError("prices are needed, each above 0")
    return prices


def _percent(price: int, base: Fraction) -> Fraction:
    return (price - base) * 100 / base


def _floored(points: Fraction) -> Fraction:
    return max(points, Fraction())


def _outside(name: str, value: int, least: int, most: int) -> Iterator[Said]:
    if not least <= value <= most:
        yield Said(f"{name}为{value}，应为{least}至{most}", f"{name} is {value}, not {least} to {most}")
