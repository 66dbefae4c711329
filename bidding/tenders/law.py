"""The body of rules of a tender: the version that held on the day of its publication (statutes.shipped)."""

from datetime import datetime

from bidding.tenders.draft import Draft, parse_draft
from bidding.tenders.models import TenderRow
from statutes.counting import local
from statutes.shipped import profile
from statutes.statute import Statute


def draft_of(tender: TenderRow) -> Draft:
    """What the tender says of itself: the draft, or the notice that it became."""
    return parse_draft(tender.draft)


def statute_of(tender: TenderRow, *, now: datetime) -> Statute:
    """A draft is looked at under the rules of today. UnknownProfileError if there are none of that name."""
    on = tender.law_of or local(now).date()
    return Statute(profile(str(tender.draft.get("profile", "cn-tender")), on))
