"""A lot: what is won as a whole, with its money, the parts a bid has, and how bids are evaluated.

Pure values; the rules on them are in bidding/lot_rules.py. Amounts are whole fen.
"""

from dataclasses import dataclass
from enum import StrEnum

from bidding.evaluation import Method


class Audience(StrEnum):
    """Who may read a part once it is open."""

    PUBLIC = "public"
    COMMITTEE = "committee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is sealed apart and opened at its own time.

    name:       price, technical, qualification ...; a-z and hyphens, unique in the lot.
    after:      the part whose evaluation must be done before this one is opened; None: opened at the deadline.
    audience:   public, or the committee alone.
    has_price:  whether the bid's price stands in it. Exactly one part of a lot has it.
    """

    name: str
    audience: Audience
    has_price: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot as its documents describe it.

    estimate:      the estimated price, or in government procurement the budget; the bond's cap follows from it.
    ceiling:       the highest price that is not rejected, disclosed; None: there is none.
    minimum:       must be None. It exists so that an import which has one is refused by name, not silently cut.
    bond:          the bid bond; 0: none is asked for.
    performance_bond_percent: of the contract; 0: none.
    """

    id: str
    title: str
    estimate: int
    parts: tuple[Part, ...]
    method: Method
    ceiling: int | None = None
    minimum: int | None = None
    bond: int = 0
    performance_bond_percent: int = 0
