"""A tender as one line of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.tenders.draft import Draft, timetable_from
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotRow, TenderRow
from parties.models import Organisation
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Line:
    """`deadline`: the first of its lots that still take bids, else the first of all; None for a draft without one."""

    tender: TenderRow
    draft: Draft
    tenderee: str
    profile: Said
    training: bool
    deadline: datetime | None
    lots: int


def lines_of(session: Session, tenders: Sequence[TenderRow], *, now: datetime) -> list[Line]:
    """In the order given, with two queries for all of them."""
    ids = [one.id for one in tenders]
    owners = {one.organisation for one in tenders}
    named = select(Organisation.id, Organisation.name).where(Organisation.id.in_(owners))
    names = {row.id: row.name for row in session.execute(named)}
    deadlines: dict[str, list[datetime]] = {}
    for row in session.scalars(select(LotRow).where(LotRow.tender.in_(ids))):
        deadlines.setdefault(row.tender, []).append(timetable_from(row.timetable).deadline)
    return [_line(one, names[one.organisation], deadlines.get(one.id, []), now) for one in tenders]


def _line(tender: TenderRow, tenderee: str, deadlines: list[datetime], now: datetime) -> Line:
    draft, profile = draft_of(tender), statute_of(tender, now=now).profile
    ahead = [one for one in deadlines if one > now]
    planned = draft.timetable.deadline if draft.timetable else None
    deadline = min(ahead or deadlines, default=planned)
    return Line(
        tender, draft, tenderee, Said(profile.zh, profile.en), profile.is_training, deadline, len(draft.lots)
    )
