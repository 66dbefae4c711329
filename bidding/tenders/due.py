"""Deadlines and duties of a lot as rows that jobs pick up."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.tenders.models import DueRow, LotRow
from statutes.counting import Span
from statutes.statute import Statute

CLOSE = "close"
"""The closing's job has written that the lot is closed, or will: the lot's row follows."""


def plan(session: Session, lot: LotRow, kind: str, at: datetime) -> None:
    """It is due at `at`; what was planned under this kind before is replaced, done or not."""
    new = {"due_at": at, "done_at": None, "overdue_at": None, "done_by": None, "evidence": ""}
    values = {"lot": lot.id, "kind": kind, **new}
    session.execute(
        insert(DueRow).values(values).on_conflict_do_update(index_elements=["lot", "kind"], set_=new)
    )


def plan_duty(
    session: Session,
    statute: Statute,
    lot: LotRow,
    rule: str,
    start: datetime,
    stops: Sequence[Span] = (),
) -> None:
    """A duty that the rule counts from `start`. Nothing if this body of rules does not know it."""
    if statute.profile.has(rule):
        plan(session, lot, rule, statute.due(rule, start, stops).at)


def done(session: Session, lot: LotRow, *kinds: str, now: datetime) -> None:
    """What was due is done, or falls away. Without kinds: all of it."""
    query = update(DueRow).where(DueRow.lot == lot.id, DueRow.done_at.is_(None))
    session.execute((query.where(DueRow.kind.in_(kinds)) if kinds else query).values(done_at=now))


def of_lot(session: Session, lot_id: str) -> Sequence[DueRow]:
    """All that was ever due, in order."""
    query = select(DueRow).where(DueRow.lot == lot_id).order_by(DueRow.due_at, DueRow.kind)
    return session.scalars(query.execution_options(populate_existing=True)).all()
