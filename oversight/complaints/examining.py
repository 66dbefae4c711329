"""An authority examines a complaint: sends it back, forwards it, accepts it or not, joins it (条61, 令94-21).

1. Within 3 working days the authority accepts, or says on which ground not. Where the law gives time for it, it may
   send the complaint back for correction once; the clock stands until then, and not longer.
2. An authority that is not the right one forwards; no clock begins anew.
3. Complaints on one tender are joined: decided together, each by its own clock.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger import log
from ledger.entries import (
    ComplaintAccepted,
    ComplaintCorrected,
    ComplaintCorrectionAsked,
    ComplaintJoined,
    ComplaintNotAccepted,
)
from oversight.complaints import clocks, evidence
from oversight.complaints.clocks import Clock, seconds, whole
from oversight.complaints.complaints import (
    ACCEPTANCE,
    CORRECTION,
    CORRECTION_TIME,
    authority_of,
    decision_clock,
    of_authority,
    send_on,
    stopped,
    supplement,
)
from oversight.complaints.errors import FilingError, StepError, violation
from oversight.complaints.ports import Party
from oversight.complaints.records import hash_of, party_of, record
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
    statute_of,
)
from oversight.complaints.suspending import lift
from oversight.complaints.tables import CaseRow, StopRow
from oversight.complaints.words import SUPPLEMENT, Ground, State
from statutes.errors import OutOfTimeError
from statutes.instants import said_instant, said_start
from statutes.said import Said
from statutes.statute import Limit, Statute, violation_of_end


def ask_correction(
    session: Session, desk: Desk, party: Party, case_id: str, until: datetime, text: str, *, now: datetime
) -> CaseRow:
    """Sends a complaint back for correction, once. StepError; OutOfTimeError if it is too late, or too long."""
    now, until = whole(now), whole(until)
    case, statute = of_authority(session, party, case_id)
    require(case, statute, "correction", [State.FILED])
    if not statute.profile.has(CORRECTION) or supplement(session, case) is not None:
        allowed = Said("受理，或者写明理由不予受理", "to accept it, or to say why not")
        once = Said("已补正过，或者本程序不设补正", "corrected before, or no correction by this law")
        raise StepError(violation(statute, CORRECTION, "correction", once, allowed))
    asking = clocks.run(statute, CORRECTION, case.filed_at)
    limit = clocks.run(statute, CORRECTION_TIME, now)
    _require_before(statute, asking, now)
    _require_before(statute, limit, until)
    if until <= now:
        raise StepError(
            violation(statute, CORRECTION_TIME, "until", said_instant(until), said_start(now), earliest=now)
        )
    stop = StopRow(case_id=case.id, number=0, kind=SUPPLEMENT, began_at=now, until=until, ended_at=None)
    session.add(stop)
    acceptance = clocks.run(statute, ACCEPTANCE, case.filed_at, [stopped(stop)])
    content = record(
        *("correction-notice", case.id, text),
        at=seconds(now),
        random=desk.random,
        more={"until": seconds(until)},
    )
    step = add(session, case, "correction-asked", content, by=AUTHORITY, party=party, at=now)
    case.state = State.CORRECTION
    law_of = case.law_of.isoformat()
    entry = ComplaintCorrectionAsked(
        *(case.id, hash_of(content), seconds(until), seconds(now), asking.entry(statute, law_of)),
        *(limit.entry(statute, law_of), count(session, statute, case, acceptance)),
    )
    log.append(session, entry, now=now)
    notify(session, case, "correction-asked", FILER, about=str(step.number), at=now)
    session.flush()
    return case


def correct(
    session: Session,
    desk: Desk,
    party: Party,
    case_id: str,
    text: str,
    files: Sequence[UUID] = (),
    *,
    now: datetime,
) -> CaseRow:
    """What the complaint lacked, by whoever filed it, in the time that was given. StepError, OutOfTimeError."""
    now = whole(now)
    case = locked(session, case_id)
    statute = statute_of(case)
    require(case, statute, "correct", [State.CORRECTION])
    stop = supplement(session, case)
    if stop is None or now >= stop.until:
        until = case.filed_at if stop is None else stop.until
        raise OutOfTimeError(violation_of_end(Limit(statute.rule(CORRECTION_TIME), until), "correct", now))
    stop.ended_at = now
    rows = evidence.claim(session, party, files)
    content = record(
        *("correction", case.id, text),
        at=seconds(now),
        files=evidence.hashes(rows),
        random=desk.random,
        party=party_of(party.credit_code, case.party_salt),
    )
    step = add(session, case, "corrected", content, by=FILER, party=party, at=now)
    evidence.attach(session, rows, step)
    case.state = State.FILED
    acceptance = clocks.run(statute, ACCEPTANCE, case.filed_at, [stopped(stop)])
    entry = ComplaintCorrected(
        case.id, hash_of(content), seconds(now), count(session, statute, case, acceptance)
    )
    log.append(session, entry, now=now)
    notify(session, case, "corrected", AUTHORITY, about=str(step.number), at=now)
    session.flush()
    return case


def accept(session: Session, desk: Desk, party: Party, case_id: str, text: str, *, now: datetime) -> CaseRow:
    """The authority handles it from here on, and the clock of the decision runs. StepError; UnknownYearError."""
    now = whole(now)
    case, statute = of_authority(session, party, case_id)
    _require_examinable(session, case, statute, "accept", now)
    case.accepted_at, case.state = now, State.ACCEPTED
    decision = decision_clock(session, statute, case)
    content = record("acceptance", case.id, text, at=seconds(now), random=desk.random)
    step = add(session, case, "accepted", content, by=AUTHORITY, party=party, at=now)
    finish(session, case, ACCEPTANCE, at=now)
    entry = ComplaintAccepted(
        case.id, hash_of(content), seconds(now), count(session, statute, case, decision)
    )
    log.append(session, entry, now=now)
    notify(session, case, "accepted", FILER, TENDEREE, about=str(step.number), at=now)
    session.flush()
    return case


def refuse(
    session: Session, desk: Desk, party: Party, case_id: str, ground: Ground, text: str, *, now: datetime
) -> CaseRow:
    """The complaint is not accepted, on a ground that is said. StepError."""
    now = whole(now)
    case, statute = of_authority(session, party, case_id)
    _require_examinable(session, case, statute, "refuse", now)
    content = record(
        *("refusal", case.id, text), at=seconds(now), random=desk.random, more={"ground": ground.value}
    )
    step = add(session, case, "not-accepted", content, by=AUTHORITY, party=party, at=now)
    finish(session, case, ACCEPTANCE, at=now)
    end(session, case, State.NOT_ACCEPTED, outcome=ground, at=now)
    log.append(session, ComplaintNotAccepted(case.id, ground, hash_of(content), seconds(now)), now=now)
    lift(session, desk, case, "投诉不予受理 / the complaint was not accepted", now=now)
    notify(session, case, "not-accepted", FILER, about=str(step.number), at=now)
    return case


def forward(
    session: Session, desk: Desk, party: Party, case_id: str, authority: UUID, text: str, *, now: datetime
) -> CaseRow:
    """To the authority that is the right one, before the acceptance. The clock goes on as it was. StepError."""
    now = whole(now)
    case, statute = of_authority(session, party, case_id)
    require(case, statute, "forward", [State.FILED, State.CORRECTION])
    to = authority_of(session, authority)
    if to.id == case.authority:
        found = Said("已由该部门处理", "that authority has it already")
        raise FilingError(
            violation(
                statute, "first-authority", "authority", found, Said("另一行政监督部门", "another authority")
            )
        )
    send_on(session, desk, case, to, text, party, now=now)
    notify(session, case, "forwarded", AUTHORITY, FILER, about=str(seconds(now)), at=now)
    session.flush()
    return case


def join(
    session: Session, desk: Desk, party: Party, case_id: str, lead_id: str, text: str, *, now: datetime
) -> CaseRow:
    """To be decided with another of the same tender, both accepted. Its own clock goes on. StepError, FilingError."""
    now = whole(now)
    first, second = sorted([case_id, lead_id])
    for one in (first, second):  # always in one order, so that two clerks never wait for each other
        locked(session, one)
    case, statute = of_authority(session, party, case_id)
    lead, _ = of_authority(session, party, lead_id)
    for one_ in (case, lead):
        require(one_, statute, "join", [State.ACCEPTED])
    followers = select(CaseRow.id).where(CaseRow.lead == case.id)
    if (
        case.id == lead.id
        or case.tender != lead.tender
        or lead.lead is not None
        or session.execute(followers).first() is not None
    ):
        found = Said("不是同一项目的两件独立投诉", "not two complaints of one tender that stand alone")
        allowed = Said(
            "并入同一项目中未被并入他案的投诉", "with one of the same tender that is joined to none"
        )
        raise FilingError(violation(statute, "first-authority", "lead", found, allowed))
    case.lead = lead.id
    content = record(*("joining", case.id, text), at=seconds(now), random=desk.random, more={"lead": lead.id})
    step = add(session, case, "joined", content, by=AUTHORITY, party=party, at=now)
    log.append(session, ComplaintJoined(case.id, lead.id, hash_of(content), seconds(now)), now=now)
    notify(session, case, "joined", FILER, about=str(step.number), at=now)
    session.flush()
    return case


def _require_before(statute: Statute, clock: Clock, at: datetime) -> None:
    if at >= clock.due:
        raise OutOfTimeError(violation_of_end(Limit(statute.rule(clock.rule), clock.due), "correction", at))


def _require_examinable(session: Session, case: CaseRow, statute: Statute, step: str, now: datetime) -> None:
    """Filed; or sent back for correction, and the time for that is over."""
    stop = supplement(session, case)
    lapsed = case.state == State.CORRECTION and stop is not None and now >= stop.until
    require(case, statute, step, [State.FILED, *([State.CORRECTION] if lapsed else [])])
