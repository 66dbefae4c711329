"""A published tender as an OCDS 1.1 release package, with the lots and bids extensions.

Of bids it says how many the closing lists, and nothing before that. Who won stands in the opening's publication.
The prefix of the ocid is not registered with the Open Contracting Partnership: an operator registers its own.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from bidding.tender import State
from bidding.tenders import clarifications, documents, reading
from bidding.tenders.draft import Draft, LotDraft, timetable_from
from bidding.tenders.law import draft_of
from bidding.tenders.models import LotRow, TenderRow
from parties import organisations

PREFIX = "ocds-sunseal"
_EXTENSIONS = "https://raw.githubusercontent.com/open-contracting-extensions"
EXTENSIONS = (
    f"{_EXTENSIONS}/ocds_lots_extension/v1.1.5/extension.json",
    f"{_EXTENSIONS}/ocds_bid_extension/v1.1.5/extension.json",
)
_STATUS = {
    State.CONTRACTED: "complete",
    State.FAILED: "unsuccessful",
    State.TENDERED_AGAIN: "unsuccessful",
    State.CANCELLED: "cancelled",
}
"""Of the standard's codelist tenderStatus; all else is active."""
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def package_of(session: Session, tender: TenderRow, uri: str, *, now: datetime) -> dict[str, Any]:
    """The package; `uri` is where it is served, and its documents beside it. The tender is published."""
    base = uri.partition("?")[0].removesuffix("/ocds")
    draft, lots = draft_of(tender), reading.lots(session, tender)
    tenderee = organisations.get(session, tender.organisation)
    party = {"id": f"CN-USCC-{tenderee.credit_code}", "name": tenderee.name}
    ocid = f"{PREFIX}-{tender.id}"
    release: dict[str, Any] = {
        "ocid": ocid,
        "id": f"{ocid}-{int(now.timestamp())}",
        "date": _at(now),
        "tag": ["tender"] if tender.state == State.PUBLISHED else ["tenderUpdate"],
        "initiationType": "tender",
        "language": "zh",
        "parties": [
            {
                **party,
                "roles": ["procuringEntity", "buyer"],
                "identifier": {
                    "scheme": "CN-USCC",
                    "id": tenderee.credit_code,
                    "legalName": tenderee.name,
                },
            }
        ],
        "buyer": party,
        "tender": _tender(session, tender, draft, lots, party, base),
    }
    counted = [lot for lot in lots if lot.bids is not None]
    if counted:
        release["bids"] = {
            "statistics": [
                {"id": lot.number, "measure": "bids", "value": lot.bids, "relatedLot": lot.number}
                for lot in counted
            ]
        }
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": _at(now),
        "publisher": {"name": "Sunseal"},
        "extensions": list(EXTENSIONS),
        "releases": [release],
    }


def to_text(package: Mapping[str, Any]) -> str:
    """As JSON; amounts are decimal numbers, never floats."""
    return _ENCODER.encode(package).decode()


def _tender(
    session: Session,
    tender: TenderRow,
    draft: Draft,
    lots: Any,
    party: dict[str, str],
    base: str,
) -> dict[str, Any]:
    timetables = [timetable_from(lot.timetable) for lot in lots]
    period = {
        "startDate": _at(min(one.documents_from for one in timetables)),
        "endDate": _at(max(one.deadline for one in timetables)),
    }
    answered = clarifications.answered(session, tender.id)
    described = {"description": draft.description} if draft.description else {}
    return {
        "id": tender.id,
        "title": draft.title,
        **described,
        "status": _STATUS.get(State(tender.state), "active"),
        "procuringEntity": party,
        "value": _value(sum(lot.estimate for lot in draft.lots), draft.currency),
        "procurementMethod": "open",
        "submissionMethod": ["electronicSubmission"],
        "awardCriteria": "priceOnly" if _is_lowest(draft) else "ratedCriteria",
        "tenderPeriod": period,
        "hasEnquiries": bool(answered),
        "documents": [
            {
                "id": f"{one.name}-{one.version}",
                "title": one.title,
                "url": f"{base}/documents/{one.name}/{one.version}",
                "format": one.media_type,
                "datePublished": _at(one.published_at or one.stored_at),
                "documentType": "biddingDocuments",
            }
            for one in documents.published(session, tender.id)
        ],
        "amendments": [
            {"id": str(one.number), "date": _at(one.at), "rationale": one.text}
            for one in reading.amendments(session, tender)
        ],
        "lots": [_lot(row, one, draft.currency) for row, one in zip(lots, draft.lots, strict=True)],
    }


def _lot(row: LotRow, draft: LotDraft, currency: str) -> dict[str, Any]:
    return {
        "id": row.number,
        "title": draft.title,
        **({"description": draft.description} if draft.description else {}),
        "status": _STATUS.get(State(row.state), "active"),
        "value": _value(draft.estimate, currency),
    }


def _is_lowest(draft: Draft) -> bool:
    return all(lot.method.kind == "lowest" for lot in draft.lots)


def _value(fen: int, currency: str) -> dict[str, Any]:
    return {"amount": Decimal(fen) / 100, "currency": currency}


def _at(instant: datetime) -> str:
    return instant.replace(microsecond=0).isoformat()
