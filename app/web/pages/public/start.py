"""The first page: what this is, what closes and opens next, and what was published last."""

from datetime import datetime, timedelta

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.context import now, session
from app.web.pages.public.listing import Line, lines_of
from app.web.pages.render import page
from app.web.pages.routes import pages
from bidding.tender import State
from bidding.tenders import search
from bidding.tenders.models import TenderRow

_SOON = timedelta(days=14)
_FEW = 5


@pages.get("/")
def start() -> Response:
    """The start page."""
    newest = search.search(session(), search.Wanted(), limit=_FEW).tenders
    return page(
        "public/start.html",
        newest=lines_of(session(), newest, now=now()),
        closing=_closing_soon(session(), now()),
    )


def _closing_soon(database: Session, present: datetime) -> list[Line]:
    """Tenders that take bids, the nearest deadline first."""
    open_now = select(TenderRow).where(TenderRow.state == State.PUBLISHED)
    rows = database.scalars(open_now.order_by(TenderRow.published_at.desc()).limit(200)).all()
    lines = [one for one in lines_of(database, rows, now=present) if one.deadline and one.deadline > present]
    soon = [one for one in lines if one.deadline and one.deadline < present + _SOON]
    return sorted(soon, key=lambda one: one.deadline or present)[:_FEW]
