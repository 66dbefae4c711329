"""The hall: how an opening stands, its results as they come, objections, sign-offs, the opening record.

Results are polled: an answer has an ETag, and a request with it is answered 304 while nothing has changed. Of a
committee's part nothing is shown but which bids opened.
"""

import json
from typing import Any

from flask import Response, request
from sqlalchemy import select

from app.api.document import ApiRoutes
from app.api.schemas import openings as schemas
from app.context import now, parts, session
from app.errors import ProblemError
from app.hall import Hall
from app.speaking import require_own, speaker
from bidding.opening import calling, fallback, hall, record
from bidding.opening.errors import OpeningRefusedError
from bidding.opening.models import RECORDED, HallRow, OpeningRow
from bidding.opening.record_pdf import record_pdf
from ledger.entries import PartCalled, decode
from ledger.errors import EntryError

routes = ApiRoutes("openings", __name__, url_prefix="/api/openings", description="Openings")
_ONE = "/<string(maxlength=64):closing>/<string(maxlength=32):part>"


@routes.operation("GET", "", query=schemas.OpeningQuery, gives=schemas.OpeningShown, many=True)
def list_openings(given: dict[str, Any]) -> list[dict[str, Any]]:
    """List the openings of a lot's parts, with what is read out so far"""
    query = select(OpeningRow).where(OpeningRow.lot == given["lot"]).order_by(OpeningRow.position)
    return [_shown(row) for row in session().execute(query).scalars()]


@routes.operation("GET", _ONE, refuses=(404,))
def get_opening(closing: str, part: str) -> Response:
    """Show an opening: its state, and each bid with its result as soon as there is one

    Poll it with If-None-Match.
    """
    body = schemas.OpeningShown().dumps(_shown(_row(closing, part)))
    response = Response(body, content_type="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


@routes.operation("GET", f"{_ONE}/objections", gives=schemas.ObjectionShown, many=True, refuses=(404,))
def list_objections(closing: str, part: str) -> list[dict[str, Any]]:
    """List the objections to the opening of a public part, with their answers"""
    row = _public(closing, part)
    return [
        {
            "statement": json.loads(one.statement),
            "answer": None if one.answer is None else json.loads(one.answer),
        }
        for one in record.objections_of(session(), row)
    ]


@routes.operation(
    "POST",
    f"{_ONE}/objections",
    takes=schemas.Statement,
    gives=schemas.Numbered,
    status=201,
    refuses=(400, 401, 403, 404, 409),
)
def object_to_opening(given: dict[str, Any], closing: str, part: str) -> dict[str, Any]:
    """Object to the opening, while the hall's window lasts (条44)"""
    number = hall.object_to(
        session(), closing, part, speaker(), given["text"], now=now(), random=parts().random
    )
    session().commit()
    return {"number": number}


@routes.operation(
    "POST",
    "/<string(maxlength=64):closing>/objections/<int(max=1000000):number>/answer",
    takes=schemas.Statement,
    status=204,
    refuses=(400, 401, 403, 404, 409),
)
def answer_objection(given: dict[str, Any], closing: str, number: int) -> None:
    """Answer an objection"""
    found = session().get(HallRow, (closing, number))
    if found is None:
        raise OpeningRefusedError("unknown")
    require_own(session(), _row(closing, found.part))
    hall.answer(session(), closing, number, speaker(), given["text"], now=now(), random=parts().random)
    session().commit()


@routes.operation(
    "POST", f"{_ONE}/sign-off", takes=schemas.SignOff, status=204, refuses=(400, 401, 403, 404, 409)
)
def sign_off(given: dict[str, Any], closing: str, part: str) -> None:
    """Sign off what was read out, by its hash"""
    require_own(session(), _row(closing, part))
    hall.sign_off(
        session(), closing, part, speaker(), given["results_sha256"], now=now(), random=parts().random
    )
    session().commit()


@routes.operation("POST", f"{_ONE}/keys", takes=schemas.GivenKey, status=204, refuses=(400, 404, 409))
def give_key(given: dict[str, Any], closing: str, part: str) -> None:
    """Give the file key of one's own bid, when keyholders have fallen silent

    The MAC of the bid's header proves that it is that bid's; nobody needs to log in.
    """
    setting = _hall()
    if setting.reader is None:
        raise OpeningRefusedError("unknown")
    where = (setting.blobs, setting.reader, closing, part, given["bid"])
    fallback.give_key(session(), *where, bytes.fromhex(given["file_key"]), now=now(), random=parts().random)
    session().commit()


@routes.operation("POST", "/calls", takes=schemas.Call, status=204, refuses=(400, 404, 409))
def call_part(given: dict[str, Any]) -> None:
    """Call for a later part, by the entry that its caller signed"""
    reader = _hall().reader
    try:
        entry = decode(given["entry"].encode())
    except (EntryError, UnicodeEncodeError) as error:
        raise OpeningRefusedError("call") from error
    if not isinstance(entry, PartCalled) or reader is None:
        raise OpeningRefusedError("call")
    calling.call(session(), reader, entry, now=now())
    session().commit()


@routes.operation("GET", f"{_ONE}/record.json", refuses=(404, 409))
def get_record(closing: str, part: str) -> Response:
    """Download the opening record of a public part: canonical JSON, whose SHA-256 is on the ledger"""
    return Response(_record(closing, part), content_type="application/json")


@routes.operation("GET", f"{_ONE}/record.pdf", query=schemas.RecordQuery, refuses=(404, 409))
def get_record_pdf(given: dict[str, Any], closing: str, part: str) -> Response:
    """Download the opening record of a public part as PDF, signed by the platform where it has a certificate"""
    pdf = record_pdf(_record(closing, part), given["language"])
    signer = _hall().signer
    if signer is not None:
        pdf = signer.sign(pdf, reason="opening record")
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="opening-{closing[:16]}-{given["language"]}.pdf"'
    )
    return answer


def _hall() -> Hall:
    found = parts().hall
    if found is None:
        raise ProblemError("refused", "this deployment is not set up for openings")
    return found


def _row(closing: str, part: str) -> OpeningRow:
    # PostgreSQL refuses a NUL, and neither a hash nor a part's name has anything beside these.
    readable = closing.isascii() and part.isascii() and closing.isprintable() and part.isprintable()
    row = session().get(OpeningRow, (closing, part)) if readable else None
    if row is None:
        raise OpeningRefusedError("unknown")
    return row


def _public(closing: str, part: str) -> OpeningRow:
    row = _row(closing, part)
    if not row.public:
        raise OpeningRefusedError("unknown")
    return row


def _record(closing: str, part: str) -> bytes:
    row = _public(closing, part)
    if row.state != RECORDED or row.record is None:
        raise OpeningRefusedError("not-recorded")
    return row.record


def _shown(row: OpeningRow) -> dict[str, Any]:
    return {
        "closing": row.closing,
        "part": row.part,
        "lot": row.lot,
        "public": row.public,
        "state": row.state,
        "stopped": row.stopped,
        "fallback_until": row.fallback_until,
        "opened_at": row.opened_at,
        "sign_until": row.sign_until,
        "results_sha256": None if row.results is None else row.results.hex(),
        "bids": record.results(session(), row)["bids"],
    }
