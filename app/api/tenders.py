"""What everybody reads of tenders, questions without a name, drafts and documents."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, request, stream_with_context

from app.api.schemas import tenders as schemas
from app.api.tender_routes import LOT, ONE, own, public, routes, shown, tendering
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from bidding.tenders import clarifications, documents, drafting, ocds, reading
from bidding.tenders.draft import Draft, parse_draft
from bidding.tenders.models import DocumentRow, QuestionRow, TenderRow
from parties import organisations


@routes.operation("GET", "", query=schemas.TenderQuery, gives=schemas.TenderListed, many=True, refuses=(404,))
def list_tenders(given: dict[str, Any]) -> list[dict[str, Any]]:
    """List published tenders, the newest first"""
    before = public(given["after"]) if "after" in given else None
    found = reading.listed(session(), state=given.get("state"), before=before, limit=given["limit"])
    return [_line(one) for one in found]


@routes.operation("GET", ONE, gives=schemas.TenderShown, refuses=(404,))
def get_tender(tender_id: str) -> dict[str, Any]:
    """Show a tender: its notice, its lots with what each part is sealed to, its documents and amendments"""
    return shown(session(), public(tender_id))


@routes.operation("GET", f"{ONE}/timetable", gives=schemas.TenderEvent, many=True, refuses=(404,))
def get_timetable(tender_id: str) -> list[dict[str, Any]]:
    """Show the timetable of each lot as it is now, with the articles that bind each event"""
    tender = public(tender_id)
    return [
        {
            "lot": lot.number,
            "event": one.event,
            "zh": one.said.zh,
            "en": one.said.en,
            "at": one.at,
            "rules": one.rules,
            "articles": one.articles,
        }
        for lot in reading.lots(session(), tender)
        for one in reading.dated(tender, lot, now=now())
    ]


@routes.operation("GET", f"{LOT}/sheet", refuses=(404,))
def get_sheet(tender_id: str, number: str) -> Response:
    """Get a lot's sheet: all that `sunseal bid` needs"""
    sheet = reading.sheet(session(), public(tender_id), number)
    return Response(sheet.to_bytes(), content_type="application/json")


@routes.operation("GET", f"{ONE}/documents", gives=schemas.TenderDocument, many=True, refuses=(404,))
def list_documents(tender_id: str) -> Sequence[DocumentRow]:
    """List all published versions of all documents"""
    return documents.published(session(), public(tender_id).id)


@routes.operation(
    "GET", f"{ONE}/documents/<string(maxlength=64):name>/<int(max=1000000):version>", refuses=(404, 409)
)
def get_document(tender_id: str, name: str, version: int) -> Response:
    """Download one version of a document"""
    if not name.isascii() or not name.isprintable():
        raise ProblemError("unknown")
    row = documents.version(session(), public(tender_id).id, name, version)
    content = tendering().blobs.stream(row.sha256)
    answer = Response(stream_with_context(content), content_type=row.media_type)
    answer.content_length = row.size
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Repr-Digest"] = f"sha-256=:{_base64(row.sha256)}:"
    answer.set_etag(row.sha256.hex())
    return answer


@routes.operation("GET", f"{ONE}/clarifications", gives=schemas.Clarification, many=True, refuses=(404,))
def list_clarifications(tender_id: str) -> Sequence[QuestionRow]:
    """List what was asked and answered"""
    return clarifications.answered(session(), public(tender_id).id)


@routes.operation(
    "POST",
    f"{ONE}/questions",
    takes=schemas.QuestionText,
    gives=schemas.QuestionAsked,
    status=201,
    refuses=(400, 404, 409, 429),
)
def ask(given: dict[str, Any], tender_id: str) -> QuestionRow:
    """Ask about the documents, without an account and without a name

    The question becomes public with its answer: write nothing in it that says who you are.
    """
    tender = public(tender_id)
    made = clarifications.ask(session(), tender.id, given["question"], now=now(), random=parts().random)
    session().commit()
    return made


@routes.operation("GET", f"{ONE}/ocds", refuses=(404,))
def get_ocds(tender_id: str) -> Response:
    """Get the tender as an OCDS 1.1 release package"""
    package = ocds.package_of(session(), public(tender_id), request.url, now=now())
    return Response(ocds.to_text(package), content_type="application/json")


@routes.operation(
    "POST", "", takes=schemas.NewTender, gives=schemas.TenderShown, status=201, refuses=(400, 401, 403, 409)
)
def begin_draft(given: dict[str, Any]) -> dict[str, Any]:
    """Begin a draft, which nobody else sees"""
    made = _begin(parse_draft(given))
    session().commit()
    return shown(session(), made, with_waiting=True)


@routes.operation(
    "POST",
    "/import",
    query=schemas.OcdsQuery,
    gives=schemas.Imported,
    status=201,
    refuses=(400, 401, 403, 409),
)
@routes.doc(  # type: ignore[untyped-decorator]
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": {"version": "1.1", "releases": []}}
        },
    }
)
def import_tender(given: dict[str, Any]) -> dict[str, Any]:
    """Begin a draft from an OCDS release or record, with a report on every field that could not be taken over"""
    draft, report = ocds.draft_from(ocds.parse(request.get_data()), given.get("ocid"))
    made = _begin(draft)
    session().commit()
    return {
        "tender": shown(session(), made, with_waiting=True),
        "report": [one.to_json() for one in report],
    }


@routes.operation("GET", f"{ONE}/draft", gives=schemas.TenderShown, refuses=(401, 403, 404))
def get_draft(tender_id: str) -> dict[str, Any]:
    """Show a tender, also a draft, with the documents that wait"""
    return shown(session(), own(tender_id), with_waiting=True)


@routes.operation(
    "PUT",
    f"{ONE}/draft",
    takes=schemas.NewTender,
    gives=schemas.TenderShown,
    refuses=(400, 401, 403, 404, 409),
)
def change_draft(given: dict[str, Any], tender_id: str) -> dict[str, Any]:
    """Put another draft in its place"""
    tender = drafting.change(session(), own(tender_id).id, parse_draft(given), now=now())
    session().commit()
    return shown(session(), tender, with_waiting=True)


@routes.operation(
    "PUT",
    f"{ONE}/documents/<string(maxlength=64):name>",
    query=schemas.DocumentQuery,
    gives=schemas.TenderDocument,
    refuses=(400, 401, 403, 404, 409, 413),
)
@routes.doc(  # type: ignore[untyped-decorator]
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
)
def store_document(given: dict[str, Any], tender_id: str, name: str) -> DocumentRow:
    """Store the next version of a document: the body is its content

    It waits until the tender is published, or for the next amendment.
    """
    tender = own(tender_id)
    media_type = request.mimetype or "application/octet-stream"
    row = documents.store(
        *(session(), tendering().blobs, tender.id, name, request.stream),
        title=given["title"],
        media_type=media_type,
        now=now(),
    )
    session().commit()
    return row


@routes.operation("GET", f"{ONE}/questions", gives=schemas.QuestionAsked, many=True, refuses=(401, 403, 404))
def list_questions(tender_id: str) -> Sequence[QuestionRow]:
    """List the questions that wait for an answer"""
    return clarifications.unanswered(session(), own(tender_id).id)


@routes.operation(
    "POST",
    f"{ONE}/questions/<uuid:question_id>/answer",
    takes=schemas.ClarificationText,
    gives=schemas.Clarification,
    refuses=(400, 401, 403, 404, 409),
)
def answer_question(given: dict[str, Any], tender_id: str, question_id: UUID) -> QuestionRow:
    """Answer a question, to all"""
    row = clarifications.answer(session(), own(tender_id).id, question_id, given["answer"], now=now())
    session().commit()
    return row


def _begin(draft: Draft) -> TenderRow:
    membership = caller().membership
    if membership is None:  # pragma: no cover - the gate lets in none
        raise ProblemError("membership-needed")
    organisation = organisations.get(session(), membership.organisation_id)
    return drafting.begin(session(), organisation.id, draft, now=now(), random=parts().random)


def _line(tender: TenderRow) -> dict[str, Any]:
    return {
        "id": tender.id,
        "title": str(tender.draft["title"]),
        "state": tender.state,
        "published_at": tender.published_at,
    }


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")
