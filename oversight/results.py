"""The file of a sample's results, for everybody (双随机一公开): who inspects what, and what was found, as recorded.

    RFC 8785 of {"inspectors": [{"identity", "position", "salt"}, ...],
                 "items": [{"inspectors": [position, ...], "item", "record", "salt"}, ...],
                 "sample", "type": "sample-results/v1"}

Items are in drawn order; `record` and `salt` are null until somebody has looked at one. The record is the text whose
commitment stands in the ledger since it was made (`finding-recorded/v1`), so a result is neither changed nor kept back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from ledger import sealed
from ledger.errors import LedgerError
from oversight.errors import MalformedDrawError
from oversight.names_file import Drawn, Names
from oversight.population import Population
from oversight.sample import Pairing
from oversight.sample_terms import SampleTerms, checklist_hash

TYPE = "sample-results/v1"
_NONE = ("not a file of results", "not a file of results: a field too many, or of another kind")


@dataclass(frozen=True, slots=True)
class Result:
    """One object: who inspects it (positions), and what was found; None before anybody has looked."""

    item: int
    inspectors: tuple[int, ...]
    record: bytes | None = None
    salt: bytes | None = None

    def to_json(self) -> Json:
        return {
            "inspectors": list[Json](self.inspectors),
            "item": self.item,
            "record": None if self.record is None else self.record.decode(),
            "salt": None if self.salt is None else self.salt.hex(),
        }


@dataclass(frozen=True, slots=True)
class Results:
    """The file of one sample."""

    sample: str
    inspectors: tuple[Drawn, ...]
    items: tuple[Result, ...]

    def to_bytes(self) -> bytes:
        names: Any = canonical_json.loads(Names(self.sample, self.inspectors).to_bytes())
        items: list[Json] = [one.to_json() for one in self.items]
        return canonical_json.dumps(
            {"inspectors": names["drawn"], "items": items, "sample": self.sample, "type": TYPE}
        )

    @classmethod
    def parse(cls, data: bytes) -> "Results":
        """MalformedDrawError unless `data` is exactly one such file."""
        try:
            value: Any = canonical_json.loads(data)
            people = tuple(
                Drawn(one["position"], cast("dict[str, Json]", one["identity"]), bytes.fromhex(one["salt"]))
                for one in value["inspectors"]
            )
            items = tuple(
                Result(
                    *(one["item"], tuple(one["inspectors"])),
                    record=None if one["record"] is None else one["record"].encode(),
                    salt=None if one["salt"] is None else bytes.fromhex(one["salt"]),
                )
                for one in value["items"]
            )
            results = cls(value["sample"], people, items)
            is_exact = results.to_bytes() == data
        except (EncodingError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedDrawError(_NONE[0]) from error
        if not is_exact:
            raise MalformedDrawError(_NONE[1])
        return results

    def check(
        self,
        sample: str,
        terms: SampleTerms,
        drawn: list[Pairing],
        people: Population | None,
        recorded: Mapping[int, str],
    ) -> None:
        """MalformedDrawError unless this is what was drawn and recorded.

        1. The objects are those that were drawn, with their inspectors.
        2. The inspectors are named as they were committed; `people` is their population, None where none are drawn.
        3. Each record is the one of the ledger (`recorded`: commitments by object), and answers the committed list.
        4. No record that the ledger has is kept back.
        """
        if self.sample != sample or [Pairing(one.item, one.inspectors) for one in self.items] != drawn:  # 1
            raise MalformedDrawError("the file has other objects or inspectors than those that were drawn")
        self._check_people(sample, terms, people)  # 2
        for one in self.items:
            expected = recorded.get(one.item)
            if one.record is None or one.salt is None:
                if expected is not None:  # 4
                    raise MalformedDrawError(f"what was found at object {one.item} is kept back")
                continue
            try:
                sealed.check_reveal(bytes.fromhex(expected or "00" * 32), one.salt, one.record)  # 3
                questions: Any = canonical_json.loads(one.record)["checklist"]  # type: ignore[index, call-overload]
                is_list = checklist_hash(questions) == terms.checklist
            except (LedgerError, EncodingError, KeyError, TypeError) as error:
                raise MalformedDrawError(
                    f"what was found at object {one.item} is not what the ledger has of it"
                ) from error
            if not is_list:
                raise MalformedDrawError(f"object {one.item} was judged by another checklist")

    def _check_people(self, sample: str, terms: SampleTerms, people: Population | None) -> None:
        whom = terms.inspectors
        if whom is None:
            if self.inspectors:
                raise MalformedDrawError("the file names inspectors, and none were drawn")
            return
        if people is None:
            raise MalformedDrawError("inspectors were drawn too: the file of their population is needed")
        people.check(bytes.fromhex(whom.population), whom.size)
        positions = (position for one in self.items for position in one.inspectors)
        Names(sample, self.inspectors).check(sample, people, positions)
