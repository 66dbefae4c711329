"""Rows of tenders and lots, locked, and as the rules see them.

Locks are taken in one order: the tender's row, its lots' rows, the intakes' rows.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding import moves
from bidding.submission.models import IntakeRow
from bidding.tender import Standing, State, state_of_all
from bidding.tenders.draft import timetable_from
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import statute_of
from bidding.tenders.models import LotRow, SuspensionRow, TenderRow
from ledger import log
from ledger.entries import LotClosed, LotFailed, decode
from ledger.models import EntryRow
from statutes.counting import Span


def locked(session: Session, tender_id: str) -> TenderRow:
    """The tender's row, for whoever changes it or its lots. UnknownTenderError."""
    found = session.get(TenderRow, tender_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise UnknownTenderError("there is no such tender")
    return found


def lots_of(
    session: Session, tender: TenderRow, numbers: Collection[str] | None = None, *, now: datetime
) -> list[LotRow]:
    """The tender's lots, locked, in their order; those of `numbers` alone if it is given. UnknownTenderError.

    What the closing job has done since is taken over first, so that a tick that was missed changes nothing.
    """
    query = select(LotRow).where(LotRow.tender == tender.id).order_by(LotRow.position)
    query = query.with_for_update().execution_options(populate_existing=True)
    every = list(session.scalars(query))
    for lot in every:
        take_over_closing(session, tender, lot, now=now)
    refresh(tender, every)
    if numbers is None:
        return every
    if missing := set(numbers) - {lot.number for lot in every}:
        raise UnknownTenderError(f"the tender has no lot {min(missing)!r}")
    return [lot for lot in every if lot.number in numbers]


def locked_lot(session: Session, tender_id: str, number: str, *, now: datetime) -> tuple[TenderRow, LotRow]:
    """The tender and one of its lots, locked. UnknownTenderError."""
    tender = locked(session, tender_id)
    (lot,) = lots_of(session, tender, [number], now=now)
    return tender, lot


def suspensions(session: Session, lot: LotRow) -> Sequence[SuspensionRow]:
    """All causes that ever suspended the lot, the first one first."""
    query = select(SuspensionRow).where(SuspensionRow.lot == lot.id).order_by(SuspensionRow.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def standing_of(session: Session, lot: LotRow) -> Standing:
    """Where the lot stands, by the rows."""
    open_ = frozenset(one.cause for one in suspensions(session, lot) if one.ended_at is None)
    if lot.state != State.SUSPENDED:
        return Standing(State(lot.state))
    return Standing(State.SUSPENDED, open_, State(lot.resumes) if lot.resumes else None)


def stops_of(session: Session, lot: LotRow, *, now: datetime) -> tuple[Span, ...]:
    """The spans in which the lot stood still; one that lasts ends with `now`."""
    return tuple(Span(one.began_at, one.ended_at or now) for one in suspensions(session, lot))


def put(lot: LotRow, standing: Standing) -> None:
    """Writes where the lot stands now. The tender follows with the next `lots_of`."""
    lot.state, lot.resumes = standing.state, standing.resumes


def refresh(tender: TenderRow, every: Sequence[LotRow]) -> None:
    if every:
        tender.state = state_of_all([State(lot.state) for lot in every])


def listed_bids(session: Session, lot: LotRow) -> tuple[int, ...] | None:
    """The bids on the list of the lot's closing; None if there is none."""
    intake = session.get(IntakeRow, lot.id, populate_existing=True)
    if intake is None or intake.closing is None:
        return None
    query = select(EntryRow.leaf).where(EntryRow.leaf_hash == intake.closing)
    leaf = session.execute(query).scalars().first()
    entry = None if leaf is None else decode(leaf)
    return entry.bids if isinstance(entry, LotClosed) else None


def take_over_closing(session: Session, tender: TenderRow, lot: LotRow, *, now: datetime) -> bool:
    """A published lot whose closing is in the ledger is closed; with too few bids it has failed. Whether that was so.

    One that was suspended while it was being closed goes back to closed.
    """
    if State.PUBLISHED not in (lot.state, lot.resumes):
        return False
    bids, timetable = listed_bids(session, lot), timetable_from(lot.timetable)
    if bids is None or now < timetable.deadline:
        return False
    statute = statute_of(tender, now=now)
    standing = moves.close(statute, Standing(State.PUBLISHED), timetable, now)
    lot.bids = len(bids)
    if lot.state == State.SUSPENDED:
        lot.resumes = standing.state
        return True
    if len(bids) < (statute.rule("three-bids").number or 0):
        standing = moves.fail_for_too_few_bids(statute, standing, len(bids))
        log.append(session, LotFailed(lot.id, "three-bids", f"{len(bids)} bids"), now=now)
    put(lot, standing)
    return True
