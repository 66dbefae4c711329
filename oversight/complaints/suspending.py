"""Standing still by an authority's order while it handles a complaint (条62, 采57), and going on.

Where the law says at most how long, the order lapses by itself: a job lets the lots go on.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from oversight.complaints import clocks
from oversight.complaints.clocks import whole
from oversight.complaints.errors import StepError, violation
from oversight.complaints.objections import cause
from oversight.complaints.ports import Party
from oversight.complaints.records import require_nameless
from oversight.complaints.steps import AUTHORITY, FILER, TENDEREE, Desk, add, notify, require, statute_of
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import State
from parties.models import Organisation
from statutes.said import Said

AT_MOST = "suspension-at-most"


def order(
    session: Session, desk: Desk, party: Party, case: CaseRow, reason: str, *, now: datetime
) -> CaseRow:
    """The case's lots stand still by order. `reason` is public. StepError; a RefusedError of the tender's rules."""
    now = whole(now)
    statute = statute_of(case)
    require(case, statute, "suspend", [State.FILED, State.ACCEPTED])
    if case.suspended_at is not None:
        found = Said("本案已责令暂停过", "this case has ordered it before")
        allowed = Said("每件投诉责令暂停一次", "once for each complaint")
        raise StepError(violation(statute, AT_MOST, "suspend", found, allowed))
    require_public(session, desk, [case], reason, now=now)
    desk.tenders.suspend(*(session, case.tender, [*case.lots], cause(case), reason), by_order=True, now=now)
    case.suspended_at = now
    if statute.profile.has(AT_MOST):
        case.suspended_until = clocks.run(statute, AT_MOST, now).due
    step = add(session, case, "suspended", None, by=AUTHORITY, party=party, at=now)
    notify(session, case, "suspended", FILER, TENDEREE, about=str(step.number), at=now)
    session.flush()
    return case


def lift(
    session: Session,
    desk: Desk,
    case: CaseRow,
    reason: str,
    *,
    party: Party | None = None,
    new_deadline: datetime | None = None,
    now: datetime,
) -> bool:
    """The order is lifted; whether there was one. Without a deadline the earliest possible one is taken."""
    now = whole(now)
    if case.suspended_at is None or case.resumed_at is not None:
        return False
    desk.tenders.resume(
        *(session, case.tender, cause(case), reason),
        new_deadline=new_deadline,
        at_once=new_deadline is None,
        now=now,
    )
    case.resumed_at = now
    step = add(session, case, "resumed", None, by=AUTHORITY, party=party, at=now)
    notify(session, case, "resumed", FILER, TENDEREE, about=str(step.number), at=now)
    session.flush()
    return True


def require_ordered(case: CaseRow) -> None:
    """StepError unless the case's order holds."""
    if case.suspended_at is None or case.resumed_at is not None:
        found = Said("本案没有正在执行的暂停", "nothing stands still for this case")
        allowed = Said("正在执行的暂停", "an order that holds")
        raise StepError(violation(statute_of(case), "suspension-order", "resume", found, allowed))


def lapsed(session: Session, *, now: datetime) -> list[str]:
    """The cases whose order has lasted as long as it may."""
    query = select(CaseRow.id).where(CaseRow.suspended_until <= now, CaseRow.resumed_at.is_(None))
    return list(session.scalars(query.order_by(CaseRow.suspended_until, CaseRow.id)))


def require_public(session: Session, desk: Desk, cases: list[CaseRow], text: str, *, now: datetime) -> None:
    """CaseError if a text that becomes public names who filed, while a lot of the case is not opened."""
    for case in cases:
        facts = desk.tenders.facts(session, case.tender, now=now)
        if facts is not None and all(lot.opened for lot in facts.lots if lot.number in case.lots):
            continue
        filer = session.get_one(Organisation, case.organisation)
        require_nameless(text, [filer.name, filer.credit_code])
