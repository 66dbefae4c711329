"""The queue: oldest first, by state, by words, with how long each waits."""

from flask import Response, request, url_for

from app.desk_api.desk import desk, now, session
from app.desk_pages.render import page, pages
from guarantees.desk import searching
from guarantees.tables.desk import ACCEPTED, APPLIED, PAID, QUOTED, SIGNED, STATES, Application

MOST = 50
OPEN = (APPLIED, QUOTED, ACCEPTED, PAID, SIGNED)


@pages.get("/")
def queue_page() -> Response:
    state, text = request.args.get("state", ""), request.args.get("q", "")[:100]
    at = request.args.get("page", "1")
    number = int(at) if at.isdecimal() and len(at) < 6 else 1
    number = max(1, number)
    states = (state,) if state in STATES else STATES if state == "all" else OPEN
    rows = searching.found(session(), states, text, limit=MOST + 1, offset=(number - 1) * MOST)
    return page(
        "queue.html",
        rows=rows[:MOST],
        ages={row.id: _age(row) for row in rows},
        lots={one.lot: one for one in desk().lots()},
        counts=searching.counts(session()),
        state=state if state in STATES or state == "all" else "",
        q=text,
        earlier=_turned(state, text, number - 1) if number > 1 else "",
        later=_turned(state, text, number + 1) if len(rows) > MOST else "",
    )


def _age(row: Application) -> tuple[int, int]:
    """Whole days and hours since it came in."""
    hours = max(0, int((now() - row.applied_at).total_seconds()) // 3600)
    return hours // 24, hours % 24


def _turned(state: str, text: str, number: int) -> str:
    return url_for("desk.queue_page", state=state or None, q=text or None, page=number)
