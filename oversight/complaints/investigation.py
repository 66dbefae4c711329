"""A complaint from its acceptance to its decision: testing, statements, withdrawal, decision (条61, 条62, 令11-19).

The clock of the decision stands while something is tested or an expert is heard, from the step that says so until the
one that ends it, or until the end that was fixed at its beginning. Whoever needs longer begins anew, on record.

A decision is public by being made: there is no step in between that could wait.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto import canonical_json
from crypto.canonical_json import Json
from ledger import log
from ledger.entries import (
    CaseRecordAdded,
    ComplaintDecided,
    ComplaintWithdrawalAsked,
    ComplaintWithdrawalRefused,
    ComplaintWithdrawn,
    DecisionClockResumed,
    DecisionClockStopped,
)
from oversight.complaints import clocks, evidence
from oversight.complaints.clocks import seconds, whole
from oversight.complaints.complaints import ACCEPTANCE, DECISION, decision_clock, of_authority
from oversight.complaints.errors import CaseError, StepError, UnknownCaseError, violation
from oversight.complaints.ports import Party
from oversight.complaints.records import LONGEST, hash_of, party_of, record
from oversight.complaints.steps import (
    AUTHORITY,
    FILER,
    TENDEREE,
    Desk,
    add,
    count,
    end,
    finish,
    locked,
    notify,
    require,
    require_open,
    statute_of,
)
from oversight.complaints.suspending import lift, require_public
from oversight.complaints.tables import CaseRow, StopRow
from oversight.complaints.words import OPEN, SUPPLEMENT, Kind, Outcome, State, Stop
from parties.models import Organisation
from statutes.errors import OutOfTimeError
from statutes.instants import said_instant, said_start
from statutes.said import Said
from statutes.statute import Limit, violation_of_end

TESTING_TIME, WITHDRAWAL = "testing-time", "complaint-withdrawal"


def stop(
    session: Session,
    desk: Desk,
    party: Party,
    case_id: str,
    kind: Stop,
    until: datetime,
    text: str,
    *,
    now: datetime,
) -> StopRow:
    """Something is tested, until then at the latest; the clock of the decision stands meanwhile.

    `text` says what is tested and by whom. StepError; OutOfTimeError for longer than is taken at a time.
    """
    now, until = whole(now), whole(until)
    case, statute = of_authority(session, party, case_id)
    require(case, statute, "stop", [State.ACCEPTED])
    limit = clocks.run(statute, TESTING_TIME, now)
    if until >= limit.due:
        raise OutOfTimeError(violation_of_end(Limit(statute.rule(TESTING_TIME), limit.due), "until", until))
    if until <= now:
        raise StepError(
            violation(statute, TESTING_TIME, "until", said_instant(until), said_start(now), earliest=now)
        )
    last = select(func.max(StopRow.number)).where(StopRow.case_id == case.id)
    number = (session.execute(last).scalar_one() or 0) + 1
    row = StopRow(case_id=case.id, number=number, kind=kind, began_at=now, until=until, ended_at=None)
    session.add(row)
    session.flush()
    decision = decision_clock(session, statute, case)
    content = record(
        *("measure", case.id, text),
        at=seconds(now),
        random=desk.random,
        more={"kind": kind.value, "until": seconds(until)},
    )
    step = add(session, case, "clock-stopped", content, by=AUTHORITY, party=party, at=now)
    entry = DecisionClockStopped(
        *(case.id, number, kind, seconds(until), hash_of(content), seconds(now)),
        count(session, statute, case, decision),
    )
    log.append(session, entry, now=now)
    notify(session, case, "clock-stopped", FILER, about=str(step.number), at=now)
    return row


def resume(
    session: Session, desk: Desk, party: Party, case_id: str, number: int, text: str, *, now: datetime
) -> StopRow:
    """What the clock stood for is done. UnknownCaseError if there is no such measure; StepError if it has ended."""
    now = whole(now)
    case, statute = of_authority(session, party, case_id)
    require(case, statute, "resume", [State.ACCEPTED])
    row = session.get(StopRow, (case.id, number), populate_existing=True)
    if row is None or row.kind == SUPPLEMENT:
        raise UnknownCaseError("measure")
    if row.ended_at is not None or now >= row.until:
        found = said_instant(row.ended_at or row.until)
        raise StepError(
            violation(statute, DECISION, "resume", found, Said("尚未结束的措施", "one that has not ended"))
        )
    row.ended_at = now
    session.flush()
    decision = decision_clock(session, statute, case)
    content = record("measure-ended", case.id, text, at=seconds(now), random=desk.random)
    step = add(session, case, "clock-resumed", content, by=AUTHORITY, party=party, at=now)
    entry = DecisionClockResumed(
        *(case.id, number, hash_of(content), seconds(now)), count(session, statute, case, decision)
    )
    log.append(session, entry, now=now)
    notify(session, case, "clock-resumed", FILER, about=str(step.number), at=now)
    return row


def measures(session: Session, case: CaseRow, *, now: datetime) -> Sequence[StopRow]:
    """What the clock of the decision stands still for now."""
    query = select(StopRow).where(
        StopRow.case_id == case.id,
        StopRow.kind != SUPPLEMENT,
        StopRow.ended_at.is_(None),
        StopRow.until > now,
    )
    return session.scalars(query.order_by(StopRow.number)).all()


def state(
    session: Session,
    desk: Desk,
    party: Party,
    case_id: str,
    by: str,
    text: str,
    files: Sequence[UUID] = (),
    *,
    now: datetime,
) -> CaseRow:
    """A statement or evidence of a party, or a note of the authority, while the case is open. StepError."""
    now = whole(now)
    case = locked(session, case_id)
    require_open(case, statute_of(case), "statement")
    rows = evidence.claim(session, party, files)
    content = record(
        *("statement", case.id, text),
        at=seconds(now),
        files=evidence.hashes(rows),
        random=desk.random,
        party=party_of(party.credit_code, case.party_salt) if by == FILER else "",
    )
    step = add(session, case, "statement", content, by=by, party=party, at=now)
    evidence.attach(session, rows, step)
    log.append(session, CaseRecordAdded(case.id, hash_of(content), seconds(now)), now=now)
    handler = AUTHORITY if case.kind == Kind.COMPLAINT else TENDEREE
    notify(session, case, "statement", FILER if by == handler else handler, about=str(step.number), at=now)
    return case


def withdraw(
    session: Session, desk: Desk, party: Party, case_id: str, text: str, *, now: datetime
) -> CaseRow:
    """By whoever complained. Ends the case, or, once accepted where the law says so, asks the authority. StepError."""
    now = whole(now)
    case = locked(session, case_id)
    statute = statute_of(case)
    require_open(case, statute, "withdraw")
    content = record(
        *("withdrawal", case.id, text),
        at=seconds(now),
        random=desk.random,
        party=party_of(party.credit_code, case.party_salt),
    )
    if case.state != State.ACCEPTED or not statute.profile.has(WITHDRAWAL):
        _withdrawn(session, desk, case, content, by=FILER, party=party, now=now)
        return case
    if case.withdrawal_asked_at is not None:
        found = Said("已申请撤回", "asked for before")
        raise StepError(
            violation(statute, WITHDRAWAL, "withdraw", found, Said("等待答复", "to wait for the answer"))
        )
    case.withdrawal_asked_at = now
    step = add(session, case, "withdrawal-asked", content, by=FILER, party=party, at=now)
    log.append(session, ComplaintWithdrawalAsked(case.id, hash_of(content), seconds(now)), now=now)
    notify(session, case, "withdrawal-asked", AUTHORITY, about=str(step.number), at=now)
    session.flush()
    return case


def answer_withdrawal(
    session: Session, desk: Desk, party: Party, case_id: str, text: str, *, allow: bool, now: datetime
) -> CaseRow:
    """The authority lets the complaint go, or goes on because a breach was found. StepError if nobody asked."""
    now = whole(now)
    case, statute = of_authority(session, party, case_id)
    require(case, statute, "answer-withdrawal", [State.ACCEPTED])
    if case.withdrawal_asked_at is None:
        found = Said("未申请撤回", "nobody asked")
        raise StepError(
            violation(statute, WITHDRAWAL, "answer-withdrawal", found, Said("已申请撤回", "asked for"))
        )
    content = record("withdrawal-answer", case.id, text, at=seconds(now), random=desk.random)
    if allow:
        _withdrawn(session, desk, case, content, by=AUTHORITY, party=party, now=now)
        return case
    case.withdrawal_asked_at = None
    step = add(session, case, "withdrawal-refused", content, by=AUTHORITY, party=party, at=now)
    log.append(session, ComplaintWithdrawalRefused(case.id, hash_of(content), seconds(now)), now=now)
    notify(session, case, "withdrawal-refused", FILER, about=str(step.number), at=now)
    session.flush()
    return case


def decide(
    session: Session,
    desk: Desk,
    party: Party,
    case_id: str,
    outcome: Outcome,
    text: str,
    *,
    now: datetime,
) -> list[CaseRow]:
    """Decides a complaint with all that are joined to it; public at once, and the lots go on.

    StepError, also for one that is joined to another; CaseError for a text that would name who complained too early.
    """
    now = whole(now)
    case, statute = of_authority(session, party, case_id)
    require(case, statute, "decide", [State.ACCEPTED])
    if case.lead is not None:
        found = Said("已并入他案", "joined to another")
        raise StepError(
            violation(statute, DECISION, "decide", found, Said("主案", "the one it is joined to"))
        )
    query = select(CaseRow).where(CaseRow.lead == case.id, CaseRow.state.in_(OPEN)).order_by(CaseRow.id)
    joined = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    cases = [case, *joined]
    require_public(session, desk, cases, text, now=now)
    decision = _decision(session, cases, outcome, text, now)
    for one in cases:
        step = add(session, one, "decided", None, by=AUTHORITY, party=party, at=now)
        finish(session, one, DECISION, at=now)
        end(session, one, State.DECIDED, outcome=outcome, decision=decision, at=now)
        log.append(session, ComplaintDecided(one.id, outcome, hash_of(decision), seconds(now)), now=now)
        lift(session, desk, one, "投诉已作出处理决定 / the complaint is decided", now=now)
        notify(session, one, "decided", FILER, TENDEREE, about=str(step.number), at=now)
    return cases


def _decision(
    session: Session, cases: Sequence[CaseRow], outcome: Outcome, text: str, now: datetime
) -> bytes:
    """What is published. Nothing in it names who complained, but what the authority writes."""
    if not 0 < len(text.strip()) <= LONGEST:
        raise CaseError(f"a decision is said in 1 to {LONGEST} characters")
    first = cases[0]
    authority = session.get_one(Organisation, first.authority)
    lots: list[Json] = [*sorted({number for one in cases for number in one.lots})]
    named: list[Json] = [one.id for one in cases]
    return canonical_json.dumps(
        {
            "type": "complaint-decision/v1",
            "cases": named,
            "tender": first.tender,
            "lots": lots,
            "matter": first.matter,
            "authority": authority.name,
            "outcome": outcome.value,
            "text": text.strip(),
            "at": seconds(now),
        }
    )


def _withdrawn(
    session: Session, desk: Desk, case: CaseRow, content: bytes, *, by: str, party: Party, now: datetime
) -> None:
    step = add(session, case, "withdrawn", content, by=by, party=party, at=now)
    end(session, case, State.WITHDRAWN, at=now)
    log.append(session, ComplaintWithdrawn(case.id, hash_of(content), seconds(now)), now=now)
    lift(session, desk, case, "投诉已撤回 / the complaint was withdrawn", now=now)
    for follower in session.scalars(select(CaseRow).where(CaseRow.lead == case.id).with_for_update()):
        follower.lead = None  # it goes on by itself
    notify(session, case, "withdrawn", AUTHORITY, FILER, about=str(step.number), at=now)
    if case.accepted_at is not None:
        notify(session, case, "withdrawn", TENDEREE, about=str(step.number), at=now)
    session.flush()


__all__ = [
    "ACCEPTANCE",
    "answer_withdrawal",
    "decide",
    "resume",
    "state",
    "stop",
    "withdraw",
]
