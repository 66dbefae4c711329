"""Of guarantees: a demand that the guarantor has to answer, and for the tenderee and staff a release that is late."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import _
from guarantees.after.demands import OPEN
from guarantees.models import DemandRow, Guarantee, ReleaseClock
from parties.roles import Role

_MOST = 100


def demands(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Demands that this guarantor has not answered yet."""
    if caller.membership is None or caller.role is not Role.GUARANTOR:
        return
    query = select(Guarantee, DemandRow).join(DemandRow, DemandRow.guarantee == Guarantee.id)
    query = query.where(
        Guarantee.guarantor == caller.membership.organisation.credit_code,
        DemandRow.state == OPEN,
        DemandRow.reply.is_(None),
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


def _waiting(row: Guarantee, text: str, due: datetime) -> Waiting:
    place = url_for("pages.held_guarantee", guarantee_id=row.id.hex())
    return Waiting(_("Guarantees"), text, place, due, row.number)
