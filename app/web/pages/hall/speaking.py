"""What those who are heard may say in the hall (条44), at their desk: object, answer, sign off what was read out."""

from typing import Any

from flask import Response, request, url_for
from wtforms import HiddenField, TextAreaField

from app.caller import caller
from app.context import now, parts, session
from app.speaking import require_own, speaker
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.hall.about import opening_row
from app.web.pages.hall.facts import facts_of
from app.web.pages.language import N_
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from bidding.opening import hall
from bidding.opening.errors import OpeningRefusedError
from bidding.opening.models import FALLBACK, OPENED, WAITING, HallRow, OpeningRow
from parties.roles import Role

ONE = "/desk/openings/<string(maxlength=64):closing>/<string(maxlength=32):part>"


class ObjectionForm(PageForm):
    text = TextAreaField(N_("Your objection"), [Filled(), Longest(hall.MAX_TEXT)])


class AnswerForm(PageForm):
    text = TextAreaField(N_("The answer"), [Filled(), Longest(hall.MAX_TEXT)])


class SignOffForm(PageForm):
    results = HiddenField(validators=[Filled(), Longest(64)])


@pages.get(ONE)
def hall_desk(closing: str, part: str) -> Response:
    """What this person may say at present."""
    return _shown(_own(closing, part))


@pages.route(f"{ONE}/objections", methods=["GET", "POST"])
def hall_object(closing: str, part: str) -> Response:
    """An objection to the opening."""
    form, row, refused = ObjectionForm.entered(), _own(closing, part), None
    if request.method != "POST":
        return _see(row)
    if form.sent_well():
        try:
            hall.object_to(
                session(), closing, part, speaker(), form.text.data, now=now(), random=parts().random
            )
        except OpeningRefusedError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            session().commit()
            return _see(row, "objected")
    return _shown(_own(closing, part), 422, objection=form, refused=refused)


@pages.route(f"{ONE}/answers/<int(max=1000000):number>", methods=["GET", "POST"])
def hall_answer(closing: str, part: str, number: int) -> Response:
    """The answer to an objection."""
    form, row, refused = AnswerForm.entered(prefix=f"answer-{number}-"), _own(closing, part), None
    if request.method != "POST":
        return _see(row)
    found = session().get(HallRow, (closing, number))
    if found is None or found.part != part:
        raise OpeningRefusedError("unknown")
    if form.sent_well():
        try:
            hall.answer(
                session(), closing, number, speaker(), form.text.data, now=now(), random=parts().random
            )
        except OpeningRefusedError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            session().commit()
            return _see(row, "answered")
    return _shown(_own(closing, part), 422, answers={number: form}, refused=refused)


@pages.route(f"{ONE}/sign-off", methods=["GET", "POST"])
def hall_sign_off(closing: str, part: str) -> Response:
    """Signing off what was read out, by its hash: of what this person saw, not of what may have come since."""
    form, row, refused = SignOffForm.entered(), _own(closing, part), None
    if request.method != "POST":
        return _see(row)
    if form.sent_well():
        try:
            hall.sign_off(
                session(), closing, part, speaker(), form.results.data, now=now(), random=parts().random
            )
        except OpeningRefusedError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            session().commit()
            return _see(row, "signed")
    return _shown(_own(closing, part), 422, refused=refused)


def _own(closing: str, part: str) -> OpeningRow:
    """OpeningRefusedError for what is not there, is not public, or is of a tender that is another tenderee's."""
    row = opening_row(session(), closing, part)
    if not row.public:
        raise OpeningRefusedError("unknown")
    require_own(session(), row)
    return row


def _see(row: OpeningRow, done: str = "") -> Response:
    return see(url_for("pages.hall_desk", closing=row.closing, part=row.part, done=done or None))


def _shown(row: OpeningRow, status: int = 200, **more: Any) -> Response:
    held, role, me = parts().hall, caller().role, speaker()
    facts = facts_of(session(), row, held.reader if held else None)
    in_time = row.sign_until is None or now() < row.sign_until
    forms = {one.number: AnswerForm(prefix=f"answer-{one.number}-") for one in facts.objections}
    forms.update(more.pop("answers", {}))
    values: dict[str, Any] = {
        "objection": ObjectionForm(),
        "refused": None,
        "done": request.args.get("done", ""),
        **more,
    }
    return page(
        "hall/desk.html",
        status,
        row=row,
        facts=facts,
        may_object=role is Role.BIDDER and row.state in (WAITING, FALLBACK, OPENED) and in_time,
        may_answer=role in (Role.TENDEREE, Role.CENTER),
        may_sign=row.state == OPENED and in_time and row.results is not None,
        signed=[one for one in facts.sign_offs if one.by == (me.credit_code, me.capacity)],
        answers=forms,
        most=hall.MAX_OBJECTIONS,
        **values,
    )
