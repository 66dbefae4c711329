"""What an opening is of: its tender and lot, as the notice has them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening.errors import OpeningRefusedError
from bidding.opening.models import OpeningRow
from bidding.tenders.draft import timetable_from
from bidding.tenders.law import draft_of
from bidding.tenders.models import LotRow, TenderRow


@dataclass(frozen=True, slots=True)
class About:
    """A lot. `ceiling` is in fen; None if there is none."""

    tender: str
    number: str
    state: str
    title: str
    lot_title: str
    ceiling: int | None
    currency: str
    deadline: datetime
    opening: datetime


def about(session: Session, lot: str) -> About | None:
    """None for a lot that was not published here as a notice."""
    return about_all(session, [lot]).get(lot)


def about_all(session: Session, lots: list[str]) -> dict[str, About]:
    """By the lot's id, with one query for all of them."""
    query = (
        select(LotRow, TenderRow).join(TenderRow, TenderRow.id == LotRow.tender).where(LotRow.id.in_(lots))
    )
    return {row.id: about_of(row, tender) for row, tender in session.execute(query)}


def about_of(row: LotRow, tender: TenderRow) -> About:
    draft = draft_of(tender)
    lot = next(one for one in draft.lots if one.number == row.number)
    timetable = timetable_from(row.timetable)
    return About(
        *(tender.id, row.number, row.state, draft.title, lot.title, lot.ceiling, draft.currency),
        *(timetable.deadline, timetable.opening),
    )


def opening_row(session: Session, closing: str, part: str) -> OpeningRow:
    """OpeningRefusedError for one that there is not."""
    row = session.get(OpeningRow, (closing, part)) if closing.isascii() and part.isascii() else None
    if row is None:
        raise OpeningRefusedError("unknown")
    return row
