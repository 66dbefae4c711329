"""Objections (条22, 条54) and challenges (采52): filed, replied to by the tenderee, or withdrawn.

1. The right is checked (oversight.complaints.rights); who files is hidden behind a salted commitment.
2. Where the law says so, the lots stand still until the reply: in the same transaction, so no bid is opened in between.
3. The reply lets them go on. If bidding then needs a later deadline, the tenderee names it, or learns the earliest.

A late reply is still a reply: the clock stays missed, and the lots go on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger import log
from ledger.entries import ObjectionFiled, ObjectionReplied, ObjectionWithdrawn
from oversight.complaints import clocks, evidence, rights
from oversight.complaints.clocks import seconds, whole
from oversight.complaints.errors import CaseError, FilingError, UnknownCaseError, violation
from oversight.complaints.ports import LotFacts, Party, TenderFacts
from oversight.complaints.records import SALT_SIZE, hash_of, party_of, record
from oversight.complaints.steps import (
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
from oversight.complaints.tables import CaseRow, EvidenceRow
from oversight.complaints.words import MATTERS, OPEN, Capacity, Kind, Matter, Reply, State
from statutes.said import Said
from statutes.shipped import profile
from statutes.statute import Statute

MOST_OPEN = 10
"""Open cases of one organisation on one tender."""
REPLY = "objection-reply"
SUSPENDS = "suspended-until-reply"


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed. lots: numbers, or None for all that it can concern. knowing: since when the matter is known."""

    tender: str
    lots: Collection[str] | None
    matter: Matter
    capacity: Capacity
    text: str
    knowing: datetime
    files: Sequence[UUID] = ()


def file(session: Session, desk: Desk, party: Party, filing: Filing, *, now: datetime) -> CaseRow:
    """Takes an objection; the caller commits.

    FilingError, StepError, EarlyError, OutOfTimeError, CaseError, UnknownCaseError; UnknownYearError where the calendar
    ends before the reply is due.
    """
    now = whole(now)
    tender, statute = tender_of(session, desk, party, filing.tender, now=now)
    lots, right = rights.objection(  # 1
        *(statute, tender, filing.lots, filing.matter, filing.capacity),
        bids_in=bids_in(session, desk, party, tender),
        knowing=whole(filing.knowing),
        now=now,
    )
    reply = clocks.run(statute, REPLY, now)
    rows = evidence.claim(session, party, filing.files)
    case = new_case(desk, party, tender, lots, Kind.OBJECTION, filing, now=now)
    session.add(case)
    session.flush()
    content = filed_record(desk, case, party, filing.text, rows, now=now)
    step = add(session, case, "filed", content, by=FILER, party=party, at=now)
    evidence.attach(session, rows, step)
    entry = ObjectionFiled(
        *(case.id, case.tender, tuple(lot.id for lot in lots), case.matter),
        *(party_of(party.credit_code, case.party_salt), hash_of(content), seconds(now)),
        *(right.entry(statute, case.law_of.isoformat()), count(session, statute, case, reply)),
    )
    log.append(session, entry, now=now)
    if statute.profile.has(SUSPENDS):  # 2
        said = MATTERS[filing.matter]
        reason = f"对{said.zh}的异议待答复 / an objection to {said.en} waits for its reply"
        numbers = [lot.number for lot in lots]
        desk.tenders.suspend(session, tender.id, numbers, cause(case), reason, by_order=False, now=now)
        case.suspended_at = now
    notify(session, case, "filed", TENDEREE, FILER, about=str(step.number), at=now)
    session.flush()
    return case


def reply(
    session: Session,
    desk: Desk,
    party: Party,
    case_id: str,
    outcome: Reply,
    text: str,
    *,
    files: Sequence[UUID] = (),
    new_deadline: datetime | None = None,
    now: datetime,
) -> CaseRow:
    """The tenderee's reply. Who may give it, the caller has checked. StepError; a RefusedError of the tender's rules.

    Whoever lets bidding go on so late that the deadline is not possible any more is told the earliest that is.
    """
    now = whole(now)
    case = _objection(session, case_id)
    statute = statute_of(case)
    require(case, statute, "reply", [State.FILED])
    rows = evidence.claim(session, party, files)
    content = record(
        *("reply", case.id, text),
        at=seconds(now),
        files=evidence.hashes(rows),
        random=desk.random,
        more={"outcome": outcome.value},
    )
    step = add(session, case, "replied", content, by=TENDEREE, party=party, at=now)
    evidence.attach(session, rows, step)
    finish(session, case, REPLY, at=now)
    end(session, case, State.REPLIED, outcome=outcome, at=now)
    log.append(session, ObjectionReplied(case.id, outcome, hash_of(content), seconds(now)), now=now)
    _go_on(
        session, desk, case, "异议已答复 / the objection was replied to", new_deadline, at_once=False, now=now
    )
    notify(session, case, "replied", FILER, about=str(step.number), at=now)
    return case


def withdraw(
    session: Session, desk: Desk, party: Party, case_id: str, text: str, *, now: datetime
) -> CaseRow:
    """By whoever objected. The lots go on, with the earliest deadline that is possible. StepError."""
    now = whole(now)
    case = _objection(session, case_id)
    require(case, statute_of(case), "withdraw", [State.FILED])
    content = record("withdrawal", case.id, text, at=seconds(now), random=desk.random)
    step = add(session, case, "withdrawn", content, by=FILER, party=party, at=now)
    end(session, case, State.WITHDRAWN, at=now)
    log.append(session, ObjectionWithdrawn(case.id, hash_of(content), seconds(now)), now=now)
    _go_on(session, desk, case, "异议已撤回 / the objection was withdrawn", None, at_once=True, now=now)
    notify(session, case, "withdrawn", TENDEREE, about=str(step.number), at=now)
    return case


def cause(case: CaseRow) -> str:
    """What the tender's own entries call the suspension for this case."""
    return f"{case.kind}-{case.id}"


def tender_of(
    session: Session, desk: Desk, party: Party, tender: str, *, now: datetime
) -> tuple[TenderFacts, Statute]:
    """A published tender that is not the party's own, and its law. UnknownCaseError, FilingError."""
    facts = desk.tenders.facts(session, tender, now=now)
    if facts is None:
        raise UnknownCaseError("tender")
    statute = Statute(profile(facts.profile, facts.law_of))
    if facts.tenderee == party.organisation:
        raise FilingError(
            violation(
                *(statute, "complaint", "party", Said("招标人自己", "the tenderee itself")),
                Said(
                    "投标人、潜在投标人或者其他利害关系人",
                    "bidders, potential bidders, other interested parties",
                ),
            )
        )
    mine = select(func.count()).select_from(CaseRow)
    mine = mine.where(CaseRow.organisation == party.organisation, CaseRow.tender == facts.id)
    if session.execute(mine.where(CaseRow.state.in_(OPEN))).scalar_one() >= MOST_OPEN:
        raise CaseError(f"you have {MOST_OPEN} open cases on this tender: wait for one, or withdraw one")
    return facts, statute


def bids_in(session: Session, desk: Desk, party: Party, tender: TenderFacts) -> set[str]:
    """The opened lots of which this party is a bidder. Of a lot that is not opened nothing is asked."""
    return {
        lot.id
        for lot in tender.lots
        if lot.opened and desk.tenders.is_bidder(session, lot.id, party.credit_code)
    }


def new_case(
    desk: Desk,
    party: Party,
    tender: TenderFacts,
    lots: Sequence[LotFacts],
    kind: Kind,
    filing: Filing,
    *,
    now: datetime,
) -> CaseRow:
    """A case as it is filed."""
    return CaseRow(
        id=desk.random(16).hex(),
        kind=kind,
        tender=tender.id,
        lots=[lot.number for lot in lots],
        matter=filing.matter,
        capacity=filing.capacity,
        state=State.FILED,
        profile=tender.profile,
        law_of=tender.law_of,
        organisation=party.organisation,
        person=party.person,
        party_salt=desk.random(SALT_SIZE),
        tenderee=tender.tenderee,
        authority=None,
        after=None,
        after_closing=None,
        after_number=None,
        lead=None,
        filed_at=now,
        knowing=whole(filing.knowing),
        accepted_at=None,
        ended_at=None,
        outcome="",
        withdrawal_asked_at=None,
        suspended_at=None,
        suspended_until=None,
        resumed_at=None,
        decision=None,
    )


def filed_record(
    desk: Desk,
    case: CaseRow,
    party: Party,
    text: str,
    rows: Sequence[EvidenceRow],
    *,
    now: datetime,
) -> bytes:
    """What was filed, for the parties and its hash for the ledger."""
    return record(
        *(case.kind, case.id, text),
        at=seconds(now),
        party=party_of(party.credit_code, case.party_salt),
        files=evidence.hashes(rows),
        random=desk.random,
        more={
            "tender": case.tender,
            "lots": [*case.lots],
            "matter": case.matter,
            "capacity": case.capacity,
            "knowing": seconds(case.knowing),
        },
    )


def _objection(session: Session, case_id: str) -> CaseRow:
    case = locked(session, case_id)
    if case.kind != Kind.OBJECTION:
        raise UnknownCaseError
    return case


def _go_on(
    session: Session,
    desk: Desk,
    case: CaseRow,
    reason: str,
    new_deadline: datetime | None,
    *,
    at_once: bool,
    now: datetime,
) -> None:
    if case.suspended_at is None or case.resumed_at is not None:
        return
    desk.tenders.resume(
        *(session, case.tender, cause(case), reason), new_deadline=new_deadline, at_once=at_once, now=now
    )
    case.resumed_at = now
    session.flush()
