"""Complaints: filed with an authority, and whose they are from then on (条60, 条61; 采55).

1. The right is checked, and that an objection came first where one must (oversight.complaints.rights).
2. Who files on a matter that another authority has from the same party already comes to that one: the first to receive
   handles (条61).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.orm import Session

from ledger import log
from ledger.entries import (
    ComplaintFiled,
    ComplaintForwarded,
)
from oversight.complaints import clocks, evidence, rights
from oversight.complaints.clocks import Clock, Stopped, seconds, whole
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.objections import REPLY, Filing, bids_in, filed_record, new_case, tender_of
from oversight.complaints.ports import Party, TenderFacts
from oversight.complaints.records import hash_of, party_of, record
from oversight.complaints.rights import Before
from oversight.complaints.steps import (
    AUTHORITY,
    FILER,
    Desk,
    add,
    count,
    locked,
    notify,
    statute_of,
)
from oversight.complaints.tables import CaseRow, ClockRow, StopRow
from oversight.complaints.words import OPEN, Capacity, Kind, Matter, State
from parties.models import Organisation
from parties.roles import Role
from statutes.statute import Statute

ACCEPTANCE, DECISION = "complaint-acceptance", "complaint-decision"
CORRECTION, CORRECTION_TIME = "complaint-correction", "complaint-correction-time"


def authorities(session: Session) -> Sequence[Organisation]:
    """To whom one can complain: the verified supervisors, by name."""
    query = select(Organisation).where(
        literal(Role.SUPERVISOR.value) == any_(Organisation.verified_roles),
        Organisation.suspended_at.is_(None),
    )
    return session.scalars(query.order_by(Organisation.name, Organisation.id)).all()


def file(
    session: Session, desk: Desk, party: Party, filing: Filing, authority: UUID, after: str, *, now: datetime
) -> CaseRow:
    """Takes a complaint; the caller commits. `after`: the objection that came first, or empty.

    Errors as of oversight.complaints.objections.file.
    """
    now = whole(now)
    to = authority_of(session, authority)
    tender, statute = tender_of(session, desk, party, filing.tender, now=now)
    before, closing = _before(session, desk, party, tender, filing, after)  # 1
    lots, right = rights.complaint(
        *(statute, tender, filing.lots, filing.matter, filing.capacity),
        before=before,
        bids_in=bids_in(session, desk, party, tender),
        knowing=whole(filing.knowing),
        now=now,
    )
    acceptance = clocks.run(statute, ACCEPTANCE, now)
    rows = evidence.claim(session, party, filing.files)
    case = new_case(desk, party, tender, lots, Kind.COMPLAINT, filing, now=now)
    case.authority = to.id
    if before is not None:
        case.after, (case.after_closing, case.after_number) = before.case or None, closing
    first = _first(session, case)
    session.add(case)
    session.flush()
    content = filed_record(desk, case, party, filing.text, rows, now=now)
    step = add(session, case, "filed", content, by=FILER, party=party, at=now)
    evidence.attach(session, rows, step)
    entry = ComplaintFiled(
        *(case.id, case.after or "", case.tender, tuple(lot.id for lot in lots), case.matter, to.name),
        *(party_of(party.credit_code, case.party_salt), hash_of(content), seconds(now)),
        *(right.entry(statute, case.law_of.isoformat()), count(session, statute, case, acceptance)),
    )
    log.append(session, entry, now=now)
    if first is not None and first.authority != to.id and first.authority is not None:  # 2
        text = "同一投诉人就同一事项已向该部门投诉 / the same party complained there first on the same matter"
        send_on(session, desk, case, authority_of(session, first.authority), text, None, now=now)
    notify(session, case, "filed", AUTHORITY, FILER, about=str(step.number), at=now)
    session.flush()
    return case


def right_after(session: Session, desk: Desk, case: CaseRow, *, now: datetime) -> Clock:
    """The right of whoever filed this objection to complain after it. RefusedError if there is none, or not yet.

    UnknownCaseError, UnknownYearError.
    """
    now, facts = whole(now), desk.tenders.facts(session, case.tender, now=now)
    if facts is None:
        raise UnknownCaseError("tender")
    matter, statute = Matter(case.matter), statute_of(case)
    lots = [lot for lot in facts.lots if lot.number in case.lots]
    capacity = min(rights.capacities(statute, matter, lots), default=Capacity.INTERESTED)
    _, right = rights.complaint(
        *(statute, facts, [*case.lots], matter, capacity),
        before=_before_of(session, case),
        bids_in={lot.id for lot in lots},  # who objected is taken for what it objected as
        knowing=max(case.knowing, facts.published_at),
        now=now,
    )
    return right


def of_authority(session: Session, party: Party, case_id: str) -> tuple[CaseRow, Statute]:
    """A complaint that this authority handles, locked. UnknownCaseError, also for another's."""
    case = locked(session, case_id)
    if case.authority is None or case.authority != party.organisation or party.role != Role.SUPERVISOR:
        raise UnknownCaseError
    return case, statute_of(case)


def authority_of(session: Session, authority: UUID) -> Organisation:
    """UnknownCaseError for what is none."""
    found = session.get(Organisation, authority)
    if found is None or Role.SUPERVISOR not in found.verified_roles or found.suspended_at is not None:
        raise UnknownCaseError("authority")
    return found


def decision_clock(session: Session, statute: Statute, case: CaseRow) -> Clock:
    """The clock of the decision as it is to be counted now: from acceptance or receipt, without what does not count."""
    rule = statute.rule(DECISION)
    begins = case.accepted_at if rule.start == "acceptance" and case.accepted_at else case.filed_at
    query = select(StopRow).where(StopRow.case_id == case.id).order_by(StopRow.number)
    stops = [stopped(row) for row in session.scalars(query) if row.kind in rule.stops_for]
    return clocks.run(statute, DECISION, begins, stops)


def supplement(session: Session, case: CaseRow) -> StopRow | None:
    """The correction that was asked for; None if none was."""
    return session.get(StopRow, (case.id, 0), populate_existing=True)


def stopped(row: StopRow) -> Stopped:
    """The time that a row says does not count."""
    return Stopped(row.kind, row.began_at, row.ended_at or row.until)


def _before(
    session: Session, desk: Desk, party: Party, tender: TenderFacts, filing: Filing, after: str
) -> tuple[Before | None, tuple[str | None, int | None]]:
    """The party's own objection. UnknownCaseError for another's, as for none."""
    if filing.matter is Matter.OPENING:
        wanted = [lot for lot in tender.lots if filing.lots is None or lot.number in filing.lots]
        for lot in wanted:
            said = desk.tenders.objection_at_opening(session, lot.id, party.credit_code)
            if said is not None:
                end_ = whole(said.answered_at or said.made_at)
                made = whole(said.made_at)
                due = max(made, end_) + clocks.SECOND
                before = Before("", Matter.OPENING, frozenset({lot.number}), made, due, end_)
                return before, (said.closing, said.number)
        return None, (None, None)
    if not after:
        return None, (None, None)
    found = session.get(CaseRow, after)
    if found is None or found.organisation != party.organisation or found.kind != Kind.OBJECTION:
        raise UnknownCaseError("objection")
    return (_before_of(session, found) if found.tender == tender.id else None), (None, None)


def _before_of(session: Session, found: CaseRow) -> Before:
    clock = session.get_one(ClockRow, (found.id, REPLY))
    return Before(
        *(found.id, Matter(found.matter), frozenset(found.lots), found.filed_at, clock.due_at),
        replied_at=clock.done_at if clock.done else None,
        withdrawn=found.state == State.WITHDRAWN,
    )


def _first(session: Session, case: CaseRow) -> CaseRow | None:
    """The open complaint of the same party on the same matter and lots that came first."""
    query = (
        select(CaseRow)
        .where(
            CaseRow.organisation == case.organisation,
            CaseRow.tender == case.tender,
            CaseRow.matter == case.matter,
            CaseRow.kind == Kind.COMPLAINT,
            CaseRow.state.in_(OPEN),
        )
        .order_by(CaseRow.filed_at, CaseRow.id)
    )
    return next((one for one in session.scalars(query) if set(one.lots) & set(case.lots)), None)


def send_on(
    session: Session,
    desk: Desk,
    case: CaseRow,
    to: Organisation,
    text: str,
    party: Party | None,
    *,
    now: datetime,
) -> None:
    """Another authority has the case from here on."""
    case.authority = to.id
    content = record("forwarding", case.id, text, at=seconds(now), random=desk.random, more={"to": to.name})
    add(session, case, "forwarded", content, by=AUTHORITY, party=party, at=now)
    log.append(session, ComplaintForwarded(case.id, to.name, hash_of(content), seconds(now)), now=now)
