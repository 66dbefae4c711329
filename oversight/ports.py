"""What oversight needs of others, and what others may hear from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Replaced:
    """A member had accepted and is a member no more: its opinions on the lot are void (条48).

    number: the expert's number in the register. Not for the public before the award.
    """

    draw: str
    lot: str
    number: str


class CommitteePort(Protocol):
    """Who keeps a committee's opinions. Called in the transaction of the event; it does not commit."""

    def member_replaced(self, session: Session, replaced: Replaced, *, now: datetime) -> None:
        """Void what the member said."""


class LotPort(Protocol):
    """What is known of a lot elsewhere."""

    def bidders(self, session: Session, lot: str) -> Sequence[str]:
        """The bidders' names, once they may be known; nobody before the opening."""

    def is_awarded(self, session: Session, lot: str) -> bool:
        """Whether the award stands, so that the experts' names may be known."""


class NoCommittee:
    """Nobody keeps opinions."""

    def member_replaced(self, session: Session, replaced: Replaced, *, now: datetime) -> None:
        """Nothing is void."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told to an expert who was called: where to reach it, and the code by which it answers until `due_at`."""

    contact: str
    name: str
    subject: str
    due_at: datetime
    code: str


class TellPort(Protocol):
    """How experts are reached: by telephone, text or mail."""

    def tell(self, notice: Notice) -> None:
        """Reaches the expert, or raises; then it is tried again. A notice may come twice: the last code counts."""
