"""What cases need of tenders, of openings, and of the mail; connected in app."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot as a case must know it.

    state:  behind a suspension, that to which it goes back.
    opened: whether its bids were read out, so that bidders may be named.
    alive:  whether it has neither failed nor been cancelled.
    """

    id: str
    number: str
    state: str
    deadline: datetime
    documents_to: datetime
    opened: bool
    alive: bool
    prequalification_deadline: datetime | None = None
    candidates_from: datetime | None = None
    candidates_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """A published tender: whose it is, under which law, and its lots."""

    id: str
    tenderee: UUID
    profile: str
    law_of: date
    published_at: datetime
    lots: tuple[LotFacts, ...]


@dataclass(frozen=True, slots=True)
class OpeningObjection:
    """An objection that was raised at the opening, on the spot (条44)."""

    closing: str
    number: int
    made_at: datetime
    answered_at: datetime | None


class TenderPort(Protocol):
    """Tenders. Each call is in the caller's transaction, after the case's row was locked."""

    def facts(self, session: Session, tender: str, *, now: datetime) -> TenderFacts | None:
        """None for what is not published."""

    def suspend(
        self,
        session: Session,
        tender: str,
        lots: Sequence[str],
        cause: str,
        reason: str,
        *,
        by_order: bool,
        now: datetime,
    ) -> None:
        """The lots of these numbers stand still for one more cause. A RefusedError if they cannot."""

    def resume(
        self,
        session: Session,
        tender: str,
        cause: str,
        reason: str,
        *,
        new_deadline: datetime | None,
        at_once: bool,
        now: datetime,
    ) -> None:
        """The cause is gone. Nothing happens if no lot stands still for it any more.

        A RefusedError names the earliest deadline with which bidding may go on; `at_once` takes that one itself.
        """

    def is_bidder(self, session: Session, lot: str, credit_code: str) -> bool:
        """Whether an opened bid of the lot is this party's. False before the opening, of everybody."""

    def objection_at_opening(self, session: Session, lot: str, credit_code: str) -> OpeningObjection | None:
        """The first that this party raised at the lot's opening."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail to one group: of whom, about which case, by which word."""

    case: str
    target: str
    organisation: UUID | None
    role: str


class AddressPort(Protocol):
    """Where persons are reached."""

    def of(self, session: Session, reminder: Reminder) -> Sequence[str]:
        """The addresses of those who act for the organisation in this role; of nobody: the escalation's."""


class UndeliverableError(Exception):
    """An address that no mail can ever be sent to."""


class MailPort(Protocol):
    """How mail leaves."""

    def send(self, message: EmailMessage) -> None:
        """Hands it in, or raises OSError; then it is tried again. A mail may go out twice. UndeliverableError."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes a step: an organisation that has proved to be one, and the person who acts for it."""

    organisation: UUID
    name: str = field(repr=False)
    credit_code: str = field(repr=False)
    person: UUID
    role: str
