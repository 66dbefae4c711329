"""The terms of a sample: at which rate, and of whom the inspectors are drawn. Committed with the request.

RFC 8785 of {"checklist": SHA-256, "inspectors": null or {"each", "population", "size"}, "rate": [n, d],
             "type": "sample-terms/v1"}
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from oversight.errors import MalformedDrawError
from oversight.sample import Pairing, pair, sample, sample_size
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Inspectors:
    """So many for each object, from a population that was committed: its root in hexadecimal, and its size."""

    population: str
    size: int
    each: int


@dataclass(frozen=True, slots=True)
class SampleTerms:
    """`checklist` is the SHA-256 of RFC 8785 of the list of its questions, in hexadecimal."""

    rate: Fraction
    checklist: str
    inspectors: Inspectors | None = None

    def __post_init__(self) -> None:
        sample_size(1, self.rate)
        if self.inspectors is not None and not 1 <= self.inspectors.each <= self.inspectors.size:
            raise MalformedDrawError(
                Said(
                    "每项至少抽取一名检查人员，且不得多于现有人数。",
                    "for each object there is one inspector or more, and no more than there are",
                )
            )

    def to_bytes(self) -> bytes:
        inspectors: Json = None
        if (whom := self.inspectors) is not None:
            inspectors = {"each": whom.each, "population": whom.population, "size": whom.size}
        rate: list[Json] = [self.rate.numerator, self.rate.denominator]
        return canonical_json.dumps(
            {"checklist": self.checklist, "inspectors": inspectors, "rate": rate, "type": "sample-terms/v1"}
        )

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def parse(cls, data: bytes) -> "SampleTerms":
        """MalformedDrawError unless `data` is exactly the terms of a sample."""
        try:
            value: Any = canonical_json.loads(data)
            whom = value["inspectors"]
            rate = Fraction(*value["rate"])
            terms = cls(rate, value["checklist"], None if whom is None else Inspectors(**whom))
            if terms.to_bytes() == data:
                return terms
        except (EncodingError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise MalformedDrawError("not the terms of a sample") from error
        raise MalformedDrawError("not the terms of a sample: a field too many, or of another kind")

    def draw(self, seed: bytes, objects: int) -> list[Pairing]:
        """The sample, in drawn order, with the inspectors of each object."""
        if self.inspectors is None:
            return [Pairing(item, ()) for item in sample(seed, objects, self.rate)]
        return pair(seed, objects, self.rate, self.inspectors.size, self.inspectors.each)

    def check_inspectors(self, committed: Collection[tuple[str, int]]) -> None:
        """MalformedDrawError unless the inspectors' population was among those committed before."""
        whom = self.inspectors
        if whom is not None and (whom.population, whom.size) not in committed:
            raise MalformedDrawError(
                "the inspectors were not committed in the ledger before the sample was drawn"
            )


def checklist_hash(questions: list[str]) -> str:
    """What the terms have of a checklist."""
    value: list[Json] = [*questions]
    return hashlib.sha256(canonical_json.dumps(value)).hexdigest()
