"""Guarantees as they stand: lists, one with all that came to it, its letter, its export."""

import hashlib
from typing import Any

from flask import Response
from sqlalchemy import select, tuple_

from app.api.guarantees import standing
from app.api.guarantees.routes import ONE, READS, routes
from app.api.schemas import guarantees as schemas
from app.context import parts, session
from app.signed_request import address
from crypto import canonical_json
from guarantees import documents, iso20022
from guarantees.after import amending, demands, steps
from guarantees.after.amending import Amendment
from guarantees.check_code import code_of
from guarantees.models import AmendmentProposal, DemandRow, Guarantee, ReleaseClock
from guarantees.printed.check_url import check_url
from guarantees.printed.letter import letter_pdf

PAGE = 200


@routes.operation(
    "GET", "", query=schemas.GuaranteesQuery, gives=schemas.GuaranteeShown, many=True, refuses=READS
)
def list_guarantees(given: dict[str, Any]) -> list[Guarantee]:
    """List the guarantees of your organisation, or for staff all, 200 at a time

    There are none before the opening: until then the platform knows of no guarantee.
    """
    query = select(Guarantee).where(*standing.visible())  # type: ignore[arg-type] # conditions
    for name in ("lot", "state"):
        if name in given:
            query = query.where(getattr(Guarantee, name) == given[name])
    if "after" in given:
        last = standing.seen(given["after"])
        query = query.where(tuple_(Guarantee.presented_at, Guarantee.id) > (last.presented_at, last.id))
    query = query.order_by(Guarantee.presented_at, Guarantee.id).limit(PAGE)
    return list(session().scalars(query))


@routes.operation("GET", ONE, gives=schemas.GuaranteeWhole, refuses=READS)
def get_guarantee(guarantee_id: str) -> dict[str, Any]:
    """Show a guarantee with its steps, clocks, demands, amendments and documents"""
    return whole(standing.seen(guarantee_id))


@routes.operation("GET", f"{ONE}/iso20022", refuses=READS)
def get_iso20022(guarantee_id: str) -> Response:
    """Get the undertaking in the shape of ISO 20022 tsrv.001 (Undertaking Issuance), as JSON"""
    row = standing.seen(guarantee_id)
    return Response(
        canonical_json.dumps(iso20022.export(standing.content(row))), content_type="application/json"
    )


@routes.operation("GET", f"{ONE}/letter", refuses=READS)
def get_letter(guarantee_id: str) -> Response:
    """Get the letter in Chinese and English, as a PDF; signed by the platform, where it has a certificate"""
    row = standing.seen(guarantee_id)
    guarantee = standing.content(row)
    pdf = letter_pdf(guarantee, check_url(address(), guarantee))
    hall = parts().hall
    if hall is not None and hall.signer is not None:
        pdf = hall.signer.sign(pdf, reason=f"guarantee {row.number}")
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{row.id.hex()[:16]}.pdf"'
    return answer


def whole(row: Guarantee) -> dict[str, Any]:
    """All that came to a guarantee."""
    plain = {name: getattr(row, name) for name in _NAMES}
    clocks = select(ReleaseClock).where(ReleaseClock.guarantee == row.id).order_by(ReleaseClock.id)
    return {
        **plain,
        "id": row.id,
        "check_code": code_of(standing.content(row)),
        "steps": steps.of(session(), row.id),
        "clocks": session().scalars(clocks).all(),
        "demands": [demand(one) for one in demands.of(session(), row.id)],
        "amendments": [amendment(one) for one in amending.of(session(), row.id)],
        "documents": documents.of(session(), row.id),
    }


def demand(row: DemandRow) -> dict[str, Any]:
    """A demand with its answer."""
    names = (
        "number",
        "amount",
        "extension_days",
        "grounds",
        "statement",
        "documents",
        "made_at",
        "examine_by",
    )
    return {
        **{name: getattr(row, name) for name in (*names, "state", "reply", "answered_at")},
        "reply_sha256": None if row.reply is None else hashlib.sha256(row.reply).hexdigest(),
    }


def amendment(row: AmendmentProposal) -> dict[str, Any]:
    """An amendment with what each side signs."""
    names = ("number", "content", "state", "proposed_at", "settled_at")
    return {
        **{name: getattr(row, name) for name in names},
        "to_sign": Amendment.parse(row.content).signed_bytes(),
        "signed_by": sorted(row.signatures),
        "agreement": amending.agreement(row.content, row.signatures)
        if row.state == amending.AGREED
        else None,
    }


_NAMES = (
    *("number", "tender", "lot", "bid", "guarantor", "applicant", "beneficiary", "amount", "currency"),
    *("applied_at", "issued_at", "expiry", "state", "presented_at", "ended_at", "released_because"),
    *("replaced_by", "content"),
)
