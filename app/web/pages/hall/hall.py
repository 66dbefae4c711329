"""The hall of one opening, for everybody: no session is read, and nobody is told who looks.

What goes on stands in a fragment that is the same for all who read one language. It is rendered once for each state,
sent within the page to who comes, and alone to a page that follows along.
"""

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from app.context import now, parts, session
from app.web.pages.hall import looks, stream
from app.web.pages.hall.about import about, opening_row
from app.web.pages.hall.facts import facts_of
from app.web.pages.hall.pulse import Pulse, pulses
from app.web.pages.language import language
from app.web.pages.render import finished, page
from app.web.pages.routes import pages
from bidding.opening.errors import OpeningRefusedError
from bidding.tenders.law import statute_of
from bidding.tenders.models import TenderRow

ONE = "/openings/<string(maxlength=64):closing>/<string(maxlength=32):part>"


@pages.get(ONE)
def hall(closing: str, part: str) -> Response:
    """The hall; to a page that follows along, what goes on in it alone."""
    pulse = _pulse(closing, part)
    shown = pulses().rendered(
        (closing, part), pulse.digest, language(), lambda: _fragment(closing, part, pulse)
    )
    if "HX-Request" in request.headers:
        response = finished(make_response(shown))
    else:
        row = opening_row(session(), closing, part)
        found = about(session(), row.lot)
        tender = session().get(TenderRow, found.tender) if found else None
        response = page(
            "hall/hall.html",
            row=row,
            about=found,
            profile=statute_of(tender, now=now()).profile if tender else None,
            digest=pulse.digest,
            over=pulse.over,
            shown=Markup(shown),  # noqa: S704 # nosec B704 - a template of ours, rendered
        )
    response.vary.add("HX-Request")
    return response


@pages.get(f"{ONE}/events")
def hall_events(closing: str, part: str) -> Response:
    """Says when the hall's state is another than the viewer has."""
    return stream.answer(_pulse(closing, part))


def _pulse(closing: str, part: str) -> Pulse:
    found = pulses().of((closing, part), parts().database, looks.of_opening(closing, part))
    if found is None:
        raise OpeningRefusedError("unknown")
    return found


def _fragment(closing: str, part: str, pulse: Pulse) -> str:
    held = parts().hall
    facts = facts_of(session(), opening_row(session(), closing, part), held.reader if held else None)
    return render_template("hall/goes_on.html", facts=facts, row=facts.row, digest=pulse.digest)
