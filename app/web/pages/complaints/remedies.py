"""Who may object to a tender or complain of it, on what, and until when: by the rules that filings are checked by."""

from datetime import datetime
from typing import Any

from flask import Response

from app.complaint_flows import TenderFlow
from app.context import now, session
from app.web.pages.complaints.words import shown
from app.web.pages.public.notice import ONE, published
from app.web.pages.routes import pages
from bidding.tenders.models import TenderRow
from oversight.complaints import reading, rights
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.outlook import Prospect, outlook
from oversight.complaints.ports import TenderFacts
from statutes.rule import Rule
from statutes.shipped import profile
from statutes.statute import Statute

_RULES = ("objection-reply", "complaint", "complaint-acceptance", "complaint-decision")


@pages.get(f"{ONE}/remedies")
def remedies(tender_id: str) -> Response:
    """Before filing: what can be filed, and what comes after it."""
    tender = published(tender_id)
    return shown(
        "complaints/remedies.html",
        cases=reading.board(session(), tender=tender.id, limit=20, now=now()),
        **prospects_of(tender, now()),
    )


def prospects_of(tender: TenderRow, knowing: datetime) -> dict[str, Any]:
    """What the page and the forms show. UnknownYearError, UnknownCaseError."""
    facts, statute = facts_of(tender.id)
    found: list[Prospect] = outlook(statute, facts, knowing=knowing, now=now())
    rules: list[Rule] = [statute.rule(one) for one in _RULES if statute.profile.has(one)]
    return {
        "tender": tender,
        "title_of_tender": str(tender.draft["title"]),
        "lots": {lot.number: lot for lot in facts.lots},
        "prospects": found,
        "rules": rules,
        "procurement": rights.is_procurement(statute),
        "profile": statute.profile,
    }


def facts_of(tender_id: str) -> tuple[TenderFacts, Statute]:
    """UnknownCaseError for what is not published."""
    facts = TenderFlow().facts(session(), tender_id, now=now())
    if facts is None:
        raise UnknownCaseError("tender")
    return facts, Statute(profile(facts.profile, facts.law_of))
