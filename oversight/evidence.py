"""What the ledger's entries say about draws: collected by whoever reads them, and believed no further.

    evidence = Evidence.of_log(origin, supervisor)
    for index, leaf in ...: evidence.apply(index, leaf)
    redo.experts(evidence.of(draw), population, terms, names)

Pure, like a view: the platform, a court and a stranger with a bundle have the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger.entries import (
    DrawPublished,
    DrawRequested,
    Entry,
    ExpertAnswered,
    ExpertCalled,
    FindingRecorded,
    PopulationCommitted,
    Revealed,
    Sealed,
    decode,
    encode,
)
from ledger.errors import LedgerError
from ledger.view import LedgerView
from oversight.course import Event
from oversight.errors import MalformedDrawError


@dataclass(frozen=True, slots=True)
class DrawEvidence:
    """One draw: its request, its seed, what was revealed of it in the order of the sealed entries, its files' hashes.

    seed: SHA-512 of `key`, the keyholders' for draws, the request's leaf, and `gamma` (docs/spec/draw.md).
    populations: (root, size) of what was committed before the request.
    findings: of a sample, for each object that somebody has looked at the commitment to what was found.
    """

    draw: str
    request: DrawRequested
    key: bytes
    gamma: bytes
    seed: bytes
    populations: frozenset[tuple[str, int]]
    events: tuple[Event, ...]
    published: DrawPublished
    findings: Mapping[int, str]

    def record(self) -> bytes:
        """What the scripts of docs/spec/draw.md redo the draw from, beside the published files: RFC 8785."""
        events: list[Json] = [canonical_json.loads(encode(event)) for event in self.events]
        return canonical_json.dumps(
            {
                "events": events,
                "gamma": self.gamma.hex(),
                "key": self.key.hex(),
                "request": encode(self.request).hex(),
                "type": "draw-record/v1",
            }
        )


@dataclass(slots=True)
class _Found:
    events: dict[int, Event] = field(default_factory=dict)
    published: DrawPublished | None = None
    findings: dict[int, str] = field(default_factory=dict)


class Evidence:
    """Reads entries, in their order, from the first one on.

    `apply` feeds the view as well; whoever folds the view by itself calls `take` after it. `sealed` is filled here.
    """

    def __init__(self, view: LedgerView, sealed: dict[int, bytes]) -> None:
        self._sealed = sealed
        self._view = view
        self._populations: list[tuple[int, str, int]] = []
        self._found: dict[str, _Found] = {}

    @classmethod
    def of_log(cls, origin: str, supervisor: VerifyKey) -> "Evidence":
        """With a view of its own."""
        sealed: dict[int, bytes] = {}
        return cls(LedgerView(origin, supervisor, sealed.get), sealed)

    def apply(self, index: int, leaf: bytes) -> None:
        """Take the entry at `index`; what is not understood changes nothing."""
        try:
            entry = decode(leaf)
        except (LedgerError, CryptoError):
            entry = None
        self._view.take(index, leaf, entry)
        self.take(index, entry)

    def take(self, index: int, entry: Entry | None) -> None:
        """What the entry says about draws."""
        match entry:
            case Sealed():
                self._sealed[index] = bytes.fromhex(entry.commitment)
            case PopulationCommitted():
                self._populations.append((index, entry.population, entry.size))
            case Revealed():
                self._reveal(index, entry)
            case FindingRecorded():
                findings = self._found.setdefault(entry.draw, _Found()).findings
                findings.setdefault(entry.item, entry.record)
            case DrawPublished():
                found = self._found.setdefault(entry.draw, _Found())
                found.published = found.published or entry

    def draws(self) -> dict[str, str]:
        """The draws that were asked for, and what for."""
        return {draw.id: draw.entry.subject for draw in self._view.draws}

    def is_published(self, draw: str) -> bool:
        """Whether the ledger names the files that it takes to redo the draw."""
        return draw in self._found and self._found[draw].published is not None

    def of(self, draw: str) -> DrawEvidence:
        """MalformedDrawError if there is no such draw, it has no seed, or it was not published."""
        try:
            asked = self._view.draws.get(draw)
            key, gamma, seed = asked.public.group.raw, asked.gamma(), asked.seed()
        except (LedgerError, CryptoError) as error:
            raise MalformedDrawError(f"the ledger has no seed for this draw: {error}") from error
        found = self._found.get(draw, _Found())
        if found.published is None:
            raise MalformedDrawError("the ledger does not say yet that this draw was published")
        before = frozenset((root, size) for index, root, size in self._populations if index < asked.index)
        events = tuple(found.events[index] for index in sorted(found.events))
        return DrawEvidence(
            draw, asked.entry, key, gamma, seed, before, events, found.published, found.findings
        )

    def _reveal(self, index: int, entry: Revealed) -> None:
        commitment = self._sealed.get(entry.index)
        if commitment is None or entry.index >= index:
            return
        try:
            fact = decode(entry.check(Sealed(commitment.hex())))
        except (LedgerError, CryptoError):
            return
        if isinstance(fact, ExpertCalled | ExpertAnswered):
            self._found.setdefault(fact.draw, _Found()).events[entry.index] = fact
