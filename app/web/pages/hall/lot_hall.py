"""A lot before its opening: the countdown, and then the way into the hall."""

from flask import Response, request, url_for
from sqlalchemy import select

from app.context import now, parts, session
from app.web.pages.hall import looks, stream
from app.web.pages.hall.about import about_of
from app.web.pages.hall.pulse import Pulse, pulses
from app.web.pages.public.notice import ONE, published
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from bidding.opening.models import OpeningRow
from bidding.submission.models import CLOSED, FAILED, IntakeRow
from bidding.tender import State
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import statute_of
from bidding.tenders.models import LotRow

_LOT = f"{ONE}/lots/<string(maxlength=16):number>/hall"


@pages.get(_LOT)
def lot_hall(tender_id: str, number: str) -> Response:
    """What the lot waits for; 303 to the hall once there is one."""
    tender = published(tender_id)
    pulse = _pulse(f"{tender.id}.{number}")
    row = session().get_one(LotRow, f"{tender.id}.{number}")
    opening = session().scalars(
        select(OpeningRow).where(OpeningRow.lot == row.id).order_by(OpeningRow.position).limit(1)
    )
    if found := opening.first():
        return see(url_for("pages.hall", closing=found.closing, part=found.part))
    return page(
        "hall/waits_page.html" if "HX-Request" not in request.headers else "hall/waits.html",
        tender=tender,
        about=about_of(row, tender),
        profile=statute_of(tender, now=now()).profile,
        stage=_stage(row),
        digest=pulse.digest,
    )


@pages.get(f"{_LOT}/events")
def lot_hall_events(tender_id: str, number: str) -> Response:
    """Says when it waits for something else, or the hall is open."""
    return stream.answer(_pulse(f"{published(tender_id).id}.{number}"))


def _pulse(lot: str) -> Pulse:
    found = pulses().of(lot, parts().database, looks.of_lot(lot)) if lot.isascii() else None
    if found is None:
        raise UnknownTenderError("there is no such lot")
    return found


def _stage(row: LotRow) -> str:
    """open, halted, closing, closed, failed or ended."""
    intake = session().get(IntakeRow, row.id)
    if row.state == State.SUSPENDED:
        return "halted"
    if intake is not None and intake.state in (CLOSED, FAILED):
        return intake.state
    if row.state in (State.FAILED, State.CANCELLED, State.TENDERED_AGAIN):
        return "failed" if row.state == State.FAILED else "ended"
    return "open" if intake is None or intake.deadline > now() else "closing"
