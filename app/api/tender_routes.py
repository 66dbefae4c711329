"""The blueprint of tenders, and what its routes share: whose a tender is, and how it is shown."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.document import ApiRoutes
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.tendering import Tendering
from bidding.tender import State, possible
from bidding.tenders import documents, reading
from bidding.tenders.draft import notice_hash, to_json
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotRow, TenderRow
from bidding.tenders.standing import standing_of
from parties import organisations
from parties.roles import Role

routes = ApiRoutes("tenders", __name__, url_prefix="/api/tenders", description="Tenders")
ONE = "/<string(maxlength=40):tender_id>"
LOT = f"{ONE}/lots/<string(maxlength=40):number>"


def own(tender_id: str) -> TenderRow:
    """A tender of the caller's organisation; center and supervisor have all. UnknownTenderError, as for none."""
    _printable(tender_id)
    found = reading.get(session(), tender_id)
    who = caller()
    if who.role is Role.TENDEREE and (
        who.membership is None or who.membership.organisation_id != found.organisation
    ):
        raise UnknownTenderError("there is no such tender")
    return found


def public(tender_id: str) -> TenderRow:
    """A published tender. UnknownTenderError."""
    _printable(tender_id)
    return reading.get_published(session(), tender_id)


def _printable(tender_id: str) -> None:
    if not tender_id.isascii() or not tender_id.isalnum():
        raise UnknownTenderError("there is no such tender")


def tendering() -> Tendering:
    """ProblemError where the deployment has none."""
    found = parts().tendering
    if found is None:
        raise ProblemError("refused", "this deployment is not set up for tenders")
    return found


def shown(database: Session, tender: TenderRow, *, with_waiting: bool = False) -> dict[str, Any]:
    """A tender as it is answered; `with_waiting`: also documents that are not published."""
    draft, statute = draft_of(tender), statute_of(tender, now=now())
    found = documents.of_tender if with_waiting else documents.published
    return {
        "id": tender.id,
        "title": draft.title,
        "state": tender.state,
        "published_at": tender.published_at,
        "profile": draft.profile,
        "training": statute.profile.is_training,
        "notice": to_json(draft),
        "notice_sha256": notice_hash(draft),
        "tenderee": organisations.get(database, tender.organisation).name,
        "again": tender.again,
        "lots": [_lot(database, tender, lot) for lot in reading.lots(database, tender)],
        "documents": [
            {"name": one.name, "version": one.version, "sha256": one.sha256.hex(), "title": one.title}
            for one in found(database, tender.id)
        ],
        "amendments": [
            {
                "number": one.number,
                "lots": one.lots,
                "text": one.text,
                "may_affect_bids": one.may_affect_bids,
                "old_deadline": one.old_deadline.isoformat(),
                "new_deadline": one.new_deadline.isoformat(),
                "at": one.at.isoformat(),
            }
            for one in reading.amendments(database, tender)
        ],
        "moves": ["publish"] if tender.state == State.DRAFT else [],
    }


def _lot(database: Session, tender: TenderRow, lot: LotRow) -> dict[str, Any]:
    standing = standing_of(database, lot)
    return {
        "id": lot.id,
        "number": lot.number,
        "state": lot.state,
        "suspended_for": sorted(standing.causes),
        "timetable": lot.timetable,
        "recipients": reading.recipients(database, lot.id),
        "bids": lot.bids,
        "candidates": lot.candidates,
        "candidates_until": lot.candidates_until.isoformat() if lot.candidates_until else None,
        "awarded_rank": lot.rank,
        "awarded_price": lot.price,
        "moves": [move.value for move in possible(statute_of(tender, now=now()), standing)],
    }
