"""Of openings: those under way, objections that nobody has answered, and results to sign off."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import _, ngettext
from app.web.pages.naming import part_name
from bidding.opening.models import FALLBACK, OPENED, WAITING, HallRow, OpeningRow
from bidding.tenders.models import LotRow, TenderRow
from parties.roles import Role

_MOST = 100


def openings(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """A tenderee sees those of its own tenders, center and supervisor all."""
    if caller.role not in (Role.TENDEREE, Role.CENTER, Role.SUPERVISOR):
        return
    query = (
        select(OpeningRow, TenderRow)
        .join(LotRow, LotRow.id == OpeningRow.lot)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(OpeningRow.state.in_([WAITING, FALLBACK, OPENED]), OpeningRow.public)
    )
    if caller.role is Role.TENDEREE and caller.membership is not None:
        query = query.where(TenderRow.organisation == caller.membership.organisation_id)
    unanswered = _unanswered(session)
    for row, tender in session.execute(query.order_by(OpeningRow.opened_at).limit(_MOST)):
        objections = unanswered.get((row.closing, row.part), 0)
        yield Waiting(
            _("Openings under way"),
            _words(row, objections, caller.role, now),
            url_for("pages.hall_desk", closing=row.closing, part=row.part),
            row.sign_until if row.state == OPENED else row.fallback_until,
            str(tender.draft["title"]),
        )


def _unanswered(session: Session) -> dict[tuple[str, str], int]:
    query = select(HallRow.closing, HallRow.part, func.count()).where(HallRow.answered_at.is_(None))
    return {
        (closing, part): n
        for closing, part, n in session.execute(query.group_by(HallRow.closing, HallRow.part))
    }


def _words(row: OpeningRow, objections: int, role: Role, now: datetime) -> str:
    part = part_name(row.part)
    if objections and role is not Role.SUPERVISOR:
        return ngettext(
            "%(part)s: %(num)s objection waits for an answer",
            "%(part)s: %(num)s objections wait for an answer",
            objections,
            part=part,
        )
    if row.state == OPENED and row.sign_until is not None and now < row.sign_until:
        return _("%(part)s: sign off what was read out", part=part)
    return _("%(part)s: the opening goes on", part=part)
