"""Of guarantees: a demand that the guarantor has to answer, for the tenderee and staff a release that is late, and for
staff the scans of paper guarantees."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import _
from guarantees.after.demands import OPEN
from guarantees.checking import by_hand
from guarantees.models import DemandRow, Guarantee, ReleaseClock
from parties.roles import Role

_MOST = 100


def demands(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """Demands that this guarantor has not answered yet, or not in time."""
    if caller.membership is None or caller.role is not Role.GUARANTOR:
        return
    query = select(Guarantee, DemandRow).join(DemandRow, DemandRow.guarantee == Guarantee.id)
    query = query.where(
        Guarantee.guarantor == caller.membership.organisation.credit_code,
        DemandRow.state == OPEN,
        or_(DemandRow.reply.is_(None), DemandRow.examine_by <= now),
    )
    for row, made in session.execute(query.order_by(DemandRow.examine_by).limit(_MOST)):
        yield _waiting(row, _("a demand waits for your answer"), made.examine_by)


def late(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """Releases past their day."""
    if caller.role not in (Role.TENDEREE, Role.CENTER, Role.SUPERVISOR):
        return
    query = select(Guarantee, ReleaseClock).join(ReleaseClock, ReleaseClock.guarantee == Guarantee.id)
    query = query.where(ReleaseClock.released_at.is_(None), ReleaseClock.due_at <= now)
    if caller.role is Role.TENDEREE:
        if caller.membership is None:
            return
        query = query.where(Guarantee.beneficiary == caller.membership.organisation.credit_code)
    for row, clock in session.execute(query.order_by(ReleaseClock.due_at).limit(_MOST)):
        yield _waiting(row, _("the release is late"), clock.due_at)


def scans(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Scans of paper guarantees that the trading center's staff have to examine."""
    if caller.role is not Role.CENTER:
        return
    for row in by_hand.waiting(session)[:_MOST]:
        place = url_for("pages.examine_scan", lot=row.lot, bid=row.bid)
        number = str(row.stated.get("number", ""))
        yield Waiting(
            _("Guarantees"), _("a scanned paper guarantee waits to be examined by hand"), place, None, number
        )


def _waiting(row: Guarantee, text: str, due: datetime) -> Waiting:
    place = url_for("pages.held_guarantee", guarantee_id=row.id.hex())
    return Waiting(_("Guarantees"), text, place, due, row.number)
