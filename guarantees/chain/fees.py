"""What a transaction offers for its gas. Pure; fees are wei a unit of gas.

On a chain with base fees (EIP-1559) a transaction offers a tip and a most it will pay; on one without, a single price.
A node takes the place of a waiting transaction only for a good deal more: go-ethereum asks for a tenth more of both,
others for an eighth.
"""

from dataclasses import dataclass

MINIMUM_TIP = 1
"""Some nodes take a tip of nothing for an underpriced transaction, also where gas costs nothing."""


@dataclass(frozen=True, slots=True)
class Market:
    """What gas costs now. `base` is None on a chain without base fees; `asked` is the tip, or there the price."""

    base: int | None
    asked: int


@dataclass(frozen=True, slots=True)
class Fee:
    """`most` a unit, of which `tip` is the miner's; without a tip it is a price (a transaction of before EIP-1559)."""

    most: int
    tip: int | None


def first(market: Market) -> Fee:
    """Enough to be mined even after six full blocks, which double the base fee."""
    if market.base is None:
        return Fee(market.asked, None)
    tip = max(market.asked, MINIMUM_TIP)
    return Fee(2 * market.base + tip, tip)


def replacement(old: Fee, market: Market, highest: int) -> Fee | None:
    """A fourth more than before, or what the market asks if that is more; None where that is above `highest`."""
    fresh = first(market)
    most = max(_more(old.most), fresh.most)
    if most > highest:
        return None
    if old.tip is None:
        return Fee(most, None)
    return Fee(most, min(max(_more(old.tip), fresh.tip or 0), most))


def _more(fee: int) -> int:
    return fee + max(fee // 4, 1)
