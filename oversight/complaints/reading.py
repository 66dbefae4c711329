"""Who sees what of a case; and the board, on which everybody sees how each clock stands.

| who               | what |
|-------------------|------|
| everybody         | that there is a case: tender, lots, matter, state, steps, clocks; a decision in its words |
| who filed it      | all of it |
| its authority     | all of it |
| the tenderee      | an objection, a complaint once it is accepted, their files; after the opening, who filed |
| other supervisors | objections, as the tenderee sees them |

Center and administrators are not among them. Nothing says who filed before all lots of the case are opened, but to who
filed it and to the authority that it complained to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from oversight.complaints import clocks, evidence
from oversight.complaints.clocks import Status, Stopped
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.ports import Party
from oversight.complaints.steps import AUTHORITY, FILER, TENDEREE, Desk, clock_of, clock_rows, statute_of
from oversight.complaints.tables import CaseRow, ClockRow, EvidenceRow, StepRow
from oversight.complaints.words import REPLY_TIME, Kind, Outcome
from parties.models import Organisation
from parties.roles import Role
from statutes.rule import Rule
from statutes.statute import Statute

FILING_ROLES = frozenset({Role.BIDDER, Role.GUARANTOR})
"""Who may be an other interested party beside bidders: who vouches for one."""
SUPERVISOR = "supervisor"
_NOT_PUBLIC = frozenset({"statement"})


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as it is shown: its rule, its instants, how it stands, and when it stood still."""

    rule: Rule
    began_at: datetime
    due_at: datetime
    done_at: datetime | None
    status: Status
    stops: tuple[Stopped, ...] = ()


@dataclass(frozen=True, slots=True)
class FilerView:
    """Who filed a case."""

    name: str
    credit_code: str


def get(session: Session, case_id: str) -> CaseRow:
    """UnknownCaseError."""
    found = session.get(CaseRow, case_id)
    if found is None:
        raise UnknownCaseError
    return found


def clocks_of(session: Session, case: CaseRow, *, now: datetime) -> list[ClockView]:
    """All clocks of a case, in the order in which they began."""
    statute = statute_of(case)
    return [_view(statute, row, now) for row in clock_rows(session, case)]


def _view(statute: Statute, row: ClockRow, now: datetime) -> ClockView:
    clock = clock_of(row)
    return ClockView(
        *(statute.rule(row.rule), row.begins, row.due_at, row.done_at),
        clocks.status(statute, clock, row.done_at, done=row.done, now=now),
        clock.stops,
    )


def board(
    session: Session,
    *,
    tender: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    clock: str | None = None,
    before: CaseRow | None = None,
    limit: int = 50,
    now: datetime,
) -> Sequence[CaseRow]:
    """Cases, the newest first; `clock`: running, near, overdue, or missed at any time."""
    query = select(CaseRow)
    for column, wanted in ((CaseRow.tender, tender), (CaseRow.kind, kind), (CaseRow.state, state)):
        if wanted is not None:
            query = query.where(column == wanted)
    if clock is not None:
        query = query.where(exists().where(ClockRow.case_id == CaseRow.id, _stands(clock, now)))
    if before is not None:
        query = query.where(tuple_(CaseRow.filed_at, CaseRow.id) < tuple_(before.filed_at, before.id))
    return session.scalars(query.order_by(CaseRow.filed_at.desc(), CaseRow.id.desc()).limit(limit)).all()


def counts(session: Session, *, now: datetime) -> dict[str, int]:
    """How many clocks stand how: running, near, overdue; and how many were ever missed."""
    return {
        word: session.execute(
            select(func.count()).select_from(ClockRow).where(_stands(word, now))
        ).scalar_one()
        for word in ("running", "near", "overdue", "missed")
    }


def running(
    session: Session, *, tender: str | None = None, limit: int = 500, now: datetime
) -> list[tuple[CaseRow, ClockView]]:
    """The clocks that nobody has stopped, of all cases, the first due first."""
    query = select(CaseRow, ClockRow).join(ClockRow, ClockRow.case_id == CaseRow.id)
    query = query.where(ClockRow.done_at.is_(None))
    if tender is not None:
        query = query.where(CaseRow.tender == tender)
    found = session.execute(query.order_by(ClockRow.due_at, CaseRow.id).limit(limit)).all()
    return [(case, _view(statute_of(case), row, now)) for case, row in found]


def awaited_replies(session: Session) -> set[tuple[str, str]]:
    """(tender, lot's number) of all objections whose reply nobody has given: their clocks are the cases' own."""
    query = select(CaseRow).join(ClockRow, ClockRow.case_id == CaseRow.id)
    query = query.where(ClockRow.done_at.is_(None), ClockRow.rule == REPLY_TIME)
    return {(case.tender, lot) for case in session.scalars(query) for lot in case.lots}


def steps(session: Session, case: CaseRow) -> Sequence[StepRow]:
    """All of them, in order."""
    query = select(StepRow).where(StepRow.case_id == case.id).order_by(StepRow.number)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def public_steps(session: Session, case: CaseRow) -> list[StepRow]:
    """Those that everybody may know to have been taken."""
    return [step for step in steps(session, case) if step.kind not in _NOT_PUBLIC]


def part_of(case: CaseRow, party: Party) -> str:
    """What the party is in the case: filer, tenderee, authority or supervisor. UnknownCaseError if nothing."""
    role = Role(party.role)
    if role in FILING_ROLES and case.organisation == party.organisation:
        return FILER
    if role is Role.SUPERVISOR and case.authority == party.organisation:
        return AUTHORITY
    if role is Role.SUPERVISOR and case.kind == Kind.OBJECTION:
        return SUPERVISOR
    if (
        role is Role.TENDEREE
        and case.tenderee == party.organisation
        and (case.kind == Kind.OBJECTION or case.accepted_at is not None)
    ):
        return TENDEREE
    raise UnknownCaseError


def mine(
    session: Session, party: Party, *, before: CaseRow | None = None, limit: int = 50
) -> Sequence[CaseRow]:
    """The cases that the party has a part in, the newest first."""
    role = Role(party.role)
    if role in FILING_ROLES:
        own: ColumnElement[bool] = CaseRow.organisation == party.organisation
    elif role is Role.SUPERVISOR:
        own = or_(CaseRow.authority == party.organisation, CaseRow.kind == Kind.OBJECTION)
    elif role is Role.TENDEREE:
        seen = or_(CaseRow.kind == Kind.OBJECTION, CaseRow.accepted_at.is_not(None))
        own = and_(CaseRow.tenderee == party.organisation, seen)
    else:
        return []
    query = select(CaseRow).where(own)
    if before is not None:
        query = query.where(tuple_(CaseRow.filed_at, CaseRow.id) < tuple_(before.filed_at, before.id))
    return session.scalars(query.order_by(CaseRow.filed_at.desc(), CaseRow.id.desc()).limit(limit)).all()


def filer_of(session: Session, desk: Desk, case: CaseRow, part: str, *, now: datetime) -> FilerView | None:
    """Who filed, if this part may know it yet."""
    if part not in (FILER, AUTHORITY):
        facts = desk.tenders.facts(session, case.tender, now=now)
        if facts is None or not all(lot.opened for lot in facts.lots if lot.number in case.lots):
            return None
    found = session.get_one(Organisation, case.organisation)
    return FilerView(found.name, found.credit_code)


def file_of(session: Session, party: Party, case_id: str, evidence_id: UUID) -> EvidenceRow:
    """A file that was handed in, for who has a part in the case. UnknownCaseError."""
    case = get(session, case_id)
    part_of(case, party)
    row = session.get(EvidenceRow, evidence_id)
    if row is None or row.case_id != case.id:
        raise UnknownCaseError("file")
    return row


def files_of(session: Session, case: CaseRow) -> Sequence[EvidenceRow]:
    """All files of a case: whoever has a part in it may have them."""
    return evidence.of_case(session, case.id)


def fabricated(session: Session, *, limit: int = 200) -> list[tuple[CaseRow, FilerView]]:
    """The complaints that were dismissed as fabricated, with who made them: for supervisors."""
    query = (
        select(CaseRow, Organisation)
        .join(Organisation, Organisation.id == CaseRow.organisation)
        .where(CaseRow.outcome == Outcome.FABRICATED)
        .order_by(CaseRow.ended_at.desc(), CaseRow.id)
    )
    found = session.execute(query.limit(limit)).all()
    return [(case, FilerView(who.name, who.credit_code)) for case, who in found]


def _stands(word: str, now: datetime) -> ColumnElement[bool]:
    open_ = ClockRow.done_at.is_(None)
    match word:
        case "near":
            return and_(open_, ClockRow.near_at <= now, ClockRow.due_at > now)
        case "overdue":
            return and_(open_, ClockRow.due_at <= now)
        case "missed":
            return func.coalesce(ClockRow.done_at, now) >= ClockRow.due_at
        case _:
            return and_(open_, ClockRow.near_at > now)
