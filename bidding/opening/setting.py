"""What the opening's job works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes

from sqlalchemy.orm import Session

from bidding.opening import sheets
from bidding.ports import GuaranteePort, LotSheets, OpenedPort, PartiesAt, PresentedGuarantee
from bidding.tenders import outcome
from crypto import age
from crypto.randomness import RandomBytes
from custody.reader import Reader
from storage.blobs import BlobStore
from storage.database import Database


def unexamined(_: Session, presented: PresentedGuarantee, *, now: datetime) -> str:  # noqa: ARG001
    """The port while no service of guarantees is connected: it is noted that there is one, and no more."""
    return "unexamined"


@dataclass(frozen=True, slots=True)
class Windows:
    """How long things are waited for.

    poll:     between two looks at an opening that waits.
    shares:   for t keyholders' shares, from when the ledger allows them; then the fallback begins.
    fallback: for the bidders' own keys.
    hall:     for objections and sign-offs, from when the last bid has its result.
    storage:  for a copy that the platform cannot read to be restored.
    """

    poll: timedelta = timedelta(seconds=1)
    shares: timedelta = timedelta(minutes=30)
    fallback: timedelta = timedelta(minutes=60)
    hall: timedelta = timedelta(minutes=30)
    storage: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Setting:
    """`opening_key` is what releases are sealed to, `storage_key` what lots' storage keys are.

    `probe` is told each step as it is come to: tests die there.
    """

    database: Database
    blobs: BlobStore
    reader: Reader
    opening_key: age.X25519Identity
    storage_key: age.X25519Identity
    parties: PartiesAt
    clock: Callable[[], datetime]
    guarantees: GuaranteePort = unexamined
    sheets: LotSheets = sheets.of_tender
    opened: OpenedPort = outcome.opened
    windows: Windows = field(default_factory=Windows)
    random: RandomBytes = token_bytes
    probe: Callable[[str], None] = lambda _: None
