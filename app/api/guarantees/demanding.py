"""Demands and their answers, with the documents that go with them.

The platform sends the demand for the beneficiary. The guarantor hands in its answer here, and its own account then puts
the answer's SHA-256 (`reply_sha256`) on chain: only that makes it count.
"""

from typing import Any

from flask import Response, request, stream_with_context

from app.api.guarantees import standing
from app.api.guarantees.routes import CHANGES, ONE, READS, routes
from app.api.guarantees.showing import demand as shown
from app.api.schemas import guarantees as schemas
from app.context import now, session
from app.errors import ProblemError
from app.guarantee_lots import TenderedLots
from guarantees import documents
from guarantees.after import demands
from guarantees.after.demand_rules import Answer, Attached
from guarantees.models import GuaranteeDocument


@routes.operation(
    "POST",
    f"{ONE}/demands",
    takes=schemas.NewDemand,
    gives=schemas.DemandShown,
    status=201,
    refuses=CHANGES,
)
def make_demand(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Demand payment, as the beneficiary, with the ground and the documents

    With `extension_days` the guarantor may extend the guarantee by so many days in the payment's place.
    """
    row = standing.seen(guarantee_id)
    made = demands.demand(
        session(),
        TenderedLots(),
        row.id,
        amount=given["amount"],
        ground=given["ground"],
        statement=given["statement"],
        documents=_attached(row.id, given),
        extension_days=given["extension_days"],
        now=now(),
    )
    session().commit()
    return shown(made)


@routes.operation(
    "POST", f"{ONE}/answer", takes=schemas.NewAnswer, gives=schemas.DemandShown, refuses=CHANGES
)
def answer_demand(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Pay, refuse with all reasons, or extend, as the guarantor

    A payment comes with its proof. A refusal or an extension comes within five business days (URDG 758). Then let the
    guarantor's account put `reply_sha256` on chain.
    """
    row = standing.seen(guarantee_id)
    made = demands.answer(
        session(),
        row.id,
        Answer(given["answer"]),
        reasons=given["reasons"],
        documents=_attached(row.id, given),
        now=now(),
    )
    session().commit()
    return shown(made)


@routes.operation(
    "POST",
    f"{ONE}/documents",
    query=schemas.DocumentQuery,
    gives=schemas.DocumentShown,
    status=201,
    refuses=CHANGES,
)
def hand_in_document(given: dict[str, Any], guarantee_id: str) -> GuaranteeDocument:
    """Hand in a document: the body is its content"""
    row = standing.seen(guarantee_id)
    made = documents.store(
        session(),
        standing.blobs(),
        row.id,
        [request.get_data()],  # of a signed request the stream is read already
        name=given["name"],
        media_type=request.mimetype or "application/octet-stream",
        by=standing.credit_code(),
        now=now(),
    )
    session().commit()
    return made


@routes.operation("GET", f"{ONE}/documents/<string(maxlength=64):sha256>", refuses=READS)
def get_document(guarantee_id: str, sha256: str) -> Response:
    """Download a document"""
    row = standing.seen(guarantee_id)
    found = documents.get(session(), row.id, _raw(sha256))
    answer = Response(
        stream_with_context(standing.blobs().stream(found.sha256)), content_type="application/octet-stream"
    )
    answer.content_length = found.size
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:16]}"'
    return answer


def _attached(guarantee: bytes, given: dict[str, Any]) -> tuple[Attached, ...]:
    named = [bytes.fromhex(one) for one in given["documents"]]
    return documents.attached(session(), guarantee, named, by=standing.credit_code())


def _raw(sha256: str) -> bytes:
    try:
        return bytes.fromhex(sha256)
    except ValueError as error:
        raise ProblemError("unknown") from error
