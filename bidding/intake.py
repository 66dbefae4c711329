"""A lot's intake from its publication to its end, each step with its entry on the ledger.

The service of tenders calls these in a transaction of its own, after its rules have allowed the step; here stands only
what the intake and the ledger must not be made to say. All lock the intake's row; nobody submits meanwhile.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.errors import BiddingError
from bidding.submission.models import CANCELLED, CLOSED, CLOSING, FAILED, OPEN, SUSPENDED, IntakeRow
from bidding.submission.terms import parts_to_json
from ledger import log
from ledger.entries import DeadlineMoved, LotCancelled, LotPublished, LotResumed, LotSuspended


class IntakeError(BiddingError):
    """A step that the lot's intake does not allow."""


def open_intake(session: Session, entry: LotPublished, *, max_size: int, now: datetime) -> int:
    """Opens the lot for bids and appends `lot-published`; the entry's id. `max_size` is of one sealed file, in bytes.

    IntakeError for a lot that was published before, without parts or with two of one name, or with its deadline behind.
    """
    deadline = datetime.fromtimestamp(entry.deadline, UTC)
    if session.get(IntakeRow, entry.lot) is not None:
        raise IntakeError(f"the lot {entry.lot} was published before")
    if not entry.parts or len({part.name for part in entry.parts}) != len(entry.parts):
        raise IntakeError("a lot has one part or more, each with a name of its own")
    if deadline <= now:
        raise IntakeError("the deadline of a lot lies ahead when it is published")
    row = IntakeRow(
        lot=entry.lot,
        state=OPEN,
        deadline=deadline,
        min_bids=entry.min_bids,
        max_size=max_size,
        parts=parts_to_json(entry.parts),
        closing=None,
    )
    session.add(row)
    return log.append(session, entry, now=now)


def postpone(session: Session, lot: str, deadline: datetime, reason: str, *, now: datetime) -> int:
    """Moves the deadline to a later whole second, while it has not passed; a suspended lot's also afterwards."""
    row = _locked(session, lot, OPEN, SUSPENDED)
    if deadline.microsecond or deadline <= row.deadline:
        raise IntakeError("a deadline moves to a later time, by whole seconds")
    if row.state == OPEN and now >= row.deadline:
        raise IntakeError("the deadline has passed: it cannot be moved any more")
    row.deadline = deadline
    return log.append(session, DeadlineMoved(lot, int(deadline.timestamp()), reason), now=now)


def suspend(session: Session, lot: str, reason: str, *, now: datetime) -> int:
    """Stops an open lot: no bids come in, and it is not closed. Withdrawing goes on.

    A lot that is closed is suspended for keyholders alone: its intake stays as it is.
    """
    row = _locked(session, lot, OPEN, CLOSING, CLOSED)
    if row.state == OPEN:
        if now >= row.deadline:
            raise IntakeError("the deadline has passed and the lot is being closed: suspend it after that")
        row.state = SUSPENDED
    return log.append(session, LotSuspended(lot, reason), now=now)


def resume(session: Session, lot: str, reason: str, *, now: datetime) -> int:
    """Goes on. A lot whose deadline went by while it was suspended must be postponed first."""
    row = _locked(session, lot, SUSPENDED, CLOSING, CLOSED)
    if row.state == SUSPENDED:
        if now >= row.deadline:
            raise IntakeError(
                "the deadline went by while the lot was suspended: postpone it before it resumes"
            )
        row.state = OPEN
    return log.append(session, LotResumed(lot, reason), now=now)


def cancel(session: Session, lot: str, reason: str, *, now: datetime) -> int:
    """Ends the lot. What was sealed stays sealed; a closed lot keeps its closing, and keyholders open nothing of it."""
    row = _locked(session, lot, OPEN, SUSPENDED, CLOSING, CLOSED, FAILED)
    if row.state in (OPEN, SUSPENDED, CLOSING):
        row.state = CANCELLED
    return log.append(session, LotCancelled(lot, reason), now=now)


def _locked(session: Session, lot: str, *states: str) -> IntakeRow:
    query = select(IntakeRow).where(IntakeRow.lot == lot).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise IntakeError(f"there is no lot {lot}")
    if row.state not in states:
        raise IntakeError(f"the lot {lot} is {row.state}: this step does not go from there")
    return row
