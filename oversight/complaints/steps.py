"""A case's row with its next step, its clocks, its notices. Every service of cases goes through here.

A step is written once: the row of the case is locked, so two clerks never take the same one. Clocks are written by
`count` and `finish` alone, and always beside the entry that says the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from ledger.entries import CaseClock
from oversight.complaints import clocks
from oversight.complaints.clocks import Clock, Stopped, seconds
from oversight.complaints.errors import StepError, UnknownCaseError, violation
from oversight.complaints.ports import Party, TenderPort
from oversight.complaints.tables import CaseRow, ClockRow, MailRow, StepRow
from oversight.complaints.words import OPEN, STATES, State
from statutes.said import Said
from statutes.shipped import profile
from statutes.statute import Statute

FILER, TENDEREE, AUTHORITY, ESCALATION = "filer", "tenderee", "authority", "escalation"
"""Who has a part in a case, and who is told when nobody acts."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the services work with."""

    tenders: TenderPort
    random: RandomBytes


def locked(session: Session, case_id: str) -> CaseRow:
    """The case's row, for whoever takes its next step. UnknownCaseError."""
    found = session.get(CaseRow, case_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise UnknownCaseError
    return found


def statute_of(case: CaseRow) -> Statute:
    """The body of rules under which the case's tender was published."""
    return Statute(profile(case.profile, case.law_of))


def require(case: CaseRow, statute: Statute, step: str, allowed: Iterable[State]) -> None:
    """StepError unless the case stands in one of these states."""
    states = list(allowed)
    if State(case.state) not in states:
        names = [STATES[one] for one in states]
        raise StepError(
            violation(
                *(statute, "order-of-events", step, STATES[State(case.state)]),
                Said("、".join(one.zh for one in names), ", ".join(one.en for one in names)),
            )
        )


def require_open(case: CaseRow, statute: Statute, step: str) -> None:
    require(case, statute, step, [one for one in State if one in OPEN])


def add(
    session: Session,
    case: CaseRow,
    kind: str,
    record: bytes | None,
    *,
    by: str,
    party: Party | None,
    at: datetime,
) -> StepRow:
    """The case's next step."""
    last = select(func.max(StepRow.number)).where(StepRow.case_id == case.id)
    number = (session.execute(last).scalar_one() or 0) + 1
    person: UUID | None = None if party is None else party.person
    row = StepRow(case_id=case.id, number=number, kind=kind, at=at, by=by, person=person, record=record)
    session.add(row)
    session.flush()
    return row


def count(
    session: Session, statute: Statute, case: CaseRow, clock: Clock, *, done_at: datetime | None = None
) -> CaseClock:
    """Writes a clock as it was counted now; the same for the ledger. `done_at`: it was kept at once."""
    values = {
        "begins": clock.begins,
        "due_at": clock.due,
        "near_at": clocks.near_from(statute, clock),
        "stops": [[one.kind, seconds(one.begin), seconds(one.end)] for one in clock.stops],
        "calendar": clock.calendar,
        "next_at": clocks.next_rung(statute, clock, clock.begins),
    }
    new = {"case_id": case.id, "rule": clock.rule, "done_at": done_at, "done": done_at is not None}
    statement = insert(ClockRow).values({**values, **new, "missed_at": None})
    session.execute(statement.on_conflict_do_update(index_elements=["case_id", "rule"], set_=values))
    return clock.entry(statute, case.law_of.isoformat())


def finish(session: Session, case: CaseRow, rule: str, *, at: datetime) -> None:
    """What the clock is for is done."""
    row = _clock_row(session, case, rule)
    if row is not None and row.done_at is None:
        row.done_at, row.done = at, True


def fall_away(session: Session, case: CaseRow, *, at: datetime) -> None:
    """The case has ended: what still runs is for nothing any more. What was missed stays missed."""
    for row in clock_rows(session, case):
        if row.done_at is None:
            row.done_at, row.done = at, False


def end(
    session: Session,
    case: CaseRow,
    state: State,
    *,
    outcome: str = "",
    decision: bytes | None = None,
    at: datetime,
) -> None:
    """The case ends in a state, and its clocks with it."""
    case.state, case.outcome, case.ended_at, case.decision = state, outcome, at, decision
    fall_away(session, case, at=at)
    session.flush()


def clock_rows(session: Session, case: CaseRow) -> Sequence[ClockRow]:
    query = select(ClockRow).where(ClockRow.case_id == case.id).order_by(ClockRow.begins, ClockRow.rule)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def clock_of(row: ClockRow) -> Clock:
    """The clock behind a row."""
    stops = tuple(
        Stopped(kind, datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end_, UTC))
        for kind, begin, end_ in row.stops
    )
    return Clock(row.rule, row.begins, row.due_at, stops, row.calendar)


def notify(
    session: Session,
    case: CaseRow,
    word: str,
    *targets: str,
    about: str = "",
    at: datetime,
    now: datetime | None = None,
) -> None:
    """A mail to each target, once for the same word, subject and instant; the caller's commit sends it.

    `at`: of the step, or the end of the clock that it is about; `now`, where that is another time.
    """
    for target in targets:
        values = {
            "case_id": case.id,
            "target": target,
            "word": word,
            "about": about,
            "at": at,
            "attempts": 0,
            "retry_at": now or at,
            "done_with": [],
            "sent_at": None,
        }
        session.execute(insert(MailRow).values(values).on_conflict_do_nothing())


def _clock_row(session: Session, case: CaseRow, rule: str) -> ClockRow | None:
    return session.get(ClockRow, (case.id, rule), populate_existing=True)
