"""What guarantees need of others, connected in app (app/guarantee_lots.py)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from guarantees.after.clocks import Ending
from guarantees.checking.facts import Asked
from statutes.statute import Statute


class LotsPort(Protocol):
    """The lots that guarantees are for."""

    def terms(self, session: Session, lot: str, /, *, now: datetime) -> Asked:
        """What the lot asks. NotFoundError if there is no such lot."""

    def statute(self, session: Session, lot: str, /, *, now: datetime) -> Statute:
        """The law that its tender was published under. NotFoundError."""

    def endings(self, session: Session, lot: str, /, *, now: datetime) -> Sequence[Ending]:
        """Awards, and what the lot ended in, in order; empty while it goes on."""


class CarriedDocument(Protocol):
    """A member of the package that a guarantee came in, as it was found there (bidding.package.reading.Document)."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...


class CarriedGuarantee(Protocol):
    """guarantee.json as the opening found it in a bid (bidding.ports.PresentedGuarantee)."""

    @property
    def lot(self) -> str: ...
    @property
    def bid(self) -> int: ...
    @property
    def credit_code(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def documents(self) -> Sequence[CarriedDocument]: ...
