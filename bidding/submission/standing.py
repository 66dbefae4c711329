"""Which submissions a closing lists: of each key the highest sequence, unless the bid was withdrawn. Pure.

It is the rule of ledger.view.lots.Lot.standing, which everybody applies to what the ledger shows; tests hold both
against each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealedFact:
    """A sealed fact of a lot: the index of its entry, the bid's key, and the sequence, None for a withdrawal."""

    index: int
    bid: bytes
    sequence: int | None


def standing(facts: Iterable[SealedFact]) -> tuple[int, ...]:
    """The indices of the submissions that count, in order."""
    withdrawn: set[bytes] = set()
    latest: dict[bytes, tuple[int, int]] = {}
    for fact in facts:
        if fact.sequence is None:
            withdrawn.add(fact.bid)
        else:
            rank = (fact.sequence, -fact.index)
            latest[fact.bid] = max(rank, latest.get(fact.bid, rank))
    return tuple(sorted(-rank[1] for bid, rank in latest.items() if bid not in withdrawn))
