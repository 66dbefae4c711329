"""Who objects and who complains; what the parties see and say; the tenderee's reply."""

from typing import Any

from app.api.complaints.routes import ONE, case_of, desk, done, line, party, recorded, routes
from app.api.schemas import complaints as schemas
from app.context import now, session
from oversight.complaints import complaints, examining, investigation, objections, reading
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.objections import Filing
from oversight.complaints.steps import FILER, TENDEREE
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import Capacity, Kind, Matter, Reply

_REFUSES = (400, 401, 403, 404, 409)


@routes.operation(
    "POST", "/objections", takes=schemas.NewObjection, gives=schemas.CaseRecord, status=201, refuses=_REFUSES
)
def file_objection(given: dict[str, Any]) -> dict[str, Any]:
    """Object to a tender: it stands still until the tenderee's reply, where the law says so

    The tenderee reads what you write and the files that you send, and not your name before the opening: write nothing
    in them that says who you are.
    """
    return done(objections.file(session(), desk(), party(), _filing(given), now=now()))


@routes.operation(
    "POST", "", takes=schemas.NewComplaint, gives=schemas.CaseRecord, status=201, refuses=_REFUSES
)
def file_complaint(given: dict[str, Any]) -> dict[str, Any]:
    """Complain to an authority; on most matters after your own objection

    The authority knows who complains; the tenderee reads the complaint once it is accepted, as it reads an objection.
    """
    case = complaints.file(
        *(session(), desk(), party(), _filing(given), given["authority"], given["after"]), now=now()
    )
    return done(case)


@routes.operation(
    "GET", "/own", query=schemas.OwnCaseQuery, gives=schemas.CaseLine, many=True, refuses=_REFUSES
)
def list_own_cases(given: dict[str, Any]) -> list[dict[str, Any]]:
    """List the cases that you have a part in, the newest first"""
    before = case_of(given["after"]) if "after" in given else None
    return [line(one) for one in reading.mine(session(), party(), before=before, limit=given["limit"])]


@routes.operation("GET", f"{ONE}/record", gives=schemas.CaseRecord, refuses=(401, 403, 404))
def get_record(case: str) -> dict[str, Any]:
    """Show all of a case that you have a part in: what was said, and with which files"""
    return recorded(case_of(case))


@routes.operation(
    "POST", f"{ONE}/statements", takes=schemas.Said, gives=schemas.CaseRecord, status=201, refuses=_REFUSES
)
def add_statement(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Say something in a case that you have a part in, or add evidence"""
    found = case_of(case)
    part = reading.part_of(found, party())
    if part == reading.SUPERVISOR:
        raise UnknownCaseError
    said = (session(), desk(), party(), found.id, part, given["text"], given["files"])
    return done(investigation.state(*said, now=now()))


@routes.operation(
    "POST", f"{ONE}/reply", takes=schemas.ReplyGiven, gives=schemas.CaseRecord, refuses=_REFUSES
)
def reply(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Reply to an objection to your tender; it goes on

    Where the old deadline is not possible any more, give a new one; the refusal names the earliest.
    """
    found = _as(case, TENDEREE)
    objections.reply(
        *(session(), desk(), party(), found.id, Reply(given["outcome"]), given["text"]),
        files=given["files"],
        new_deadline=given.get("new_deadline"),
        now=now(),
    )
    return done(found)


@routes.operation("POST", f"{ONE}/correction", takes=schemas.Said, gives=schemas.CaseRecord, refuses=_REFUSES)
def correct(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Hand in what your complaint lacked"""
    found = _as(case, FILER)
    said = (session(), desk(), party(), found.id, given["text"], given["files"])
    return done(examining.correct(*said, now=now()))


@routes.operation(
    "POST", f"{ONE}/withdrawal", takes=schemas.SaidAlone, gives=schemas.CaseRecord, refuses=_REFUSES
)
def withdraw(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Withdraw your objection or complaint; once a complaint is accepted, the authority may have to allow it"""
    found = _as(case, FILER)
    act = objections.withdraw if found.kind == Kind.OBJECTION else investigation.withdraw
    return done(act(session(), desk(), party(), found.id, given["text"], now=now()))


def _as(case: str, part: str) -> CaseRow:
    """The case, in which the caller has this part. UnknownCaseError, as for none."""
    found = case_of(case)
    if reading.part_of(found, party()) != part:
        raise UnknownCaseError
    return found


def _filing(given: dict[str, Any]) -> Filing:
    return Filing(
        *(given["tender"], given.get("lots"), Matter(given["matter"]), Capacity(given["capacity"])),
        *(given["text"], given["knowing"], given["files"]),
    )
