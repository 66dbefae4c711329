"""Lots, their deadlines, the bids behind their seals, and their closing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crypto.curve import Point, montgomery
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger.entries import (
    BidSubmitted,
    BidWithdrawn,
    DeadlineMoved,
    LotCancelled,
    LotClosed,
    LotPart,
    LotPublished,
    LotResumed,
    LotSuspended,
    Revealed,
    Sealed,
    SealedPart,
    decode,
)
from ledger.errors import EntryError
from ledger.view.errors import RefusedEntryError

SealedAt = Callable[[int], bytes | None]
"""The commitment of the sealed entry at an index; None if no sealed entry stands there."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A bid that was revealed: `index` is that of its sealed entry, `revealed` that of the reveal."""

    index: int
    revealed: int
    bid: BidSubmitted

    def part(self, name: str) -> SealedPart | None:
        return next((part for part in self.bid.parts if part.part == name), None)


@dataclass(frozen=True, slots=True)
class Closing:
    """A lot's closing. `id` is the hash of its leaf, which stands at `index`."""

    id: str
    index: int
    entry: LotClosed


@dataclass(slots=True)
class Lot:
    """A lot as it stands.

    `submissions`, by the index of their sealed entries, and `withdrawn`, by the bid's key with that of its earliest
    withdrawal, hold whatever was revealed: also after the closing, where what was sealed before it still counts.
    """

    id: str
    index: int
    entry: LotPublished
    deadline: int
    suspended: bool = False
    cancelled: bool = False
    closing: Closing | None = None
    submissions: dict[int, Submission] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    _by_key: dict[str, list[Submission]] = field(default_factory=dict)

    def take(self, submission: Submission) -> None:
        """A submission that was revealed; the same again changes nothing."""
        if submission.index not in self.submissions:
            self.submissions[submission.index] = submission
            self._by_key.setdefault(submission.bid.bid, []).append(submission)

    def part(self, name: str) -> LotPart:
        """RefusedEntryError if bids have no such part."""
        for part in self.entry.parts:
            if part.name == name:
                return part
        raise RefusedEntryError(f"bids for lot {self.id!r} have no part {name!r}")

    def is_withdrawn(self, bid: str) -> bool:
        """Whether the bid with that key was withdrawn, under a seal that stands before the closing."""
        return bid in self.withdrawn and self._is_in_time(self.withdrawn[bid])

    def latest(self, bid: str) -> Submission:
        """The submission that counts of a bid's key: the one with the highest sequence, of equals the first."""
        own = [s for s in self._by_key[bid] if self._is_in_time(s.index)]
        return max(own, key=lambda submission: (submission.bid.sequence, -submission.index))

    def standing(self) -> tuple[int, ...]:
        """The indices of the bids that a closing has to list: neither withdrawn nor replaced."""
        latest = {
            s.bid.bid: self.latest(s.bid.bid) for s in self.submissions.values() if self._is_in_time(s.index)
        }
        return tuple(sorted(s.index for bid, s in latest.items() if not self.is_withdrawn(bid)))

    def _is_in_time(self, index: int) -> bool:
        return self.closing is None or index < self.closing.index


@dataclass(frozen=True, slots=True, order=True)
class ShareUse:
    """Where an ephemeral share stood: the sealed entry, and what for."""

    index: int
    lot: str
    part: str
    bid: str
    sha256: str

    def is_same_file(self, other: "ShareUse") -> bool:
        """Whether it is one file of one bid, submitted again with a replacement of other parts."""
        mine, others = ((use.lot, use.part, use.bid, use.sha256) for use in (self, other))
        return mine == others


class Lots:
    """All lots by id, and where each ephemeral share was seen."""

    def __init__(self, origin: str, sealed_at: SealedAt) -> None:
        self._origin = origin
        self._sealed_at = sealed_at
        self._by_id: dict[str, Lot] = {}
        self._early: dict[str, list[tuple[int, int, BidSubmitted | BidWithdrawn]]] = {}
        self._closings: dict[str, Closing] = {}
        self._uses: dict[str, list[ShareUse]] = {}

    def __iter__(self) -> Iterator[Lot]:
        return iter(self._by_id.values())

    def get(self, lot: str) -> Lot:
        """RefusedEntryError if none was published under that name."""
        if lot not in self._by_id:
            raise RefusedEntryError(f"no lot {lot!r} was published")
        return self._by_id[lot]

    def closing(self, closing_id: str) -> tuple[Lot, Closing]:
        """RefusedEntryError if no lot was closed by that entry."""
        if closing_id not in self._closings:
            raise RefusedEntryError(f"no lot was closed by an entry {closing_id[:16]}")
        found = self._closings[closing_id]
        return self.get(found.entry.lot), found

    def uses(self, share: str) -> tuple[ShareUse, ...]:
        """Where an ephemeral share was seen in any revealed bid of any lot, the earliest first."""
        return tuple(sorted(self._uses.get(share, ())))

    def publish(self, index: int, entry: LotPublished) -> None:
        if entry.lot in self._by_id:
            raise RefusedEntryError(f"a lot {entry.lot!r} was published before")
        names = [part.name for part in entry.parts]
        if not names or len(set(names)) != len(names):
            raise RefusedEntryError("a bid has one part or more, each of another name")
        for at, part in enumerate(entry.parts):
            if part.after and part.after not in names[:at]:
                raise RefusedEntryError(
                    f"the part {part.name!r} is to follow one that does not stand before it"
                )
            if bool(part.after) != bool(part.caller):
                raise RefusedEntryError(
                    f"the part {part.name!r} has a caller if it follows another, and only then"
                )
        lot = self._by_id[entry.lot] = Lot(entry.lot, index, entry, entry.deadline)
        for fact in self._early.pop(entry.lot, ()):
            self._take(lot, *fact)

    def move_deadline(self, entry: DeadlineMoved) -> None:
        lot = self._open(entry.lot)
        if entry.deadline <= lot.deadline:
            raise RefusedEntryError("a deadline only moves to a later time")
        lot.deadline = entry.deadline

    def suspend(self, entry: LotSuspended | LotResumed) -> None:
        self.get(entry.lot).suspended = isinstance(entry, LotSuspended)

    def cancel(self, entry: LotCancelled) -> None:
        self.get(entry.lot).cancelled = True

    def reveal(self, index: int, entry: Revealed) -> None:
        """What does not concern a lot is passed over."""
        commitment = self._sealed_at(entry.index)
        if commitment is None or entry.index >= index:
            raise RefusedEntryError(f"entry {entry.index} is not sealed, so nothing of it can be revealed")
        body = entry.check(Sealed(commitment.hex()))
        try:
            fact = decode(body)
        except EntryError:
            return
        if not isinstance(fact, BidSubmitted | BidWithdrawn):
            return
        if fact.origin != self._origin:
            raise RefusedEntryError("what is revealed was signed for another log")
        try:
            fact.check_signature(VerifyKey(bytes.fromhex(fact.bid)))
        except CryptoError as error:
            raise RefusedEntryError(f"the bid's own key did not sign what is revealed: {error}") from error
        if isinstance(fact, BidSubmitted):
            for part in fact.parts:
                use = ShareUse(entry.index, fact.lot, part.part, fact.bid, part.sha256)
                self._uses.setdefault(part.share, []).append(use)
        if fact.lot in self._by_id:
            self._take(self._by_id[fact.lot], entry.index, index, fact)
        else:  # a reveal before the lot is published: nothing forbids it
            self._early.setdefault(fact.lot, []).append((entry.index, index, fact))

    def close(self, index: int, leaf_id: str, entry: LotClosed) -> None:
        lot = self._open(entry.lot)
        lot.closing = self._closings[leaf_id] = Closing(leaf_id, index, entry)

    def _take(self, lot: Lot, index: int, revealed: int, fact: BidSubmitted | BidWithdrawn) -> None:
        if isinstance(fact, BidSubmitted):
            lot.take(Submission(index, revealed, fact))
        else:
            lot.withdrawn[fact.bid] = min(index, lot.withdrawn.get(fact.bid, index))

    def _open(self, lot_id: str) -> Lot:
        lot = self.get(lot_id)
        if lot.closing is not None:
            raise RefusedEntryError(f"lot {lot_id!r} was closed before")
        return lot


def point_of(share: str) -> Point:
    """The point of an ephemeral share as it stands in a bid; CryptoError for one that no secret may touch."""
    return montgomery.from_u(bytes.fromhex(share))
