"""What bidding needs of others, connected in app."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from bidding.package.reading import Document
from bidding.package.sheet import LotSheet
from bidding.package.signature import Parties


class VerifiedOrganisations(Protocol):
    """Who may draw tokens."""

    def require_verified(self, session: Session, organisation: str, *, now: datetime) -> None:
        """Raises TurnedAwayError(NOT_VERIFIED) unless the organisation of that id is verified at `now`."""


class AnchorPort(Protocol):
    """Where a closing asks that the ledger be anchored (guarantees.chain.anchoring.request_anchor)."""

    def __call__(self, session: Session, *, now: datetime) -> object:
        """Asks, in the caller's transaction, that all entries it sees be anchored."""


class OpenedPort(Protocol):
    """Who is told that all parts of a lot that open at the deadline are read out (bidding.tenders.outcome.opened)."""

    def __call__(self, session: Session, lot: str, /, *, now: datetime) -> object:
        """In the caller's transaction. A RuleError means not yet: it is told again."""


class LotSheets(Protocol):
    """By what a lot's bids are read at the opening (bidding.opening.sheets.of_tender)."""

    def __call__(self, session: Session, lot: str, /) -> LotSheet:
        """The sheet that stood at the deadline. Raises TroubleError if there is none."""


class PartiesAt(Protocol):
    """Whose signing keys are, as it was when a bid was submitted."""

    def __call__(self, session: Session, index: int, submitted_at: datetime, *, now: datetime) -> Parties:
        """The register at an index of the ledger, where the bid's sealed entry stands, and at that time."""


@dataclass(frozen=True, slots=True)
class PresentedGuarantee:
    """What a bid carries in a bond's place: guarantee.json, canonical JSON whose meaning nobody has checked.

    documents: all of the same package, as they were found in it: a scanned guarantee is one of them.
    """

    lot: str
    bid: int
    credit_code: str
    content: bytes = field(repr=False)
    documents: tuple[Document, ...] = field(default=(), repr=False)


class GuaranteePort(Protocol):
    """Where guarantees are handed to at the opening."""

    def __call__(self, session: Session, presented: PresentedGuarantee, /, *, now: datetime) -> str:
        """What is found, as a word for the ledger such as `verified` or `not-listed`; in the caller's transaction.

        Handed the same again, it finds the same. An error is trouble of the platform, and the bid is tried again.
        """
