"""Publication: the notice is checked as a whole, each part gets its key, and the lots are open for bids.

In one transaction:

    1. The rules: state, timetable, lots (bidding/moves.py); and what the platform needs beside.
    2. The entry tender-published, with the hash of the notice and of each document.
    3. For each part of each lot a key of the group (custody.keys), bound by its entry.
    4. For each lot its intake, with the entry lot-published.
    5. What is due: the closing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding import moves
from bidding.errors import LotError
from bidding.intake import open_intake
from bidding.tender import Standing, State
from bidding.tenders import documents, due
from bidding.tenders.draft import Draft, LotDraft, PartDraft, notice_bytes, to_json
from bidding.tenders.errors import DraftError
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotPartRow, LotRow, TenderRow
from bidding.tenders.standing import locked, refresh
from bidding.timetable import Timetable
from custody.errors import PoolEmptyError
from custody.keys import take_key
from custody.models import RunRow
from custody.pool import FREE
from ledger import log, named_files
from ledger.entries import LotPart, LotPublished, TenderPublished
from parties import organisations
from statutes.counting import local
from statutes.errors import Violation
from statutes.said import Said
from statutes.statute import Statute

MONEY = "CNY"
"""The laws of this house speak of yuan; a draft that was imported in another currency is rewritten first."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who keeps the keys of a new tender's lots.

    platform: the recipient that shares are sealed to, beside the supervisor's.
    caller:   the key in hexadecimal that may call for a part that follows another; "" if there is none.
    group:    of keyholders; None: the one that has the key that has waited longest.
    """

    platform: str
    caller: str = ""
    group: str | None = None


def publish(session: Session, tender_id: str, keeping: Keeping, *, now: datetime) -> TenderRow:
    """The tender becomes public, and its lots take bids.

    WrongStateError, TooEarlyError, TimetableError or LotError, with every violation; DraftError for what lacks;
    IntakeError; PoolEmptyError if there are fewer keys than parts: then nothing is published.
    """
    tender = locked(session, tender_id)
    draft, statute = draft_of(tender), statute_of(tender, now=now)
    # 1.
    timetable = draft.required_timetable()
    standing = moves.publish(
        statute, Standing(State(tender.state)), timetable, [lot.lot() for lot in draft.lots], now
    )
    _require_currency(statute, draft)
    _require_caller(draft, keeping)
    # 2.
    tender.state, tender.published_at, tender.law_of = standing.state, now, local(now).date()
    tender.keyholders = keeping.group or _longest_waiting(session)
    published = documents.publish_waiting(session, tender, now=now)
    tenderee = organisations.get(session, tender.organisation).name
    ids = tuple(f"{tender.id}.{lot.number}" for lot in draft.lots)
    notice = named_files.keep(session, notice_bytes(draft))
    entry = TenderPublished(
        *(tender.id, tenderee, draft.profile, notice, ids, published),
        tender.again or tender.id,
    )
    log.append(session, entry, now=now)
    lots = [
        _open_lot(session, tender, draft.lots[at], at, timetable, statute, keeping, now)
        for at in range(len(draft.lots))
    ]
    refresh(tender, lots)
    session.flush()
    return tender


def _open_lot(
    session: Session,
    tender: TenderRow,
    lot: LotDraft,
    position: int,
    timetable: Timetable,
    statute: Statute,
    keeping: Keeping,
    now: datetime,
) -> LotRow:
    group = tender.keyholders or ""
    row = LotRow(
        id=f"{tender.id}.{lot.number}",
        tender=tender.id,
        number=lot.number,
        position=position,
        state=State.PUBLISHED,
        resumes=None,
        timetable=to_json(timetable),
        bids=None,
        report_at=None,
        candidates=[],
        candidates_until=None,
        rank=None,
        price=None,
    )
    session.add(row)
    session.flush()
    parts = in_order(lot.parts)
    for part in parts:  # 3.
        key = take_key(session, group, row.id, part.name, now=now)
        session.add(LotPartRow(lot=row.id, part=part.name, key=key.id, recipient=key.recipient))
    entry = LotPublished(  # 4.
        *(row.id, tender.id, group, int(timetable.deadline.timestamp())),
        *(statute.rule("three-bids").number or 0, keeping.platform),
        tuple(_part(part, keeping) for part in parts),
    )
    open_intake(session, entry, max_size=max(part.max_size for part in parts), now=now)
    due.plan(session, row, due.CLOSE, timetable.deadline)  # 5.
    return row


def in_order(parts: Sequence[PartDraft]) -> list[PartDraft]:
    """Each part behind the one that it follows, as the entry lot-published has them. The rules found no circle."""
    placed: list[PartDraft] = []
    left = list(parts)
    while left:
        ready = [part for part in left if part.after is None or part.after in {one.name for one in placed}]
        placed += ready
        left = [part for part in left if part not in ready]
    return placed


def _part(part: PartDraft, keeping: Keeping) -> LotPart:
    return LotPart(
        name=part.name,
        public=part.audience == "public",
        after=part.after or "",
        caller=keeping.caller if part.after else "",
        knowledge=part.knowledge,
    )


def _require_currency(statute: Statute, draft: Draft) -> None:
    if draft.currency != MONEY:
        rule = statute.rule("lot-complete")
        raise LotError(
            Violation(
                *(rule.id, rule.articles, "currency", rule.law),
                *(Said(draft.currency, draft.currency), Said("人民币（CNY）", "CNY, the yuan")),
            )
        )


def _require_caller(draft: Draft, keeping: Keeping) -> None:
    if not keeping.caller and any(part.after for lot in draft.lots for part in lot.parts):
        raise DraftError(
            "a part follows another, and no key is set that may call for it: set SUNSEAL_OPENING_CALLER"
        )


def _longest_waiting(session: Session) -> str:
    query = select(RunRow.group_id).where(RunRow.state == FREE).order_by(RunRow.finished_at, RunRow.id)
    found = session.execute(query.limit(1)).scalar_one_or_none()
    if found is None:
        raise PoolEmptyError("no key of any group is ready: `sunseal custody pool` says what it waits for")
    return found
