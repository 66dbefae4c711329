"""What changes while a tender runs: amendments, postponement, suspension, resumption, cancellation.

Each may concern some lots alone; without `numbers` it concerns all that it can. Every step asks the pure rule first,
then tells the intake, which appends what keyholders must know, and appends what all others read.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding import changes, intake, moves, objections
from bidding.errors import NoReasonError, WrongStateError
from bidding.submission.models import FAILED, OPEN, SUSPENDED, IntakeRow
from bidding.tender import ROWS, Move, Standing, State, move
from bidding.tenders import documents, due
from bidding.tenders.draft import timetable_from, to_json
from bidding.tenders.law import statute_of
from bidding.tenders.models import AmendmentRow, LotRow, SuspensionRow, TenderRow
from bidding.tenders.standing import locked, lots_of, put, standing_of, stops_of, suspensions
from bidding.timetable import Timetable
from ledger import log
from ledger.entries import DocumentsAmended, SuspensionBegun, SuspensionEnded
from statutes.statute import Statute


class Ground(StrEnum):
    """Why a lot is suspended: an objection that waits for its reply, or an order of the supervisor."""

    OBJECTION = "objection"
    ORDER = "order"

    @property
    def move(self) -> Move:
        return Move.SUSPEND_FOR_OBJECTION if self is Ground.OBJECTION else Move.SUSPEND_BY_ORDER


def amend(
    session: Session,
    tender_id: str,
    text: str,
    *,
    may_affect_bids: bool,
    new_deadline: datetime | None = None,
    numbers: Collection[str] | None = None,
    now: datetime,
) -> AmendmentRow:
    """Publishes the documents that wait, and what the amendment says; the deadline moves if it must or may.

    DeadlineError names the earliest deadline that would do; WrongStateError, NoReasonError for an amendment that says
    nothing.
    """
    tender, statute, lots = _begin(session, tender_id, numbers, Move.AMEND, now)
    if not text.strip():
        raise NoReasonError(changes.no_reason(statute, "amendment-before-deadline"))
    old = max(timetable_from(lot.timetable).deadline for lot in lots)
    for lot in lots:
        move(statute, standing_of(session, lot), Move.AMEND)
        before = timetable_from(lot.timetable)
        after = changes.amend(
            *(statute, before, now),
            may_affect_bids=may_affect_bids,
            new_deadline=new_deadline,
            stops=stops_of(session, lot, now=now),
        )
        _set_timetable(session, lot, before, after, text, now=now)
    last = select(func.max(AmendmentRow.number)).where(AmendmentRow.tender == tender.id)
    number = (session.execute(last).scalar_one() or 0) + 1
    deadline = max(timetable_from(lot.timetable).deadline for lot in lots)
    row = AmendmentRow(
        tender=tender.id,
        number=number,
        lots=[lot.id for lot in lots],
        text=text,
        may_affect_bids=may_affect_bids,
        old_deadline=old,
        new_deadline=deadline,
        at=now,
    )
    session.add(row)
    entry = DocumentsAmended(
        *(tender.id, number, tuple(lot.id for lot in lots), text, may_affect_bids),
        *(
            int(deadline.timestamp()),
            documents.publish_waiting(session, tender, now=now),
            int(now.timestamp()),
        ),
    )
    log.append(session, entry, now=now)
    return row


def postpone(
    session: Session,
    tender_id: str,
    new_deadline: datetime,
    reason: str,
    *,
    numbers: Collection[str] | None = None,
    now: datetime,
) -> list[LotRow]:
    """Moves the deadline to a later time. DeadlineError, NoReasonError, WrongStateError."""
    _, statute, lots = _begin(session, tender_id, numbers, Move.POSTPONE, now)
    for lot in lots:
        move(statute, standing_of(session, lot), Move.POSTPONE)
        before = timetable_from(lot.timetable)
        after = changes.postpone(statute, before, now, new_deadline, reason)
        _set_timetable(session, lot, before, after, reason, now=now)
    session.flush()
    return lots


def suspend(
    session: Session,
    tender_id: str,
    ground: Ground,
    cause: str,
    reason: str,
    *,
    numbers: Collection[str] | None = None,
    now: datetime,
) -> list[LotRow]:
    """Lots stand still for one more cause. WrongStateError, NoReasonError; OutOfTimeError for an objection too late.

    Bids may be withdrawn meanwhile, none come in, and no lot is closed or opened.
    """
    tender, statute, lots = _begin(session, tender_id, numbers, ground.move, now)
    if not reason.strip():
        raise NoReasonError(changes.no_reason(statute, ROWS[ground.move].rule))
    for lot in lots:
        standing = standing_of(session, lot)
        moved = move(statute, standing, ground.move, cause)
        if ground is Ground.OBJECTION:
            _in_time(statute, lot, standing, now)
        if standing.state is not State.SUSPENDED:
            intake.suspend(session, lot.id, reason, now=now)
        rule = ROWS[ground.move].rule
        session.add(
            SuspensionRow(
                lot=lot.id,
                cause=cause,
                rule=rule,
                reason=reason,
                began_at=now,
                ended_at=None,
                ended_because="",
            )
        )
        _put(session, tender, lot, moved, now)
        if ground is Ground.OBJECTION:
            due.plan_duty(session, statute, lot, "objection-reply", now)
        log.append(session, SuspensionBegun(lot.id, cause, rule, reason, int(now.timestamp())), now=now)
    return lots


def resume(
    session: Session,
    tender_id: str,
    cause: str,
    reason: str,
    *,
    new_deadline: datetime | None = None,
    numbers: Collection[str] | None = None,
    now: datetime,
) -> list[LotRow]:
    """The cause is gone; a lot goes on when it was the last. By default all lots that stand still for it.

    WrongStateError; DeadlineError names the earliest deadline with which bidding may go on.
    """
    tender = locked(session, tender_id)
    statute, lots = statute_of(tender, now=now), lots_of(session, tender, numbers, now=now)
    if numbers is None:
        lots = [lot for lot in lots if cause in standing_of(session, lot).causes] or lots
    if not lots:
        move(statute, Standing(State(tender.state)), Move.RESUME, cause)
    if not reason.strip():
        raise NoReasonError(changes.no_reason(statute, "suspension-order"))
    for lot in lots:
        standing, before = standing_of(session, lot), timetable_from(lot.timetable)
        moved, after = moves.resume(
            *(statute, standing, cause, before, now, stops_of(session, lot, now=now)),
            amendments=_amendments(session, tender, lot),
            new_deadline=new_deadline,
        )
        _set_timetable(session, lot, before, after, reason, now=now)
        if moved.state is not State.SUSPENDED and not _has_failed(session, lot):
            intake.resume(session, lot.id, reason, now=now)
        for row in suspensions(session, lot):
            if row.cause == cause and row.ended_at is None:
                row.ended_at, row.ended_because = now, reason
        _put(session, tender, lot, moved, now)
        if not any(one.startswith("objection") for one in moved.causes):
            due.done(session, lot, "objection-reply", now=now)
        log.append(session, SuspensionEnded(lot.id, cause, reason, int(now.timestamp())), now=now)
    return lots


def cancel(
    session: Session,
    tender_id: str,
    reason: str,
    *,
    numbers: Collection[str] | None = None,
    now: datetime,
) -> list[LotRow]:
    """Ends lots without an award. What was sealed stays sealed, and bonds go back. WrongStateError, NoReasonError."""
    tender, statute, lots = _begin(session, tender_id, numbers, Move.CANCEL, now)
    for lot in lots:
        moved = moves.cancel(statute, standing_of(session, lot), reason)
        intake.cancel(session, lot.id, reason, now=now)
        end_suspensions(session, lot, reason, now=now)
        _put(session, tender, lot, moved, now)
        due.done(session, lot, now=now)
        due.plan_duty(session, statute, lot, "cancellation-refund", now)
    return lots


def end_suspensions(session: Session, lot: LotRow, because: str, *, now: datetime) -> None:
    """A lot that has ended stands still for nothing any more."""
    for row in suspensions(session, lot):
        if row.ended_at is None:
            row.ended_at, row.ended_because = now, because


def intake_is_open(session: Session, lot: LotRow) -> bool:
    """Whether bids could still come in, now or after a resumption."""
    row = session.get(IntakeRow, lot.id, populate_existing=True)
    return row is not None and row.state in (OPEN, SUSPENDED)


def _has_failed(session: Session, lot: LotRow) -> bool:
    """Whether its closing had too few bids: then keyholders open nothing of it, suspended or not."""
    row = session.get(IntakeRow, lot.id, populate_existing=True)
    return row is not None and row.state == FAILED


def _begin(
    session: Session, tender_id: str, numbers: Collection[str] | None, taken: Move, now: datetime
) -> tuple[TenderRow, Statute, list[LotRow]]:
    """Locks; without numbers, the lots from which the move goes. WrongStateError if there is none."""
    tender = locked(session, tender_id)
    statute, lots = statute_of(tender, now=now), lots_of(session, tender, numbers, now=now)
    if numbers is None:
        lots = [lot for lot in lots if lot.state in ROWS[taken].sources]
    if not lots:
        move(statute, Standing(State(tender.state)), taken)
        raise WrongStateError(changes.no_reason(statute, "order-of-events"))
    return tender, statute, lots


def _put(session: Session, tender: TenderRow, lot: LotRow, standing: Standing, now: datetime) -> None:
    put(lot, standing)
    session.flush()
    lots_of(session, tender, now=now)


def _set_timetable(
    session: Session, lot: LotRow, before: Timetable, after: Timetable, reason: str, *, now: datetime
) -> None:
    lot.timetable = to_json(after)
    if after.deadline != before.deadline:
        intake.postpone(session, lot.id, after.deadline, reason, now=now)
        due.plan(session, lot, due.CLOSE, after.deadline)
    session.flush()


def _in_time(statute: Statute, lot: LotRow, standing: Standing, now: datetime) -> None:
    """While bids come in, an objection is to the documents; while candidates are published, to them."""
    timetable = timetable_from(lot.timetable)
    state = standing.resumes or standing.state
    if state is State.PUBLISHED and statute.profile.has("objection-to-documents"):
        objections.require_objection_to_documents(statute, timetable.deadline, now)
    if state is State.CANDIDATES_PUBLISHED and lot.candidates_until and timetable.candidates_from:
        objections.require_objection_to_candidates(
            statute, timetable.candidates_from, lot.candidates_until, now
        )


def _amendments(session: Session, tender: TenderRow, lot: LotRow) -> Sequence[datetime]:
    """When the lot's documents changed in a way that may affect bids."""
    query = select(AmendmentRow).where(AmendmentRow.tender == tender.id, AmendmentRow.may_affect_bids)
    return [row.at for row in session.scalars(query) if lot.id in row.lots]
