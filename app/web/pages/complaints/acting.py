"""The forms of app.web.pages.complaints.acts as pages: a refusal is said with its article, and nothing is lost."""

from uuid import UUID

from flask import Response, request, url_for

from app.api.complaints.routes import case_of, party
from app.context import now, session
from app.web.pages.complaints import evidence
from app.web.pages.complaints.acts import ACTS, possible
from app.web.pages.complaints.board import titles
from app.web.pages.complaints.own import ONE
from app.web.pages.complaints.words import shown
from app.web.pages.refusal import refused_by
from app.web.pages.render import see
from app.web.pages.routes import pages
from oversight.complaints import reading
from oversight.complaints.errors import UnknownCaseError
from statutes.errors import RuleError

_NAMES = ", ".join(f"'{name}'" for name in ACTS)


@pages.route(f"{ONE}/<any({_NAMES}):name>", methods=["GET", "POST"])
def act_in_case(case_id: str, name: str) -> Response:
    """One act; ?measure= numbers the one that ends."""
    act, found = ACTS[name], case_of(case_id)
    part = reading.part_of(found, party())
    if act.part not in ("", part):
        raise UnknownCaseError
    number = _number(request.values.get("measure", ""))
    form, refused, files = act.form.entered(), None, list[UUID]()
    form.offer(found)
    if request.method == "POST":
        try:
            if act.files:
                files = evidence.handed_in()
            if form.validate():
                act.take(found, form, files, number)
                session().commit()
                return see(_after(case_id, name))
        except RuleError as error:
            session().rollback()
            refused = refused_by(error)
    found = case_of(case_id)
    return shown(
        "complaints/act.html",
        422 if form.errors or refused else 200,
        case=found,
        name=name,
        act=act,
        number=number,
        form=form,
        refused=refused,
        timely=name in {one for one, _number in possible(session(), found, part, now=now())},
        title_of_tender=titles([found])[found.tender],
        **evidence.offered(files),
    )


def _after(case_id: str, name: str) -> str:
    """The case, as long as one has a part in it: what was forwarded is another authority's."""
    try:
        reading.part_of(case_of(case_id), party())
    except UnknownCaseError:
        return url_for("pages.case", case_id=case_id, done=name)
    return url_for("pages.own_case", case_id=case_id, done=name)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
