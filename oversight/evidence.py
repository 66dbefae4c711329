"""What the ledger's entries say about draws: collected by whoever reads them, and believed no further.

    evidence = Evidence(origin, supervisor)
    for index, leaf in ...: evidence.apply(index, leaf)
    redo.experts(evidence.of(draw), population, terms, names)

Pure, like a view: the platform, a court and a stranger with a bundle have the same.
"""

from dataclasses import dataclass, field

from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger.entries import (
    DrawPublished,
    DrawRequested,
    ExpertAnswered,
    ExpertCalled,
    PopulationCommitted,
    Revealed,
    Sealed,
    decode,
)
from ledger.errors import LedgerError
from ledger.view import LedgerView
from oversight.course import Event
from oversight.errors import MalformedDrawError


@dataclass(frozen=True, slots=True)
class DrawEvidence:
    """One draw: its request, its seed, what was revealed of it in the order of the sealed entries, its files' hashes.

    populations: (index, root, size) of what was committed before the request.
    """

    draw: str
    request: DrawRequested
    seed: bytes
    populations: frozenset[tuple[str, int]]
    events: tuple[Event, ...]
    published: DrawPublished


@dataclass(slots=True)
class _Found:
    events: dict[int, Event] = field(default_factory=dict)
    published: DrawPublished | None = None


class Evidence:
    """Reads entries, in their order, from the first one on."""

    def __init__(self, origin: str, supervisor: VerifyKey) -> None:
        self._sealed: dict[int, bytes] = {}
        self._view = LedgerView(origin, supervisor, self._sealed.get)
        self._populations: list[tuple[int, str, int]] = []
        self._found: dict[str, _Found] = {}

    def apply(self, index: int, leaf: bytes) -> None:
        """Take the entry at `index`; what is not understood changes nothing."""
        self._view.apply(index, leaf)
        try:
            entry = decode(leaf)
        except (LedgerError, CryptoError):
            return
        match entry:
            case Sealed():
                self._sealed[index] = bytes.fromhex(entry.commitment)
            case PopulationCommitted():
                self._populations.append((index, entry.population, entry.size))
            case Revealed():
                self._reveal(index, entry)
            case DrawPublished():
                found = self._found.setdefault(entry.draw, _Found())
                found.published = found.published or entry

    def draws(self) -> dict[str, str]:
        """The draws that were asked for, and what for."""
        return {draw.id: draw.entry.subject for draw in self._view.draws}

    def of(self, draw: str) -> DrawEvidence:
        """MalformedDrawError if there is no such draw, it has no seed, or it was not published."""
        try:
            asked = self._view.draws.get(draw)
            seed = asked.seed()
        except (LedgerError, CryptoError) as error:
            raise MalformedDrawError(f"the ledger has no seed for this draw: {error}") from error
        found = self._found.get(draw, _Found())
        if found.published is None:
            raise MalformedDrawError("the ledger does not say yet that this draw was published")
        before = frozenset((root, size) for index, root, size in self._populations if index < asked.index)
        events = tuple(found.events[index] for index in sorted(found.events))
        return DrawEvidence(draw, asked.entry, seed, before, events, found.published)

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
