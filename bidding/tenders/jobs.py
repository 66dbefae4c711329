"""What is due, row by row: any number of processes may run this, and a tick that is missed changes nothing.

A row is taken with its tender's row locked, SKIP LOCKED: what a clerk is just changing is left for the next tick. Each
is done in a transaction of its own and is idempotent, for what was done meanwhile has a `done_at`.

    close   the lot's row follows its intake. Until the closing is in the ledger, the row stays due.
    <rule>  a person's duty that is late: noted once, for those who watch. It stays a duty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.tender import State
from bidding.tenders.due import CLOSE
from bidding.tenders.models import DueRow, LotRow, TenderRow
from bidding.tenders.standing import lots_of
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Handled:
    """A row that a tick has dealt with."""

    lot: str
    kind: str


def due_now(session: Session, *, now: datetime) -> list[int]:
    """The rows that are due, the earliest first."""
    query = select(DueRow.id).where(
        DueRow.done_at.is_(None), DueRow.overdue_at.is_(None), DueRow.due_at <= now
    )
    return list(session.scalars(query.order_by(DueRow.due_at, DueRow.id)))


def handle(session: Session, row_id: int, *, now: datetime) -> Handled | None:
    """Deals with one row; the caller commits. None: somebody else has it, it was done, or it cannot be done yet."""
    found = session.execute(
        select(LotRow.tender)
        .join(DueRow, DueRow.lot == LotRow.id)
        .where(DueRow.id == row_id, DueRow.done_at.is_(None), DueRow.overdue_at.is_(None))
    ).scalar_one_or_none()
    if found is None:
        return None
    query = select(TenderRow).where(TenderRow.id == found).execution_options(populate_existing=True)
    tender = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if tender is None:
        return None
    row = session.get(DueRow, row_id, populate_existing=True)
    if row is None or row.done_at is not None or row.overdue_at is not None or row.due_at > now:
        return None
    if row.kind == CLOSE:
        lot = next(one for one in lots_of(session, tender, now=now) if one.id == row.lot)
        if lot.state in (State.PUBLISHED, State.SUSPENDED):
            return None
        row.done_at = now
    else:
        row.overdue_at = now
    session.flush()
    return Handled(row.lot, row.kind)


def run(database: Database, clock: Callable[[], datetime]) -> list[Handled]:
    """Deals with what is due now."""
    with database.session() as session:
        rows = due_now(session, now=clock())
    handled = []
    for row in rows:
        with database.session() as session:
            one = handle(session, row, now=clock())
            session.commit()
        if one is not None:
            handled.append(one)
    return handled
