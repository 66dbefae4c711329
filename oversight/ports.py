"""What oversight needs of others, and what others may hear from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from oversight.snapshots import Subject


@dataclass(frozen=True, slots=True)
class Replaced:
    """A member had accepted and is a member no more: its opinions on the lot are void (条48).

    number: the expert's number in the register. Not for the public before the award.
    """

    draw: str
    lot: str
    number: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a member of a lot's committee hands in: the SHA-256, in hexadecimal, of its signed opinion.

    number: the expert's number in the register. Not for the public before the award.
    """

    lot: str
    number: str
    sha256: str


class CommitteePort(Protocol):
    """Who keeps a committee's opinions. Called in the transaction of the event; it does not commit."""

    def opinion_given(self, session: Session, opinion: Opinion, *, now: datetime) -> None:
        """Keeps it. Raises what its keeper refuses."""

    def member_replaced(self, session: Session, replaced: Replaced, *, now: datetime) -> None:
        """Void what the member said."""


class LotPort(Protocol):
    """What is known of a lot elsewhere."""

    def bidders(self, session: Session, lot: str) -> Sequence[str]:
        """The bidders' names, once they may be known; nobody before the opening."""

    def opened(self, session: Session, lots: Collection[str]) -> Mapping[str, int]:
        """How many bids of each of these lots were opened with the bidder's name; a lot without any may be absent."""

    def awarded(self, session: Session, lots: Collection[str]) -> Collection[str]:
        """Those of these lots whose award stands, so that the experts' names may be known."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told to an expert who was called: where to reach it, and the code by which it answers until `due_at`.

    Neither the lot nor anybody else who was called: whoever tells an expert, or reads its mail, learns neither.
    """

    contact: str
    name: str
    due_at: datetime
    code: str


class TellPort(Protocol):
    """How experts are reached: by telephone, text or mail."""

    def tell(self, notice: Notice) -> None:
        """Reaches the expert, or raises; then it is tried again. A notice may come twice: the last code counts."""


class RecordsPort(Protocol):
    """What the platform's own records have of a time, for populations that samples are drawn from."""

    def objects(self, session: Session, kind: str, begin: datetime, end: datetime) -> Sequence[Subject]:
        """All of a kind (draws, lots, guarantees, evaluations) from `begin` until before `end`.

        An identity may become public, for the sample is published: it names no bidder and no expert.
        """

    def inspectors(self, session: Session) -> Sequence[Subject]:
        """Those who act for a supervising authority now."""
