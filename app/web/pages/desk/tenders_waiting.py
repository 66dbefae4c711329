"""Of tenders: drafts, questions, duties with their clocks, what to evaluate and to award, and what opens today."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import _, ngettext, said
from bidding.tender import State
from bidding.tenders.draft import timetable_from
from bidding.tenders.due import CLOSE
from bidding.tenders.duties import BY_HAND
from bidding.tenders.law import statute_of
from bidding.tenders.models import DueRow, LotRow, QuestionRow, TenderRow
from oversight.complaints.reading import awaited_replies
from oversight.complaints.words import REPLY_TIME
from parties.roles import Role

_CONDUCTS = (Role.TENDEREE, Role.CENTER)
_MOST = 100


def questions(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Questions that nobody has answered yet."""
    if caller.role not in _CONDUCTS:
        return
    query = (
        select(TenderRow, func.count(QuestionRow.id))
        .join(QuestionRow, QuestionRow.tender == TenderRow.id)
        .where(QuestionRow.answered_at.is_(None), *_own(caller))
        .group_by(TenderRow.id)
    )
    for tender, count in session.execute(query.limit(_MOST)):
        yield Waiting(
            _("Questions to answer"),
            ngettext("%(num)s question waits for an answer", "%(num)s questions wait for an answer", count),
            url_for("pages.tender", tender_id=tender.id) + "#questions",
            _deadline(session, tender),
            str(tender.draft["title"]),
        )


def duties(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """Duties with a statutory clock; the supervisor sees those that are late."""
    if caller.role not in (*_CONDUCTS, Role.SUPERVISOR):
        return
    query = (
        select(DueRow, LotRow, TenderRow)
        .join(LotRow, LotRow.id == DueRow.lot)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(DueRow.done_at.is_(None), DueRow.kind != CLOSE, *_own(caller))
    )
    if caller.role is Role.SUPERVISOR:
        query = query.where(DueRow.due_at <= now)
    replies = awaited_replies(session) if caller.role is Role.TENDEREE else set()
    for due, lot, tender in session.execute(query.order_by(DueRow.due_at).limit(_MOST)):
        if due.kind == REPLY_TIME and (tender.id, lot.number) in replies:
            continue  # the case's own clock waits on the same desk (cases_waiting)
        law = said(statute_of(tender, now=now).rule(due.kind).law)
        yield Waiting(
            _("Duties with a date"),
            _("Lot %(lot)s: %(law)s", lot=lot.number, law=law),
            _place(tender, lot, due.kind, caller),
            due.due_at,
            str(tender.draft["title"]),
        )


def _place(tender: TenderRow, lot: LotRow, rule: str, caller: Caller) -> str:
    """Where the duty can be noted as done, by whoever conducts the tender; else the tender."""
    if rule in BY_HAND and caller.role in _CONDUCTS:
        return url_for("pages.fulfil_duty", tender_id=tender.id, number=lot.number, rule=rule)
    return url_for("pages.tender", tender_id=tender.id)


_STEPS = {
    State.OPENED: "evaluate",
    State.EVALUATED: "publish",
    State.CANDIDATES_PUBLISHED: "award",
    State.AWARDED: "contract",
    State.FAILED: "again",
}


def steps(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """The next step of each lot that has one."""
    if caller.role not in _CONDUCTS:
        return
    query = (
        select(LotRow, TenderRow)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(LotRow.state.in_([str(one) for one in _STEPS]), *_own(caller))
    )
    for lot, tender in session.execute(query.order_by(LotRow.id).limit(_MOST)):
        if lot.state == State.CANDIDATES_PUBLISHED and lot.candidates_until and lot.candidates_until > now:
            continue
        yield Waiting(
            _("Next steps"),
            _step_words(State(lot.state), lot.number),
            url_for("pages.tender", tender_id=tender.id) + f"#lot-{lot.number}",
            None,
            str(tender.draft["title"]),
        )


def drafts(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Drafts that are not published yet."""
    if caller.role not in _CONDUCTS:
        return
    query = select(TenderRow).where(TenderRow.state == State.DRAFT, *_own(caller))
    for tender in session.scalars(query.order_by(TenderRow.created_at).limit(_MOST)):
        yield Waiting(
            _("Drafts"),
            _("waits to be finished and published"),
            url_for("pages.tender", tender_id=tender.id),
            None,
            str(tender.draft["title"]),
        )


def suspended(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Lots that stand still."""
    if caller.role not in (*_CONDUCTS, Role.SUPERVISOR):
        return
    query = (
        select(LotRow, TenderRow)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(LotRow.state == State.SUSPENDED, *_own(caller))
    )
    for lot, tender in session.execute(query.order_by(LotRow.id).limit(_MOST)):
        yield Waiting(
            _("Suspended"),
            _("Lot %(lot)s stands still until its cause is gone", lot=lot.number),
            url_for("pages.tender", tender_id=tender.id),
            None,
            str(tender.draft["title"]),
        )


def openings(session: Session, caller: Caller, now: datetime) -> Iterable[Waiting]:
    """Openings of the next day. They are public, so whoever has to do with tenders sees all of them."""
    if caller.role not in (*_CONDUCTS, Role.SUPERVISOR, Role.BIDDER, Role.GUARANTOR):
        return
    own = _own(caller) if caller.role is Role.TENDEREE else ()
    query = (
        select(LotRow, TenderRow)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .where(LotRow.state == State.PUBLISHED, *own)
    )
    for lot, tender in session.execute(query):
        opening = timetable_from(lot.timetable).opening
        if now - timedelta(hours=1) <= opening <= now + timedelta(days=1):
            yield Waiting(
                _("Openings within a day"),
                _("Lot %(lot)s", lot=lot.number),
                url_for("pages.lot_hall", tender_id=tender.id, number=lot.number),
                opening,
                str(tender.draft["title"]),
            )


def _own(caller: Caller) -> tuple[ColumnElement[bool], ...]:
    """A tenderee's own tenders; center and supervisor have all."""
    if caller.role is Role.TENDEREE and caller.membership is not None:
        return (TenderRow.organisation == caller.membership.organisation_id,)
    return ()


def _step_words(state: State, lot: str) -> str:
    match state:
        case State.OPENED:
            return _("Lot %(lot)s: the committee evaluates; enter its report", lot=lot)
        case State.EVALUATED:
            return _("Lot %(lot)s: publish the candidates", lot=lot)
        case State.CANDIDATES_PUBLISHED:
            return _("Lot %(lot)s: the publication is over; award", lot=lot)
        case State.AWARDED:
            return _("Lot %(lot)s: sign the contract", lot=lot)
        case _:
            return _("Lot %(lot)s has failed: tender again, or leave it", lot=lot)


def _deadline(session: Session, tender: TenderRow) -> datetime | None:
    rows = session.scalars(select(LotRow).where(LotRow.tender == tender.id))
    return min((timetable_from(row.timetable).deadline for row in rows), default=None)
