"""The board of clocks of those who watch over them: of cases, and of the duties of tenders. Center staff see here what
everybody may see of a case, and no more; nobody can stop a clock from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import select

from app.context import now, session
from app.web.pages.complaints import words
from app.web.pages.complaints.picture import Period, picture_of
from app.web.pages.complaints.words import shown
from app.web.pages.language import _
from app.web.pages.routes import pages
from bidding.tenders.due import CLOSE
from bidding.tenders.law import statute_of
from bidding.tenders.models import DueRow, LotRow, TenderRow
from oversight.complaints import reading
from oversight.complaints.words import REPLY_TIME
from parties.models import Organisation
from statutes.rule import Rule

_NEAR = timedelta(days=2)
_MOST = 500


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs. `who` has to act; `begin` is None of a duty whose row does not say it."""

    subject: str
    address: str
    who: str
    rule: Rule
    begin: datetime | None
    due: datetime
    status: str
    label: str
    stops: tuple[tuple[datetime, datetime], ...] = ()


@pages.get("/desk/clocks")
def clocks() -> Response:
    """All that run, the first due first; ?only= shows those that are overdue or nearly so."""
    found = sorted([*_of_cases(), *_of_tenders()], key=lambda one: one.due)
    counts = {word: sum(one.status == word for one in found) for word in ("overdue", "near", "running")}
    only = request.args.get("only", "")
    here = [one for one in found if one.status == only] if only in counts else found
    rows = [Period(one.label, one.begin, one.due, one.status, one.stops) for one in here]
    return shown(
        "complaints/clocks.html",
        clocks=here,
        counts=counts,
        missed=reading.counts(session(), now=now())["missed"],
        only=only,
        picture=picture_of(rows, now()),
    )


def _of_cases() -> Iterable[Running]:
    names: dict[UUID, str] = {}
    for case, view in reading.running(session(), limit=_MOST, now=now()):
        acts = case.authority or case.tenderee
        if acts not in names:
            names[acts] = session().get_one(Organisation, acts).name
        yield Running(
            _("%(kind)s: %(matter)s", kind=words.kind(case.kind), matter=words.matter(case.matter)),
            url_for("pages.case", case_id=case.id),
            names[acts],
            view.rule,
            view.began_at,
            view.due_at,
            view.status.value,
            f"{words.short(case)} · {words.clock(view.rule.id)}",
            tuple((one.begin, one.end) for one in view.stops),
        )


def _of_tenders() -> Iterable[Running]:
    replies = reading.awaited_replies(session())
    query = (
        select(DueRow, LotRow, TenderRow, Organisation.name)
        .join(LotRow, LotRow.id == DueRow.lot)
        .join(TenderRow, TenderRow.id == LotRow.tender)
        .join(Organisation, Organisation.id == TenderRow.organisation)
        .where(DueRow.done_at.is_(None), DueRow.kind != CLOSE)
    )
    for due, lot, tender, owner in session().execute(query.order_by(DueRow.due_at).limit(_MOST)):
        if due.kind == REPLY_TIME and (tender.id, lot.number) in replies:
            continue  # the case's own clock says it, lot by lot the duty says it again
        rule = statute_of(tender, now=now()).rule(due.kind)
        left = due.due_at - now()
        status = "overdue" if left <= timedelta(0) else "near" if left <= _NEAR else "running"
        subject = _("%(title)s, lot %(lot)s", title=str(tender.draft["title"]), lot=lot.number)
        yield Running(
            *(subject, url_for("pages.tender", tender_id=tender.id), owner, rule, None, due.due_at, status),
            label=_("Lot %(lot)s", lot=f"{lot.number} · {tender.id[:8]}"),
        )
