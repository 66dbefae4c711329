"""A tendering office on the test's own database: `Office(database, folder)`.

It has a log, a tenderee, and keys in the pool of a group; the keys are invented, for nothing is opened here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from secrets import token_bytes
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.submission.models import CLOSED, FAILED, IntakeRow
from bidding.tender import State
from bidding.tenders import drafting, publication
from bidding.tenders.draft import Draft, LotDraft, PartDraft
from bidding.tenders.models import LotRow, SuspensionRow, TenderRow
from bidding.tenders.publication import Keeping
from bidding.timetable import Timetable
from crypto import age
from custody.models import RunRow
from ledger import log
from ledger.entries import Entry, LotClosed, decode, encode
from ledger.merkle import leaf_hash
from ledger.models import EntryRow
from parties import members, organisations
from parties.roles import Role
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.log import make_log
from tests.story import PLATFORM_AGE
from tests.unit.bidding.examples import at

NOW = at(3, 2, 8)
"""An hour before the documents are on offer: Monday, 2 March 2026."""
PUBLISHED = at(3, 2, 9)
GROUP = "ab" * 32
DEADLINE = at(3, 25, 9, 30)
TIMETABLE = Timetable(
    documents_from=PUBLISHED,
    documents_to=at(3, 9, 24),
    deadline=DEADLINE,
    opening=DEADLINE,
    validity_days=90,
)
LOT = LotDraft(number="1", title="Bridge", estimate=500_000_000, ceiling=480_000_000, bond=10_000_000)
TWO_PARTS = (
    PartDraft(name="price", has_price=True, after="technical"),
    PartDraft(name="technical"),
)
DRAFT = Draft(title="Bridge over the Nandu", lots=(LOT,), timetable=TIMETABLE)
KEEPING = Keeping(str(PLATFORM_AGE.recipient), caller="cd" * 32)


def two_lots(draft: Draft = DRAFT) -> Draft:
    return replace(draft, lots=(LOT, replace(LOT, number="2", title="Road")))


@dataclass
class Office:
    database: Database
    folder: Path
    blobs: BlobStore = field(init=False)
    tenderee: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.blobs = BlobStore(FolderBackend(self.folder / "blobs"))
        self.log = make_log(self.database, self.folder / "public")
        with self.database.session() as session:
            person = members.add_person(session, "Zhang San", now=NOW, random=token_bytes)
            made = organisations.establish(
                *(session, "91310000132260250X", "某招标人", Role.TENDEREE, person),
                now=NOW,
                random=token_bytes,
            )
            self.tenderee = made.id
            session.commit()
        self.fill()

    def fill(self, keys: int = 6, seed: int = 1) -> None:
        """Keys that wait in the pool."""
        random = Random(seed)
        with self.database.session() as session:
            for _ in range(keys):
                recipient = str(age.X25519Identity(random.randbytes(32)).recipient)
                session.add(
                    RunRow(
                        id=random.randbytes(32).hex(),
                        group_id=GROUP,
                        opened_at=NOW,
                        state="free",
                        recipient=recipient,
                        lot=None,
                        part=None,
                        ending_at=None,
                        finished_at=NOW,
                        reason="",
                        culprits=[],
                    )
                )
            session.commit()

    def begin(self, draft: Draft = DRAFT) -> str:
        with self.database.session() as session:
            made = drafting.begin(session, self.tenderee, draft, now=NOW, random=token_bytes)
            session.commit()
            return made.id

    def publish(self, draft: Draft = DRAFT, *, now: datetime = PUBLISHED) -> str:
        tender = self.begin(draft)
        with self.database.session() as session:
            publication.publish(session, tender, KEEPING, now=now)
            session.commit()
        return tender

    @contextmanager
    def committing(self) -> Iterator[Session]:
        with self.database.session() as session:
            yield session
            session.commit()

    def entries(self, session: Session | None = None) -> list[Entry]:
        """All that was appended, in order; with a session, also what it has not committed."""
        query = select(EntryRow.leaf).order_by(EntryRow.id)
        if session is not None:
            return [decode(leaf) for leaf in session.scalars(query)]
        with self.database.session() as own:
            return [decode(leaf) for leaf in own.scalars(query)]

    def state(self, tender: str, number: str = "1") -> str:
        with self.database.session() as session:
            return session.execute(
                select(LotRow.state).where(LotRow.tender == tender, LotRow.number == number)
            ).scalar_one()


def close_intake(session: Session, lot: str, bids: Sequence[int] = (5, 6, 7)) -> None:
    """What the closing's job leaves behind, without the bids themselves."""
    row = session.get_one(IntakeRow, lot)
    entry = LotClosed(lot, int(row.deadline.timestamp()), tuple(bids))
    log.append(session, entry, now=row.deadline)
    row.closing = leaf_hash(encode(entry))
    row.state = CLOSED if len(bids) >= row.min_bids else FAILED
    session.flush()


def force(
    session: Session, tender: TenderRow, lot: LotRow, state: State, resumes: State | None = None
) -> None:
    """Puts a published lot into a state as if it had come there, with the facts that the state implies."""
    behind = resumes or state
    intake = session.get_one(IntakeRow, lot.id)
    if behind not in (State.PUBLISHED, State.CANCELLED, State.DRAFT):
        close_intake(session, lot.id, (5, 6, 7) if behind is not State.FAILED else (5,))
        lot.bids = 3 if behind is not State.FAILED else 1
    elif behind is State.CANCELLED:
        intake.state = "cancelled"
    if behind in (State.CANDIDATES_PUBLISHED, State.AWARDED, State.CONTRACTED):
        lot.candidates = [
            {"rank": rank, "bid": 4 + rank, "price": 400_000_000 + rank, "score": ""} for rank in (1, 2)
        ]
        lot.candidates_until = DEADLINE + timedelta(days=2)
    if behind in (State.AWARDED, State.CONTRACTED):
        lot.rank, lot.price = 1, 400_000_001
    lot.state, lot.resumes = state, resumes
    if state is State.SUSPENDED:
        if behind is State.PUBLISHED:
            intake.state = "suspended"
        session.add(
            SuspensionRow(
                lot=lot.id,
                cause="objection-0",
                rule="suspended-until-reply",
                reason="drawing 3",
                began_at=PUBLISHED + timedelta(days=1),
                ended_at=None,
                ended_because="",
            )
        )
    tender.state = state
    session.flush()
