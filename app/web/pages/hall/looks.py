"""What a pulse is over: everything that the page of an opening, or of a lot before it, shows and that may change.

Counts and states alone, no content: it is looked up twice a second while anybody watches.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.web.pages.hall.pulse import Look, Pulse, pulse_over
from bidding.opening.models import RECORDED, HallRow, OpenedBidRow, OpeningRow, SignOffRow
from bidding.submission.models import IntakeRow
from bidding.tenders.models import LotRow
from custody.models import ReleaseRow
from guarantees.models import GuaranteeCheck


def of_opening(closing: str, part: str) -> Look:
    """Of one part's hall, with the states of its neighbours."""

    def look(session: Session) -> Pulse | None:
        every = session.scalars(
            select(OpeningRow).where(OpeningRow.closing == closing).order_by(OpeningRow.position)
        ).all()
        row = next((one for one in every if one.part == part), None)
        if row is None:
            return None
        checks = _rows(
            session,
            select(GuaranteeCheck.bid, GuaranteeCheck.state, GuaranteeCheck.decided_at)
            .where(GuaranteeCheck.lot == row.lot)
            .order_by(GuaranteeCheck.bid),
        )
        facts = [
            [(one.part, one.state) for one in every],
            [row.stopped, row.shares_until, row.fallback_until, row.opened_at, row.sign_until],
            *(_rows(session, one) for one in _queries(closing, part)),
            checks,
        ]
        settled = all(one.state == RECORDED for one in every)
        return pulse_over(facts, over=settled and all(state != "waiting" for _, state, _ in checks))

    return look


def of_lot(lot: str) -> Look:
    """Of a lot that waits for its opening."""

    def look(session: Session) -> Pulse | None:
        row, intake = session.get(LotRow, lot), session.get(IntakeRow, lot)
        begun = session.scalars(select(OpeningRow.closing).where(OpeningRow.lot == lot).limit(1)).first()
        if row is None:
            return None
        return pulse_over(
            [row.state, row.timetable, begun, intake and intake.state, intake and intake.deadline]
        )

    return look


def _queries(closing: str, part: str) -> list[Any]:
    bids = select(OpenedBidRow.bid, OpenedBidRow.state, OpenedBidRow.decided_at, OpenedBidRow.shown)
    shares = select(ReleaseRow.member, ReleaseRow.state)
    said = select(HallRow.number, HallRow.answered_at)
    signed = select(func.count()).select_from(SignOffRow)
    return [
        bids.where(OpenedBidRow.closing == closing, OpenedBidRow.part == part).order_by(OpenedBidRow.bid),
        shares.where(ReleaseRow.closing == closing, ReleaseRow.part == part).order_by(ReleaseRow.member),
        said.where(HallRow.closing == closing, HallRow.part == part).order_by(HallRow.number),
        signed.where(SignOffRow.closing == closing, SignOffRow.part == part),
    ]


def _rows(session: Session, query: Any) -> list[Any]:
    return [tuple(row) for row in session.execute(query)]
