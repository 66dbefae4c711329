"""What everybody may read of tenders, without a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from bidding.package.sheet import LotSheet, SheetPart
from bidding.tender import State
from bidding.tenders.draft import LotDraft, timetable_from
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import AmendmentRow, LotPartRow, LotRow, TenderRow
from bidding.tenders.publication import in_order
from ledger import log
from statutes.events import EVENTS
from statutes.money import format_yuan
from statutes.said import Said


def get(session: Session, tender_id: str) -> TenderRow:
    """A tender, published or not: whoever shows it checks whom to. UnknownTenderError."""
    found = session.get(TenderRow, tender_id)
    if found is None:
        raise UnknownTenderError("there is no such tender")
    return found


def get_published(session: Session, tender_id: str) -> TenderRow:
    """UnknownTenderError for a draft, as for one that does not exist."""
    found = get(session, tender_id)
    if found.state == State.DRAFT:
        raise UnknownTenderError("there is no such tender")
    return found


def listed(
    session: Session, *, state: str | None = None, before: TenderRow | None = None, limit: int = 50
) -> Sequence[TenderRow]:
    """Published tenders, the newest first; those behind `before`."""
    query = select(TenderRow).where(TenderRow.published_at.is_not(None))
    if state is not None:
        query = query.where(TenderRow.state == state)
    if before is not None:
        query = query.where(
            tuple_(TenderRow.published_at, TenderRow.id) < tuple_(before.published_at, before.id)
        )
    ordered = query.order_by(TenderRow.published_at.desc(), TenderRow.id.desc())
    return session.scalars(ordered.limit(limit)).all()


def lots(session: Session, tender: TenderRow) -> Sequence[LotRow]:
    query = select(LotRow).where(LotRow.tender == tender.id).order_by(LotRow.position)
    return session.scalars(query).all()


def lot(session: Session, tender: TenderRow, number: str) -> tuple[LotRow, LotDraft]:
    """A lot and what the notice says of it. UnknownTenderError."""
    query = select(LotRow).where(LotRow.tender == tender.id, LotRow.number == number)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise UnknownTenderError(f"the tender has no lot {number!r}")
    return row, next(one for one in draft_of(tender).lots if one.number == number)


def recipients(session: Session, lot_id: str) -> dict[str, str]:
    """What each part of a bid is sealed to."""
    query = select(LotPartRow).where(LotPartRow.lot == lot_id)
    return {row.part: row.recipient for row in session.scalars(query)}


def sheet(session: Session, tender: TenderRow, number: str) -> LotSheet:
    """All that a bidder's program needs (bidding/package/sheet.py)."""
    row, draft = lot(session, tender, number)
    keys = recipients(session, row.id)
    parts = tuple(
        SheetPart(
            *(part.name, keys[part.name], part.knowledge, part.has_price, part.asks, part.guarantee),
            part.max_size,
        )
        for part in in_order(draft.parts)
    )
    deadline = timetable_from(row.timetable).deadline
    ceiling = None if draft.ceiling is None else format_yuan(draft.ceiling).replace(",", "")
    return LotSheet(
        *(log.head(session).origin, row.id, tender.id, draft.title, int(deadline.timestamp())),
        *(draft_of(tender).currency, ceiling, parts),
    )


@dataclass(frozen=True, slots=True)
class Dated:
    """An event of a lot's timetable, with the articles of the rules that bind it."""

    event: str
    said: Said
    at: datetime
    rules: tuple[str, ...]
    articles: tuple[str, ...]


def dated(tender: TenderRow, row: LotRow, *, now: datetime) -> list[Dated]:
    """The timetable as it is now, in order."""
    statute = statute_of(tender, now=now)
    found = []
    for event, at in timetable_from(row.timetable).instants(statute).items():
        bound = [rule for rule in statute.profile.rules if rule.bound and event in (rule.start, rule.end)]
        articles = tuple(dict.fromkeys(one for rule in bound for one in rule.articles))
        found.append(Dated(event, EVENTS[event], at, tuple(rule.id for rule in bound), articles))
    return sorted(found, key=lambda one: one.at)


def amendments(session: Session, tender: TenderRow) -> Sequence[AmendmentRow]:
    query = select(AmendmentRow).where(AmendmentRow.tender == tender.id).order_by(AmendmentRow.number)
    return session.scalars(query).all()
