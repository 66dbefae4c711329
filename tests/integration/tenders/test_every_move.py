"""The state table, walked through the service: every state times every move, what the table says and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_bytes

import pytest
from sqlalchemy.orm import Session

from bidding.errors import WrongStateError
from bidding.moves import NextRankGround
from bidding.tender import TABLE, Move, Row, State
from bidding.tenders import changing, outcome, publication
from bidding.tenders.changing import Ground
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.models import LotRow, TenderRow
from ledger.entries import RankedBid
from statutes.shipped import profile
from tests.integration.tenders.office import DEADLINE, DRAFT, KEEPING, PUBLISHED, Office, close_intake, force

FIRST = RankedBid(1, 5, 400_000_001, "")
LATER = DEADLINE + timedelta(days=30)
HASH = "ef" * 32

Taken = Callable[[Session, str, datetime], object]
"""The service's function for a move, with facts that fit: session, tender's id, now."""


def _lot(tender: str) -> str:
    return f"{tender}.1"


def _again(session: Session, tender: str, now: datetime) -> object:
    return outcome.tender_again(session, tender, ["1"], now=now, random=token_bytes)


def _close(session: Session, tender: str, now: datetime) -> object:
    lot = session.get(LotRow, _lot(tender))
    if lot is not None and lot.state == State.PUBLISHED:
        close_intake(session, lot.id)
    return outcome.close(session, tender, "1", now=now)


STEPS: dict[Move, Taken] = {
    Move.PUBLISH: lambda s, t, now: publication.publish(s, t, KEEPING, now=now),
    Move.AMEND: lambda s, t, now: changing.amend(s, t, "Drawing 3", may_affect_bids=False, now=now),
    Move.POSTPONE: lambda s, t, now: changing.postpone(s, t, LATER, "more time", now=now),
    Move.SUSPEND_FOR_OBJECTION: lambda s, t, now: changing.suspend(
        s, t, Ground.OBJECTION, "objection-1", "drawing 3", now=now
    ),
    Move.SUSPEND_BY_ORDER: lambda s, t, now: changing.suspend(
        s, t, Ground.ORDER, "order-1", "inspection", now=now
    ),
    Move.RESUME: lambda s, t, now: changing.resume(
        s, t, "objection-0", "answered", new_deadline=LATER, now=now
    ),
    Move.CLOSE: _close,
    Move.OPEN: lambda s, t, now: outcome.opened(s, _lot(t), now=now),
    Move.EVALUATE: lambda s, t, now: outcome.evaluate(s, _lot(t), HASH, now=now),
    Move.PUBLISH_CANDIDATES: lambda s, t, now: outcome.publish_candidates(s, _lot(t), [FIRST], now=now),
    Move.AWARD: lambda s, t, now: outcome.award(s, _lot(t), 1, now=now),
    Move.AWARD_FROM_REPORT: lambda s, t, now: outcome.award_from_report(s, _lot(t), FIRST, now=now),
    Move.AWARD_NEXT: lambda s, t, now: outcome.award_next(s, _lot(t), 2, NextRankGround.GAVE_UP, now=now),
    Move.CONTRACT: lambda s, t, now: outcome.contract(s, _lot(t), 400_000_001, HASH, now=now),
    Move.FAIL_FOR_TOO_FEW_BIDS: lambda s, t, now: outcome.fail_for_too_few_bids(s, _lot(t), now=now),
    Move.FAIL_AS_ALL_REJECTED: lambda s, t, now: outcome.fail(
        s, _lot(t), Move.FAIL_AS_ALL_REJECTED, "all rejected", now=now
    ),
    Move.FAIL_WITHOUT_WINNER: lambda s, t, now: outcome.fail(
        s, _lot(t), Move.FAIL_WITHOUT_WINNER, "all gave up", now=now
    ),
    Move.ANNUL: lambda s, t, now: outcome.fail(s, _lot(t), Move.ANNUL, "collusion", now=now),
    Move.CANCEL: lambda s, t, now: changing.cancel(s, t, "no money", now=now),
    Move.TENDER_AGAIN: _again,
}
AFTER_DEADLINE = {Move.CLOSE, Move.OPEN}


def moment(row: Row, state: State) -> datetime:
    """When the move is tried: the rules on dates are not what is tested here."""
    if row.move is Move.AWARD or (row.move is Move.AWARD_NEXT):
        return DEADLINE + timedelta(days=3)
    early = state in (State.DRAFT, State.PUBLISHED, State.SUSPENDED) and row.move not in AFTER_DEADLINE
    if early:
        return PUBLISHED if state is State.DRAFT else PUBLISHED + timedelta(days=2)
    return DEADLINE + timedelta(days=1)


def test_there_is_a_step_for_every_move() -> None:
    assert set(STEPS) == set(Move) == {row.move for row in TABLE}


@pytest.mark.parametrize("law", ["cn-tender", "cn-procurement"])
@pytest.mark.parametrize("state", list(State))
def test_every_move_goes_from_the_states_of_the_table_and_from_no_other(
    office: Office, state: State, law: str
) -> None:
    known = profile(law, PUBLISHED.date())
    tender_id = office.begin(replace(DRAFT, profile=law))
    walked = 0
    for row in TABLE:
        with office.database.session() as session:  # and what it does is rolled back
            if state is not State.DRAFT:
                publication.publish(session, tender_id, KEEPING, now=PUBLISHED)
                tender, lot = session.get_one(TenderRow, tender_id), session.get_one(LotRow, _lot(tender_id))
                force(session, tender, lot, state, State.PUBLISHED if state is State.SUSPENDED else None)
                if row.move is Move.FAIL_FOR_TOO_FEW_BIDS:
                    lot.bids = 2
                session.flush()
            before = len(office.entries(session))
            goes = state in row.sources and known.has(row.rule)
            if not goes:
                with pytest.raises((WrongStateError, UnknownTenderError)) as refused:
                    STEPS[row.move](session, tender_id, moment(row, state))
                if isinstance(refused.value, WrongStateError):
                    assert refused.value.violations[0].allowed.zh
                assert len(office.entries(session)) == before, row.move
            else:
                STEPS[row.move](session, tender_id, moment(row, state))
                session.flush()
                assert len(office.entries(session)) > before, row.move
                lot = session.get_one(LotRow, _lot(tender_id))
                expected = row.target or (State.PUBLISHED if row.move is Move.RESUME else state)
                assert lot.state == expected, row.move
                assert session.get_one(TenderRow, tender_id).state == expected, row.move
            walked += 1
    assert walked == len(Move)
