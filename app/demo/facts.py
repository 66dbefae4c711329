"""The tenders and bidders of the demonstration: titles, ceilings and prices of real ones, read as if they were yuan.

From Prozorro (the second lot of a record with two bidders; and a completed tender of two lots) and from what Haikou has
published of the size of its lots. Names are shortened. 海南铁路培训中心 is nobody of the records: it is added to the
record's lot and to the first lot of the other tender, so that three bid there; the other lot keeps its two bids, and
fails.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Amounts are texts with two decimals."""

    number: str
    title: str
    ceiling: str
    bond: str


@dataclass(frozen=True, slots=True)
class BidFacts:
    lot: str
    bidder: str
    price: str


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """`source` says where the facts are from."""

    title: str
    source: str
    tenderee: str
    lots: tuple[LotFacts, ...]
    bids: tuple[BidFacts, ...]


def tenders() -> list[TenderFacts]:
    """All of them, in the order of the story."""
    value: Any = json.loads(files("app.demo").joinpath("facts.json").read_text("utf-8"))
    return [
        TenderFacts(
            one["title"],
            one["source"],
            one["tenderee"],
            tuple(LotFacts(**lot) for lot in one["lots"]),
            tuple(BidFacts(**bid) for bid in one["bids"]),
        )
        for one in value["tenders"]
    ]


def hundredths(amount: str) -> int:
    """An amount as tenders have it."""
    return int(amount.replace(".", ""))
