"""Populations for samples, out of what the platform has (oversight.ports.RecordsPort).

    draws        draws of experts that were asked for in the time
    lots         lots whose notice was published in it
    guarantees   guarantees that were presented in it, at the opening of their lots
    evaluations  lots whose committee's report came in it

What is drawn is published at once, so an identity is what is public already: ids of lots, draws and guarantees, the
title of a tender. No bidder, no expert, no amount.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.tenders.law import draft_of
from bidding.tenders.models import LotRow, TenderRow
from crypto.canonical_json import Json
from guarantees.models import Guarantee
from oversight.draw_tables import DrawRow
from oversight.snapshots import Subject
from parties.models import Membership, Organisation, Person
from parties.roles import Role
from statutes.counting import CHINA


class Records:
    """Reads; writes nothing."""

    def objects(self, session: Session, kind: str, begin: datetime, end: datetime) -> Sequence[Subject]:
        """KeyError for a kind that is none."""
        return _KINDS[kind](session, begin, end)

    def inspectors(self, session: Session) -> Sequence[Subject]:
        query = (
            select(Person.id, Person.name, Organisation.name)
            .select_from(Membership)
            .join(Person, Person.id == Membership.person_id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(
                Membership.role == Role.SUPERVISOR,
                Membership.ended_at.is_(None),
                Membership.suspended_at.is_(None),
                Person.suspended_at.is_(None),
                Organisation.suspended_at.is_(None),
            )
            .order_by(Person.id, Organisation.name)
        )
        found: dict[str, Subject] = {}
        for person, name, authority in session.execute(query):
            identity: dict[str, Json] = {"authority": authority, "name": name, "person": str(person)}
            found.setdefault(str(person), Subject(str(person), identity, {"kind": "inspector"}))
        return list(found.values())


def _draws(session: Session, begin: datetime, end: datetime) -> list[Subject]:
    query = select(DrawRow).where(DrawRow.requested_at >= begin, DrawRow.requested_at < end)
    return [
        _subject("draw", row.id.hex(), lot=row.lot, on=_day(row.requested_at))
        for row in session.scalars(query.order_by(DrawRow.requested_at, DrawRow.id))
    ]


def _lots(session: Session, begin: datetime, end: datetime) -> list[Subject]:
    query = (
        select(LotRow, TenderRow)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(TenderRow.published_at >= begin, TenderRow.published_at < end)
        .order_by(TenderRow.published_at, TenderRow.id, LotRow.position)
    )
    return [
        _subject("lot", lot.id, title=draft_of(tender).title, on=_day(tender.published_at or begin))
        for lot, tender in session.execute(query)
    ]


def _guarantees(session: Session, begin: datetime, end: datetime) -> list[Subject]:
    query = select(Guarantee).where(Guarantee.presented_at >= begin, Guarantee.presented_at < end)
    return [
        _subject("guarantee", row.id.hex(), lot=row.lot, on=_day(row.presented_at))
        for row in session.scalars(query.order_by(Guarantee.presented_at, Guarantee.id))
    ]


def _evaluations(session: Session, begin: datetime, end: datetime) -> list[Subject]:
    query = (
        select(LotRow, TenderRow)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(LotRow.report_at >= begin, LotRow.report_at < end)
        .order_by(LotRow.report_at, LotRow.id)
    )
    return [
        _subject("evaluation", lot.id, title=draft_of(tender).title, on=_day(lot.report_at or begin))
        for lot, tender in session.execute(query)
    ]


def _subject(kind: str, key: str, **more: str) -> Subject:
    identity: dict[str, Json] = {kind: key, **more}
    return Subject(key, identity, {"kind": kind})


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()


_KINDS: dict[str, Callable[[Session, datetime, datetime], list[Subject]]] = {
    "draws": _draws,
    "lots": _lots,
    "guarantees": _guarantees,
    "evaluations": _evaluations,
}
