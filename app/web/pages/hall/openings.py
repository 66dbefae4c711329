"""The list of openings: what opens within a day, what is under way, and what is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response
from sqlalchemy import func, select

from app.context import now, session
from app.web.pages.hall.about import About, about_all, about_of
from app.web.pages.render import page
from app.web.pages.routes import pages
from bidding.opening.models import RECORDED, OpenedBidRow, OpeningRow
from bidding.tender import State
from bidding.tenders.models import LotRow, TenderRow

_SOON = timedelta(days=1)
_UNDER_WAY, _RECORDED = 200, 50


@dataclass(frozen=True, slots=True)
class Line:
    """An opening. `bids` on the list, of which `decided` have a result."""

    row: OpeningRow
    about: About | None
    bids: int
    decided: int


@pages.get("/openings")
def openings() -> Response:
    """The list."""
    query = select(OpeningRow)
    under_way = session().scalars(
        query.where(OpeningRow.state != RECORDED)
        .order_by(OpeningRow.due_at.desc().nulls_last(), OpeningRow.lot, OpeningRow.position)
        .limit(_UNDER_WAY)
    )
    recorded = session().scalars(
        query.where(OpeningRow.state == RECORDED)
        .order_by(OpeningRow.opened_at.desc(), OpeningRow.lot, OpeningRow.position)
        .limit(_RECORDED)
    )
    return page(
        "hall/openings.html",
        soon=_soon(),
        under_way=_lines(under_way.all()),
        recorded=_lines(recorded.all()),
    )


def _soon() -> list[About]:
    """Lots that take bids and open within a day, and those past their deadline that have no opening yet."""
    begun = select(OpeningRow.lot).where(OpeningRow.lot == LotRow.id).exists()
    query = (
        select(LotRow, TenderRow)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(LotRow.state.in_([State.PUBLISHED, State.CLOSED]), ~begun)
    )
    found = [about_of(row, tender) for row, tender in session().execute(query)]
    return sorted((one for one in found if one.opening <= now() + _SOON), key=lambda one: one.opening)


def _lines(rows: Sequence[OpeningRow]) -> list[Line]:
    abouts = about_all(session(), [row.lot for row in rows])
    counts = (
        select(
            OpenedBidRow.closing,
            OpenedBidRow.part,
            func.count(),
            func.count().filter(OpenedBidRow.state != "sealed"),
        )
        .where(OpenedBidRow.closing.in_({row.closing for row in rows}))
        .group_by(OpenedBidRow.closing, OpenedBidRow.part)
    )
    found = {(closing, part): (bids, done) for closing, part, bids, done in session().execute(counts)}
    return [Line(row, abouts.get(row.lot), *found.get((row.closing, row.part), (0, 0))) for row in rows]
