"""Of objections and complaints: what a tenderee replies to, what an authority examines and decides, what a party may
still do, and for center and supervisor how many clocks are overdue."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.caller import Caller
from app.complaint_flows import desk_of
from app.context import parts
from app.web.pages.complaints import words
from app.web.pages.desk.waiting import Waiting
from app.web.pages.language import N_, _, ngettext
from bidding.tenders.models import TenderRow
from oversight.complaints import complaints, reading
from oversight.complaints.complaints import supplement
from oversight.complaints.tables import CaseRow, ClockRow
from oversight.complaints.words import Kind, State
from parties.roles import Role
from statutes.errors import RuleError

_MOST = 100
_TO_DO = {
    "objection-reply": N_("an objection waits for your reply"),
    "complaint-acceptance": N_("a complaint waits to be accepted or not"),
    "complaint-decision": N_("a complaint waits for its decision"),
}


def to_act(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 - a Source
    """Clocks that run for this tenderee or this authority."""
    if caller.membership is None or caller.role not in (Role.TENDEREE, Role.SUPERVISOR):
        return
    query = select(CaseRow, ClockRow).join(ClockRow, ClockRow.case_id == CaseRow.id)
    query = query.where(ClockRow.done_at.is_(None))
    if caller.role is Role.TENDEREE:
        query = query.where(
            CaseRow.tenderee == caller.membership.organisation_id, CaseRow.kind == Kind.OBJECTION
        )
    else:
        query = query.where(CaseRow.authority == caller.membership.organisation_id)
    for case, clock in session.execute(query.order_by(ClockRow.due_at).limit(_MOST)):
        yield _waiting(session, case, _(_TO_DO[clock.rule]), clock.due_at)
        if case.withdrawal_asked_at is not None:
            yield _waiting(session, case, _("a withdrawal waits for your answer"), None)


def own(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """What whoever filed may still do: correct a complaint, complain after an objection."""
    if caller.membership is None or caller.role not in reading.FILING_ROLES:
        return
    query = select(CaseRow).where(CaseRow.organisation == caller.membership.organisation_id)
    for case in session.scalars(query.order_by(CaseRow.filed_at.desc()).limit(_MOST)):
        stop = supplement(session, case)
        if case.state == State.CORRECTION and stop is not None and now < stop.until:
            yield _waiting(session, case, _("the authority asks for a correction"), stop.until)
        elif case.kind == Kind.OBJECTION and case.state in (State.FILED, State.REPLIED):
            until = _until(session, case, now)
            if until is not None and not _complained(session, case):
                yield _waiting(session, case, _("you may complain after it"), until)


def overdue(session: Session, caller: Caller, now: datetime) -> Iterator[Waiting]:
    """How many clocks of cases are over, for those who watch."""
    if caller.role not in (Role.CENTER, Role.SUPERVISOR):
        return
    counts = reading.counts(session, now=now)
    late = ngettext("%(num)s clock is overdue", "%(num)s clocks are overdue", counts["overdue"])
    near = ngettext("%(num)s clock is nearly overdue", "%(num)s clocks are nearly overdue", counts["near"])
    for name, text in (("overdue", late), ("near", near)):
        if counts[name]:
            yield Waiting(_("Objections and complaints"), text, url_for("pages.clocks", only=name))


def _waiting(session: Session, case: CaseRow, text: str, due: datetime | None) -> Waiting:
    title = str(session.get_one(TenderRow, case.tender).draft["title"])
    place = url_for("pages.own_case", case_id=case.id)
    return Waiting(_("Objections and complaints"), f"{words.short(case)} · {text}", place, due, title)


def _until(session: Session, case: CaseRow, now: datetime) -> datetime | None:
    """Until when one may complain after this objection; None if not now."""
    try:
        return complaints.right_after(session, desk_of(parts().random), case, now=now).due
    except RuleError:
        return None


def _complained(session: Session, case: CaseRow) -> bool:
    query = select(CaseRow.id).where(CaseRow.after == case.id)
    return session.execute(query.limit(1)).first() is not None
