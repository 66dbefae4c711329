"""What became of each field of what is imported. Pure.

Whoever takes a value over says so by its path; at the end, each leaf that nobody took is left, with a reason. Paths are
as in JSON, `tender.lots[0].title`; in the report fields of one kind are one line, `tender.lots[].title`, with a count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_INDEX = re.compile(r"\[[0-9]+\]")


class Outcome(StrEnum):
    """taken as it is; changed, and the note says how; assumed where nothing was given; left, for a reason."""

    TAKEN = "taken"
    CHANGED = "changed"
    ASSUMED = "assumed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Finding:
    """`count` fields of the path `field` had this outcome. It has no values: they may be names of bidders."""

    field: str
    outcome: Outcome
    note: str
    count: int

    def to_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "outcome": self.outcome.value,
            "note": self.note,
            "count": self.count,
        }


REASONS = (
    ("awards", "an award is made here, on bids that were opened here"),
    ("contracts", "a contract follows an award that is made here"),
    ("bids", "bids are submitted here, sealed"),
    ("planning", "a draft has no planning"),
    ("parties", "organisations are registered here, by their credit codes"),
    ("buyer", "the tenderee is who imports"),
    ("tender.procuringEntity", "the tenderee is who imports"),
    ("tender.tenderers", "who bids is not known before the opening"),
    ("tender.numberOfTenderers", "how many bid is not known before the opening"),
    ("tender.documents", "documents are uploaded and hashed here: store each one anew"),
    ("tender.enquiryPeriod", "questions are taken until the deadline"),
    ("tender.awardPeriod", "the time of the award follows from the law"),
    ("tender.complaintPeriod", "the time for objections follows from the law"),
    ("tender.auctionPeriod", "there is no auction: prices are sealed"),
    ("tender.submissionMethod", "bids are submitted electronically and sealed; there is no auction"),
    ("tender.procurementMethod", "what is tendered here is tendered openly"),
    ("tender.status", "a draft begins anew"),
    ("tender.currentStage", "a draft begins anew"),
    ("tender.lots[].status", "a draft begins anew"),
    ("tender.items", "items have no field of their own here; what they are stands in the lot's description"),
    ("tender.value.valueAddedTaxIncluded", "whether tax is included, the documents say"),
    ("releases", "an earlier release of the same record; the compiled one is read"),
    ("tender", "a draft has no field for it"),
    ("", "it describes the release, not the tender"),
)
"""Path to why it is left: the first that fits, the most particular ones first."""


class Report:
    """Collects findings on one value."""

    def __init__(self, value: object) -> None:
        self._leaves = dict(_leaves(value, ""))
        self._done: dict[str, tuple[Outcome, str]] = {}
        self._assumed: list[tuple[str, str]] = []

    def take(self, path: str, note: str = "", *, changed: bool = False) -> None:
        """The leaf at `path`, or every leaf below it, was taken over."""
        for leaf in self._leaves:
            if leaf == path or leaf.startswith((path + ".", path + "[")):
                self._done[leaf] = (Outcome.CHANGED if changed else Outcome.TAKEN, note)

    def leave(self, path: str, note: str) -> None:
        """It was looked at and cannot be taken over."""
        for leaf in self._leaves:
            if leaf == path or leaf.startswith((path + ".", path + "[")):
                self._done[leaf] = (Outcome.LEFT, note)

    def assume(self, field: str, note: str) -> None:
        """The draft has something that nobody gave; `field` is the draft's."""
        self._assumed.append((field, note))

    def findings(self) -> list[Finding]:
        """Every leaf, exactly once; what was assumed comes last."""
        counted: dict[tuple[str, Outcome, str], int] = {}
        for leaf in self._leaves:
            general = _INDEX.sub("[]", leaf)
            outcome, note = self._done.get(leaf) or (Outcome.LEFT, _reason(general))
            key = (general, outcome, note)
            counted[key] = counted.get(key, 0) + 1
        for field, note in self._assumed:
            key = (field, Outcome.ASSUMED, note)
            counted[key] = counted.get(key, 0) + 1
        return [Finding(*key, count) for key, count in counted.items()]

    @property
    def leaves(self) -> int:
        return len(self._leaves)


def _reason(general: str) -> str:
    for prefix, reason in REASONS:
        if not prefix or general == prefix or general.startswith((prefix + ".", prefix + "[")):
            return reason
    raise AssertionError("the last prefix fits all")  # pragma: no cover


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{at}]")
    else:
        yield path, value
