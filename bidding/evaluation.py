"""How bids are evaluated: the two methods the law knows (法41), as values that the documents publish.

    lowest         the lowest evaluated price wins: the price plus additions in money for stated deviations
    comprehensive  the highest score wins: criteria with weights, the price scored by a named formula

Pure and exact: prices are whole fen, scores are fractions that are rounded once, half up, to two decimals, where they
are shown. Ties are not broken here: the documents say how, and the committee applies it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from bidding.price_formulas import PriceFormula
from statutes.said import Said

FULL = 100
"""The points of a full score, on each criterion and in all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What in a method cannot be."""

    found: Said
    allowed: Said


@dataclass(frozen=True, slots=True)
class LowestEvaluatedPrice:
    """The lowest evaluated price among the bids that meet all requirements of substance (法41, 采条34)."""

    def faults(self) -> Iterator[Fault]:
        return iter(())

    def evaluated(self, prices: Mapping[str, int], additions: Mapping[str, int]) -> dict[str, int]:
        """Bid id to evaluated price in fen. `additions` may be negative: a stated preference. KeyError: no such bid."""
        for bid in additions:
            prices[bid]
        return {bid: price + additions.get(bid, 0) for bid, price in prices.items()}


@dataclass(frozen=True, slots=True)
class Comprehensive:
    """Scores on criteria with weights.

    weights:  criterion to its weight in hundredths of a percent; together 10,000. `price` is one of them.
    formula:  how the price is scored, 0 to 100 points.
    """

    weights: Mapping[str, int]
    formula: PriceFormula

    def faults(self) -> Iterator[Fault]:
        total = sum(self.weights.values())
        if total != FULL * 100 or any(weight < 1 for weight in self.weights.values()):
            is_ = f"{Fraction(total, 100).limit_denominator(100)!s}%"
            yield Fault(
                Said(is_, is_), Said("各项权重大于零，合计100%", "weights above 0 that add up to 100%")
            )
        if "price" not in self.weights:
            yield Fault(
                Said("无价格权重", "no weight of the price"), Said("含价格权重", "a weight of the price")
            )
        for fault in self.formula.faults():
            yield Fault(fault, Said("公式参数在规定范围内", "parameters within the formula's bounds"))

    def scores(
        self, prices: Mapping[str, int], points: Mapping[str, Mapping[str, Fraction]]
    ) -> dict[str, Fraction]:
        """Bid id to total, 0 to 100. `points`: criterion but the price, to bid id, to points 0 to 100.

        ValueError if a criterion or a bid is missing, or points lie outside.
        """
        if set(points) != set(self.weights) - {"price"}:
            raise ValueError("points are given for exactly the criteria beside the price")
        for criterion, given in points.items():
            if set(given) != set(prices) or not all(0 <= one <= FULL for one in given.values()):
                raise ValueError(f"{criterion}: each bid has 0 to {FULL} points")
        by_price = self.formula.points(prices)
        all_points = {**points, "price": by_price}
        return {
            bid: sum((all_points[name][bid] * weight for name, weight in self.weights.items()), Fraction())
            / (FULL * 100)
            for bid in prices
        }


Method = LowestEvaluatedPrice | Comprehensive


def rounded(score: Fraction) -> str:
    """Two decimals, half up: the only rounding there is. `score` >= 0."""
    hundredths = (score * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}"
