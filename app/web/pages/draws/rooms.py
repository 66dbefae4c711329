"""The draw room: each draw of experts as it goes on, for everybody; no session is read, and nobody is named early.

It follows along as the opening hall does: a fragment that is rendered once for each state, and short event streams that
say when the state is another.
"""

import json

from flask import Response, make_response, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.context import parts, session
from app.web.pages.draws import words
from app.web.pages.draws.facts import facts_of, newest, seed_of
from app.web.pages.hall import stream
from app.web.pages.hall.about import about, about_all
from app.web.pages.hall.pulse import Look, Pulse, pulse_over, pulses
from app.web.pages.language import language
from app.web.pages.render import finished, page
from app.web.pages.routes import pages
from custody.reader import Reader
from oversight import drawing
from oversight.draw_tables import PUBLISHED
from oversight.errors import NotFoundError

ONE = "/draws/<string(maxlength=64):draw>"
_LISTED = 100


@pages.get("/draws")
def draws() -> Response:
    """The newest draws."""
    found = newest(session(), _LISTED)
    abouts = about_all(session(), [row.lot for row, _ in found])
    return page("draws/list.html", found=found, abouts=abouts, words=words)


@pages.get(ONE)
def draw_room(draw: str) -> Response:
    """One draw; to a page that follows along, what goes on alone."""
    pulse = _pulse(draw)
    shown = pulses().rendered(("draw", draw), pulse.digest, language(), lambda: _fragment(draw, pulse))
    if "HX-Request" in request.headers:
        response = finished(make_response(shown))
    else:
        row = drawing.get(session(), draw)
        response = page(
            "draws/room.html",
            row=row,
            about=about(session(), row.lot),
            digest=pulse.digest,
            over=pulse.over,
            shown=Markup(shown),  # noqa: S704 # nosec B704 - a template of ours, rendered
        )
    response.vary.add("HX-Request")
    return response


@pages.get(f"{ONE}/events")
def draw_events(draw: str) -> Response:
    """Says when the draw's state is another than the viewer has."""
    return stream.answer(_pulse(draw))


def reader() -> Reader | None:
    """What reads the ledger as keyholders do; None in a deployment without a supervisor."""
    held = parts().hall
    return held.reader if held else None


def _pulse(draw: str) -> Pulse:
    found = pulses().of(("draw", draw), parts().database, _looks(draw))
    if found is None:
        raise NotFoundError("there is no such draw")
    return found


def groups() -> dict[str, str]:
    """The groups of keyholders that can give a seed, by what they are called."""
    held = reader()
    if held is None:
        return {}
    with held.reading(session()) as view:
        return {group.id: group.proposal.name for group in view.groups if group.is_complete}


def _looks(draw: str) -> Look:
    held = reader()

    def look(session: Session) -> Pulse | None:
        try:
            row = drawing.get(session, draw)
        except NotFoundError:
            return None
        seed = seed_of(session, row.id, held) if held and row.seed is None else None
        facts = [
            *(row.state, row.seed and row.seed.hex(), row.names is not None, row.warnings),
            [share.state for share in seed.shares] if seed else None,
            [(call.need, call.answer) for call in drawing.calls_of(session, row)],
        ]
        return pulse_over(facts, over=row.state == PUBLISHED)

    return look


def _fragment(draw: str, pulse: Pulse) -> str:
    row = drawing.get(session(), draw)
    facts = facts_of(session(), row, reader())
    return render_template(
        "draws/goes_on.html",
        facts=facts,
        row=row,
        warnings=drawing.warnings_of(row),
        words=words,
        digest=pulse.digest,
        files={
            name: url_for("oversight.file", draw=draw, name=name) for name in ("population", "terms", "names")
        },
        written=json.dumps,
        # Never the request's own address: what is rendered here is shown to others too
        url=parts().settings.url or "https://ADDRESS",
    )
