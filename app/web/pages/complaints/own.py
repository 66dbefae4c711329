"""The cases that one has a part in: a list, one of them with what was said, and each record as the receipt of its step.

Center staff have no part in any case: their list is what everybody may see.
"""

from typing import Any

from flask import Response, request, url_for

from app.api.complaints.routes import case_of, desk, party, public, recorded
from app.api.complaints.routes import line as line_of
from app.api.content import JSON
from app.caller import caller
from app.context import now, session
from app.web.pages.complaints.acts import ACTS, possible
from app.web.pages.complaints.board import PAGE, about, titles
from app.web.pages.complaints.words import shown
from app.web.pages.refusal import refused_by
from app.web.pages.routes import pages
from oversight.complaints import complaints, reading
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.steps import FILER, statute_of
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import Kind, State
from parties.roles import Role
from statutes.errors import RuleError

ONE = "/desk/cases/<string(length=32):case_id>"


@pages.get("/desk/cases")
def own_cases() -> Response:
    """The list, the newest first."""
    before = case_of(request.args["after"]) if "after" in request.args else None
    role = caller().role
    if role is Role.CENTER:
        found = reading.board(session(), before=before, limit=PAGE + 1, now=now())
    else:
        found = reading.mine(session(), party(), before=before, limit=PAGE + 1)
    here = found[:PAGE]
    return shown(
        "complaints/own.html",
        lines=[{**line_of(one), "row": one} for one in here],
        titles=titles(here),
        files_here=role in reading.FILING_ROLES,
        is_center=role is Role.CENTER,
        older=url_for("pages.own_cases", after=here[-1].id) if len(found) > PAGE else None,
        newest=url_for("pages.own_cases") if before is not None else None,
    )


@pages.get(ONE)
def own_case(case_id: str) -> Response:
    """What was said in it, with which files; what can be done now."""
    found = case_of(case_id)
    if caller().role is Role.CENTER:
        return shown("complaints/case.html", **about(found), case=found, shown=public(found))
    record = recorded(found)
    part = record["part"]
    return shown(
        "complaints/own_case.html",
        **about(found),
        case=found,
        shown=record,
        part=part,
        acts=[(name, number, ACTS[name]) for name, number in possible(session(), found, part, now=now())],
        right=_right(found) if part == FILER else None,
        done=request.args.get("done", ""),
    )


@pages.get(f"{ONE}/records/<int(min=1, max=1000000):number>")
def case_record(case_id: str, number: int) -> Response:
    """The bytes whose SHA-256 is on the ledger: the receipt of a step."""
    found = case_of(case_id)
    reading.part_of(found, party())
    step = next((one for one in reading.steps(session(), found) if one.number == number), None)
    if step is None or step.record is None:
        raise UnknownCaseError("record")
    answer = Response(step.record, content_type=JSON)
    name = f"{found.kind}-{found.id[:8]}-{number}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/desk/cases/fabricated")
def fabricated_cases() -> Response:
    """Complaints that were dismissed as fabricated, with who made them: for supervisors."""
    found = reading.fabricated(session())
    return shown("complaints/fabricated.html", found=found, titles=titles([case for case, _who in found]))


def _right(case: CaseRow) -> dict[str, Any] | None:
    """Of whoever objected: until when it may complain, or why it may not (yet)."""
    if case.kind != Kind.OBJECTION or case.state == State.WITHDRAWN:
        return None
    try:
        right = complaints.right_after(session(), desk(), case, now=now())
    except RuleError as error:
        return {"until": None, "refused": refused_by(error)}
    return {"until": right.due, "rule": statute_of(case).rule(right.rule), "refused": None}
