"""Closing lots: a job. The rows are the queue, a run is idempotent, and a tick that is missed changes nothing.

The steps for one lot, its intake's row locked FOR UPDATE:

    1. shut    no bid comes in from here on. Whoever holds the row FOR SHARE at this moment is in: we come again.
    2. wait    until every sealed entry of the lot has its index, or a reveal could not name it. The lot is `closing`.
    3. reveal  every sealed fact of the lot, also of withdrawn and replaced bids: `revealed`.
    4. list    exactly the bids that stand: `lot-closed`. With fewer than the lot needs it is written all the same, and
               the lot has failed: keyholders open nothing of it.
    5. anchor  is asked for.

3 to 5 are one transaction, and so are 1 to 5 where there is nothing to wait for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.ports import AnchorPort
from bidding.submission.models import CLOSED, CLOSING, FAILED, OPEN, IntakeRow, SealedRow
from bidding.submission.standing import SealedFact, standing
from ledger import log
from ledger.entries import LotClosed, Revealed, encode
from ledger.merkle import leaf_hash
from ledger.places import indices_of
from storage.database import Database

GRACE = timedelta(seconds=3)
"""After the deadline: what had arrived by then is still being committed. Keyholders allow more."""


@dataclass(frozen=True, slots=True)
class ClosedLot:
    """A closing that was written: how many facts were revealed, and which bids stand, by their indices."""

    lot: str
    closing: bytes
    revealed: int
    bids: tuple[int, ...]
    failed: bool


def due(session: Session, *, now: datetime) -> list[str]:
    """The lots whose deadline and grace have passed and that are not closed, the earliest first."""
    query = select(IntakeRow.lot).where(
        IntakeRow.state.in_((OPEN, CLOSING)), IntakeRow.deadline <= now - GRACE
    )
    return list(session.execute(query.order_by(IntakeRow.deadline, IntakeRow.lot)).scalars())


def close(session: Session, lot: str, anchor: AnchorPort, *, now: datetime) -> ClosedLot | None:
    """Closes a lot that is due; the caller commits in any case. None: not yet, or no more."""
    query = select(IntakeRow).where(IntakeRow.lot == lot, IntakeRow.state.in_((OPEN, CLOSING)))
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    row = session.execute(query).scalar_one_or_none()
    if row is None or row.deadline > now - GRACE:
        return None
    row.state = CLOSING  # 1
    sealed = session.execute(select(SealedRow).where(SealedRow.lot == lot)).scalars().all()
    places = indices_of(session, [fact.entry_id for fact in sealed])
    if len(places) < len(sealed):  # 2
        return None
    sealed = sorted(sealed, key=lambda fact: places[fact.entry_id])
    for fact in sealed:  # 3
        log.append(session, Revealed.of(places[fact.entry_id], fact.salt, fact.body), now=now)
    bids = standing(SealedFact(places[fact.entry_id], fact.bid, fact.sequence) for fact in sealed)  # 4
    entry = LotClosed(lot, int(row.deadline.timestamp()), bids)
    log.append(session, entry, now=now)
    failed = len(bids) < row.min_bids
    row.state, row.closing = FAILED if failed else CLOSED, leaf_hash(encode(entry))
    anchor(session, now=now)  # 5
    return ClosedLot(lot, row.closing, len(sealed), bids, failed)


def run(database: Database, anchor: AnchorPort, clock: Callable[[], datetime]) -> list[ClosedLot]:
    """Closes what is due now, each lot in a transaction of its own; those that were closed."""
    with database.session() as session:
        lots = due(session, now=clock())
    closed = []
    for lot in lots:
        with database.session() as session:
            one = close(session, lot, anchor, now=clock())
            session.commit()
        if one is not None:
            closed.append(one)
    return closed
