"""What everybody sees: cases with their clocks, and decisions in their words."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from app.api.complaints.routes import ONE, case_of, line, public, routes
from app.api.content import JSON, Content
from app.api.schemas import complaints as schemas
from app.context import now, session
from oversight.complaints import complaints, reading
from oversight.complaints.errors import UnknownCaseError
from parties.models import Organisation

_DECISION = {"type": "object", "properties": {"type": {"const": "complaint-decision/v1"}}}
_EXAMPLE = {"type": "complaint-decision/v1", "cases": [schemas.CASE], "outcome": "upheld", "text": "..."}


@routes.operation("GET", "", query=schemas.CaseQuery, gives=schemas.CaseLine, many=True, refuses=(404,))
def list_cases(given: dict[str, Any]) -> list[dict[str, Any]]:
    """List objections and complaints with their clocks, the newest first

    Nothing here says who filed one.
    """
    before = case_of(given["after"]) if "after" in given else None
    found = reading.board(
        session(),
        tender=given.get("tender"),
        kind=given.get("kind"),
        state=given.get("state"),
        clock=given.get("clock"),
        before=before,
        limit=given["limit"],
        now=now(),
    )
    return [line(one) for one in found]


@routes.operation("GET", "/clocks", gives=schemas.Counts)
def count_clocks() -> dict[str, int]:
    """Count the clocks that run, are nearly overdue, are overdue, or were ever missed"""
    return reading.counts(session(), now=now())


@routes.operation("GET", "/authorities", gives=schemas.Authority, many=True)
def list_authorities() -> Sequence[Organisation]:
    """List the authorities that one can complain to"""
    return complaints.authorities(session())


@routes.operation("GET", ONE, gives=schemas.CaseShown, refuses=(404,))
def get_case(case: str) -> dict[str, Any]:
    """Show a case: how it stands, its clocks, the steps that were taken"""
    return public(case_of(case))


@routes.operation("GET", f"{ONE}/decision", gives=Content(JSON, _DECISION, _EXAMPLE), refuses=(404,))
def get_decision(case: str) -> Response:
    """Download a decision: canonical JSON, whose SHA-256 is on the ledger"""
    found = case_of(case)
    if found.decision is None:
        raise UnknownCaseError("decision")
    return Response(found.decision, content_type=JSON)
