"""Of experts' draws: places that are still open, draws that wait for their seed or have nobody left to call."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import _, ngettext
from oversight.draw_tables import CALLING, EXHAUSTED, REQUESTED, CallRow, DrawRow
from parties.roles import Role

_MOST = 100


def draws(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """For those who conduct or oversee draws. An expert answers by a code and without a login, so none waits here."""
    if caller.role not in (Role.CENTER, Role.SUPERVISOR):
        return
    query = select(DrawRow).where(DrawRow.state.in_([REQUESTED, CALLING, EXHAUSTED]))
    for draw in session.scalars(query.order_by(DrawRow.requested_at).limit(_MOST)):
        due = None
        if draw.state == REQUESTED:
            text = _("The draw waits for the keyholders' shares of its seed")
        elif draw.state == EXHAUSTED:
            text = _("Nobody is left to call: the pool is too small for this draw")
        else:
            pending = select(func.count(), func.min(CallRow.due_at)).where(
                CallRow.draw_id == draw.id, CallRow.answer == "pending"
            )
            count, due = session.execute(pending).one()
            text = ngettext(
                "%(num)s expert has not answered yet", "%(num)s experts have not answered yet", count
            )
        yield Waiting(_("Draws of experts"), text, _address(draw), due, _("Lot %(lot)s", lot=draw.lot))


def _address(draw: DrawRow) -> str:
    return url_for("pages.desk_draw", draw=draw.id.hex())
