"""What staff do in a draw: ask for it, match the bidders, note a conflict, publish the names after the award."""

from collections.abc import Callable

from flask import Response, request, url_for
from sqlalchemy import select

from app.caller import caller
from app.committees import Opinions
from app.context import now, parts, session
from app.drawn_lots import OpenedLots
from app.web.pages.draws import words
from app.web.pages.draws.facts import facts_of, newest
from app.web.pages.draws.rooms import groups, reader
from app.web.pages.draws.wish_form import WishForm
from app.web.pages.hall.about import about, about_all
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from bidding.tender import State
from bidding.tenders.models import LotRow
from custody.errors import CustodyError
from oversight import calling, drawing, following, pool, publishing
from oversight.draw_tables import EXHAUSTED, DrawRow
from oversight.errors import OversightError
from oversight.expert_draw import Answer, Few
from parties.roles import Role

ONE = "/desk/draws/<string(maxlength=64):draw>"
_LISTED = 100
_DRAWN_FOR = (State.PUBLISHED, State.CLOSED, State.OPENED)
_REFUSALS = (OversightError, CustodyError)


@pages.get("/desk/draws")
def desk_draws() -> Response:
    """The newest draws, and the way to a new one."""
    found = newest(session(), _LISTED)
    return page(
        "draws/desk_list.html",
        found=found,
        abouts=about_all(session(), [row.lot for row, _ in found]),
        words=words,
        may_ask=caller().role is Role.CENTER,
        may_sample=caller().role is Role.SUPERVISOR,
    )


@pages.route("/desk/draws/new", methods=["GET", "POST"])
def new_draw() -> Response:
    """Ask for a draw. What the law or the pool does not allow is said, and what was entered is kept.

    A pool so small that names can be guessed is said before anything is committed: only who ticks that goes on.
    """
    form: WishForm = WishForm.entered()
    grew = request.method == "POST" and form.grow(request.form.get("change", ""))
    form.offer(_lots(), groups(), dict(pool.specialties(session())))
    refused, few = None, list[Few]()
    if not grew and form.sent_well():
        try:
            few = drawing.few(session(), form.wish())
            if form.has_accepted(few):
                row = drawing.request(session(), form.group.data, form.wish(), now=now())
                session().commit()
                return see(url_for("pages.desk_draw", draw=row.id.hex()))
        except _REFUSALS as error:
            session().rollback()
            refused = refused_by(error)
    status = 422 if request.method == "POST" and not grew else 200
    return page("draws/new.html", status, form=form, refused=refused, few=few)


@pages.get(ONE)
def desk_draw(draw: str) -> Response:
    """One draw with its calls, each by its number: who was called is sealed for staff too."""
    return _shown(drawing.get(session(), draw))


@pages.post(f"{ONE}/bidders")
def match_bidders(draw: str) -> Response:
    """Match the lot's bidders, once the opening has named them, with the employers of those called."""
    row = drawing.get(session(), draw)

    terms = (session(), row.id, OpenedLots())
    return _done(row, lambda: following.match(*terms, now=now(), random=parts().random, committee=Opinions()))


@pages.post(f"{ONE}/calls/<int(max=1000000):number>/conflict")
def note_conflict(draw: str, number: int) -> Response:
    """Whoever was called has a conflict: the next one is called, and what a member said is void (条48)."""
    row = drawing.get(session(), draw)
    given = (row.id, number, Answer.CONFLICTED)
    return _done(
        row,
        lambda: calling.answer(session(), *given, now=now(), random=parts().random, committee=Opinions()),
    )


@pages.post(f"{ONE}/publication")
def publish_names(draw: str) -> Response:
    """Publish names and salts, after the award."""
    row = drawing.get(session(), draw)
    return _done(row, lambda: publishing.publish(session(), row.id, OpenedLots(), now=now()))


@pages.get(f"{ONE}/bidders", endpoint="match_bidders_again")
@pages.get(f"{ONE}/calls/<int(max=1000000):number>/conflict", endpoint="note_conflict_again")
@pages.get(f"{ONE}/publication", endpoint="publish_names_again")
def again(draw: str, number: int = 0) -> Response:  # noqa: ARG001 - of one of the addresses
    """Somebody loads the address of a form again."""
    return see(url_for("pages.desk_draw", draw=draw))


def _done(row: DrawRow, act: Callable[[], object]) -> Response:
    name = row.id.hex()
    try:
        act()
        session().commit()
    except _REFUSALS as error:
        session().rollback()
        return _shown(drawing.get(session(), name), status=409, refused=refused_by(error))
    return see(url_for("pages.desk_draw", draw=name))


def _shown(row: DrawRow, *, status: int = 200, refused: object = None) -> Response:
    return page(
        "draws/desk.html",
        status,
        row=row,
        facts=facts_of(session(), row, reader()),
        about=about(session(), row.lot),
        calls=drawing.calls_of(session(), row),
        warnings=drawing.warnings_of(row),
        awarded=bool(OpenedLots().awarded(session(), [row.lot])),
        bidders=len(OpenedLots().bidders(session(), row.lot)),
        words=words,
        refused=refused,
        conducts=caller().role is Role.CENTER,
    )


def _lots() -> dict[str, str]:
    """Lots that have no draw yet, and are not evaluated."""
    drawn = select(DrawRow.lot).where(DrawRow.lot == LotRow.id, DrawRow.state != EXHAUSTED).exists()
    rows = session().scalars(select(LotRow.id).where(LotRow.state.in_(_DRAWN_FOR), ~drawn)).all()
    return {
        lot: f"{one.title} · {one.number} · {one.lot_title}"
        for lot, one in about_all(session(), list(rows)).items()
    }
