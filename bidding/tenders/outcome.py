"""From the opening to the contract, or to what else a lot ends in. Each step is one lot's.

Bids are named by the index of their submission in the ledger, as the closing lists them; nobody is named here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding import intake, moves
from bidding.changes import no_reason
from bidding.errors import CandidatesError, NoReasonError
from bidding.moves import NextRankGround
from bidding.tender import ROWS, Move, Standing, State, move
from bidding.tenders import due, opinions
from bidding.tenders.changing import end_suspensions, intake_is_open
from bidding.tenders.draft import timetable_from, to_json
from bidding.tenders.drafting import begin
from bidding.tenders.errors import TenderError
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotRow, TenderRow
from bidding.tenders.standing import listed_bids, locked, locked_lot, lots_of, put, standing_of
from crypto.randomness import RandomBytes
from ledger import log
from ledger.entries import (
    CandidatesPublished,
    Entry,
    LotAwarded,
    LotContracted,
    LotEvaluated,
    LotFailed,
    LotOpened,
    LotTenderedAgain,
    RankedBid,
)
from statutes.errors import Violation
from statutes.said import Said
from statutes.statute import Statute


def close(session: Session, tender_id: str, number: str, *, now: datetime) -> LotRow:
    """The lot's row follows its intake, which the closing's job has closed: closed, or failed with too few bids.

    TooEarlyError before the deadline; TenderError while the intake is not closed yet; WrongStateError.
    """
    tender = locked(session, tender_id)
    before = session.execute(
        select(LotRow.state).where(LotRow.tender == tender.id, LotRow.number == number)
    ).scalar_one_or_none()
    (lot,) = lots_of(session, tender, [number], now=now)
    if before == State.PUBLISHED and lot.state != State.PUBLISHED:
        due.done(session, lot, due.CLOSE, now=now)
        return lot
    statute = statute_of(tender, now=now)
    moves.close(statute, standing_of(session, lot), timetable_from(lot.timetable), now)
    raise TenderError("the lot is being closed: its list of bids is not in the ledger yet")


def opened(session: Session, lot_id: str, *, now: datetime) -> LotRow:
    """The opening is done, as far as it goes at the deadline. Called by the opening's service.

    WrongStateError, TooEarlyError, TooFewBidsError.
    """
    tender, lot, statute = _of(session, lot_id, now)
    bids = lot.bids or 0
    standing = moves.open_bids(statute, standing_of(session, lot), timetable_from(lot.timetable), now, bids)
    return _moved(session, tender, lot, standing, LotOpened(lot.id, bids), now)


def evaluate(session: Session, lot_id: str, report: str, *, now: datetime) -> LotRow:
    """The committee's report is in; `report` is its SHA-256 in hexadecimal. CommitteeError, WrongStateError."""
    tender, lot, statute = _of(session, lot_id, now)
    opinions.require_made_good(session, lot_id)
    standing = move(statute, standing_of(session, lot), Move.EVALUATE)
    lot.report_at = now
    due.plan_duty(session, statute, lot, "candidates-within", now)
    return _moved(session, tender, lot, standing, LotEvaluated(lot.id, report, int(now.timestamp())), now)


def publish_candidates(
    session: Session, lot_id: str, candidates: Sequence[RankedBid], *, now: datetime
) -> LotRow:
    """The ranked candidates become public, for as long as the law says. CandidatesError, CommitteeError,
    WrongStateError."""
    tender, lot, statute = _of(session, lot_id, now)
    opinions.require_made_good(session, lot_id)
    standing = moves.publish_candidates(statute, standing_of(session, lot), len(candidates))
    _check_ranks(session, statute, lot, candidates)
    until = statute.earliest("candidates-shown", now).at
    lot.candidates = [to_json(one) for one in candidates]
    lot.candidates_until = until
    lot.timetable = {
        **lot.timetable,
        "candidates_from": msgspec.to_builtins(now.replace(microsecond=0)),
        "candidates_to": msgspec.to_builtins(until),
    }
    due.done(session, lot, "candidates-within", now=now)
    entry = CandidatesPublished(lot.id, tuple(candidates), int(until.timestamp()), int(now.timestamp()))
    return _moved(session, tender, lot, standing, entry, now)


def award(session: Session, lot_id: str, rank: int, *, now: datetime) -> LotRow:
    """To the first candidate, once the publication is over. TooEarlyError, CandidatesError, WrongStateError."""
    tender, lot, statute = _of(session, lot_id, now)
    until = lot.candidates_until or now
    moved = moves.award(statute, standing_of(session, lot), now, until, rank)
    return _awarded(session, tender, lot, statute, moved, rank, "", now)


def award_from_report(session: Session, lot_id: str, winner: RankedBid, *, now: datetime) -> LotRow:
    """Where the law knows no publication of candidates. CandidatesError, CommitteeError, WrongStateError."""
    tender, lot, statute = _of(session, lot_id, now)
    opinions.require_made_good(session, lot_id)
    standing = moves.award_from_report(statute, standing_of(session, lot), winner.rank)
    _check_ranks(session, statute, lot, [winner])
    lot.candidates = [to_json(winner)]
    return _awarded(session, tender, lot, statute, standing, winner.rank, "", now)


def award_next(
    session: Session, lot_id: str, rank: int, ground: NextRankGround | None, *, now: datetime
) -> LotRow:
    """To the next candidate, because the one before fell out. CandidatesError, NoReasonError, WrongStateError."""
    tender, lot, statute = _of(session, lot_id, now)
    standing = moves.award_next(
        *(statute, standing_of(session, lot), rank, lot.rank or 0, len(lot.candidates), ground)
    )
    return _awarded(session, tender, lot, statute, standing, rank, str(ground or ""), now)


def contract(session: Session, lot_id: str, price: int, text: str, *, now: datetime) -> LotRow:
    """Signed at the price of the award; `text` is the SHA-256 of the contract. ContractError, WrongStateError."""
    tender, lot, statute = _of(session, lot_id, now)
    standing = moves.contract(statute, standing_of(session, lot), price, lot.price or 0)
    winner = _candidate(lot, lot.rank or 0)
    due.done(session, lot, "contract-due", now=now)
    due.plan_duty(session, statute, lot, "bond-refund", now)
    due.plan_duty(session, statute, lot, "contract-filed", now)
    entry = LotContracted(lot.id, winner.bid, price, text, int(now.timestamp()))
    return _moved(session, tender, lot, standing, entry, now)


def fail_for_too_few_bids(session: Session, lot_id: str, *, now: datetime) -> LotRow:
    """For a closed lot with fewer bids than an opening needs; the closing itself does it. TooFewBidsError if enough."""
    tender, lot, statute = _of(session, lot_id, now)
    standing = moves.fail_for_too_few_bids(statute, standing_of(session, lot), lot.bids or 0)
    return _failed(session, tender, lot, standing, Move.FAIL_FOR_TOO_FEW_BIDS, f"{lot.bids} bids", now)


def fail(session: Session, lot_id: str, taken: Move, reason: str, *, now: datetime) -> LotRow:
    """As all bids are rejected, without a winner, or annulled. NoReasonError, WrongStateError.

    A lot that is annulled while bids could still come in takes none any more.
    """
    if taken not in (Move.FAIL_AS_ALL_REJECTED, Move.FAIL_WITHOUT_WINNER, Move.ANNUL):
        raise ValueError(f"{taken} is no failure that a person declares")
    tender, lot, statute = _of(session, lot_id, now)
    standing = move(statute, standing_of(session, lot), taken)
    if not reason.strip():
        raise NoReasonError(no_reason(statute, ROWS[taken].rule))
    if intake_is_open(session, lot):
        intake.cancel(session, lot.id, reason, now=now)
    end_suspensions(session, lot, reason, now=now)
    return _failed(session, tender, lot, standing, taken, reason, now)


def tender_again(
    session: Session, tender_id: str, numbers: Sequence[str], *, now: datetime, random: RandomBytes
) -> TenderRow:
    """A new draft with the lots that failed, which points back; they are tendered again. WrongStateError."""
    tender = locked(session, tender_id)
    statute, lots = statute_of(tender, now=now), lots_of(session, tender, numbers, now=now)
    moved = [move(statute, standing_of(session, lot), Move.TENDER_AGAIN) for lot in lots]
    old = draft_of(tender)
    kept = tuple(lot for lot in old.lots if lot.number in numbers)
    new = begin(
        session,
        tender.organisation,
        replace(old.again(), lots=kept),
        again=tender.id,
        now=now,
        random=random,
    )
    for lot, standing in zip(lots, moved, strict=True):
        _moved(session, tender, lot, standing, LotTenderedAgain(lot.id, new.id), now)
    return new


def _of(session: Session, lot_id: str, now: datetime) -> tuple[TenderRow, LotRow, Statute]:
    tender_id, _, number = lot_id.rpartition(".")
    tender, lot = locked_lot(session, tender_id, number, now=now)
    return tender, lot, statute_of(tender, now=now)


def _moved(
    session: Session, tender: TenderRow, lot: LotRow, standing: Standing, entry: Entry, now: datetime
) -> LotRow:
    put(lot, standing)
    log.append(session, entry, now=now)
    lots_of(session, tender, now=now)
    return lot


def _failed(
    session: Session,
    tender: TenderRow,
    lot: LotRow,
    standing: Standing,
    taken: Move,
    reason: str,
    now: datetime,
) -> LotRow:
    due.done(session, lot, now=now)
    return _moved(session, tender, lot, standing, LotFailed(lot.id, ROWS[taken].rule, reason), now)


def _awarded(
    session: Session,
    tender: TenderRow,
    lot: LotRow,
    statute: Statute,
    standing: Standing,
    rank: int,
    ground: str,
    now: datetime,
) -> LotRow:
    winner = _candidate(lot, rank)
    lot.rank, lot.price = winner.rank, winner.price
    due.plan_duty(session, statute, lot, "contract-due", now)
    due.plan_duty(session, statute, lot, "supervisor-report", now)
    due.plan_duty(session, statute, lot, "bond-refund-losers", now)
    return _moved(
        session, tender, lot, standing, LotAwarded(lot.id, winner, ground, int(now.timestamp())), now
    )


def _candidate(lot: LotRow, rank: int) -> RankedBid:
    for one in lot.candidates:
        if one["rank"] == rank:
            return msgspec.convert(one, RankedBid)
    raise TenderError(f"the lot has no candidate of rank {rank}")


def _check_ranks(session: Session, statute: Statute, lot: LotRow, candidates: Sequence[RankedBid]) -> None:
    """CandidatesError unless they are ranked 1, 2, 3 and are different bids that the closing lists."""
    listed = set(listed_bids(session, lot) or ())
    bids = [one.bid for one in candidates]
    ranks = [one.rank for one in candidates]
    if ranks == list(range(1, len(ranks) + 1)) and len(set(bids)) == len(bids) and listed.issuperset(bids):
        return
    rule = statute.rule("candidates-number")
    is_ = ", ".join(f"{one.rank}: {one.bid}" for one in candidates)
    allowed = Said(
        "第1名起连续排序、互不相同且列入截标清单的投标",
        "different bids on the closing's list, ranked from 1 on",
    )
    raise CandidatesError(Violation(rule.id, rule.articles, "candidates", rule.law, Said(is_, is_), allowed))
