"""What each move requires beyond the state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bidding import moves
from bidding.errors import (
    CandidatesError,
    ContractError,
    DeadlineError,
    LotError,
    NoReasonError,
    TimetableError,
    TooEarlyError,
    TooFewBidsError,
    WrongStateError,
)
from bidding.moves import NextRankGround
from bidding.tender import Move, Standing, State, move
from statutes.counting import Span
from tests.unit.bidding.examples import LOT, PROCUREMENT, TENDER, TIMETABLE, at

SECOND = timedelta(seconds=1)


def test_a_tender_is_published_with_a_timetable_and_lots_that_the_law_allows() -> None:
    now, draft = at(3, 2, 8), Standing()
    assert moves.publish(TENDER, draft, TIMETABLE, [LOT], now).state is State.PUBLISHED
    with pytest.raises(TimetableError):
        moves.publish(TENDER, draft, replace(TIMETABLE, opening=at(3, 26)), [LOT], now)
    with pytest.raises(LotError):
        moves.publish(TENDER, draft, TIMETABLE, [], now)
    with pytest.raises(LotError):
        moves.publish(TENDER, draft, TIMETABLE, [LOT, LOT], now)
    with pytest.raises(TooEarlyError):
        moves.publish(TENDER, draft, TIMETABLE, [LOT], at(3, 2, 9) + SECOND)
    with pytest.raises(WrongStateError):
        moves.publish(TENDER, Standing(State.PUBLISHED), TIMETABLE, [LOT], now)


def test_bids_close_at_the_deadline_and_not_before() -> None:
    here = Standing(State.PUBLISHED)
    with pytest.raises(TooEarlyError) as error:
        moves.close(TENDER, here, TIMETABLE, TIMETABLE.deadline - SECOND)
    assert error.value.violations[0].earliest == TIMETABLE.deadline
    assert moves.close(TENDER, here, TIMETABLE, TIMETABLE.deadline).state is State.CLOSED


@pytest.mark.parametrize(("bids", "opens"), [(0, False), (2, False), (3, True), (50, True)])
def test_three_bids_are_opened_and_fewer_fail(bids: int, opens: bool) -> None:
    here, now = Standing(State.CLOSED), TIMETABLE.opening
    if opens:
        assert moves.open_bids(TENDER, here, TIMETABLE, now, bids).state is State.OPENED
        with pytest.raises(TooFewBidsError):
            moves.fail_for_too_few_bids(TENDER, here, bids)
    else:
        assert moves.fail_for_too_few_bids(TENDER, here, bids).state is State.FAILED
        with pytest.raises(TooFewBidsError) as error:
            moves.open_bids(TENDER, here, TIMETABLE, now, bids)
        assert error.value.articles == ("法28", "条44")
    with pytest.raises(TooEarlyError):
        moves.open_bids(TENDER, here, TIMETABLE, now - SECOND, bids)


@pytest.mark.parametrize(("candidates", "ok"), [(0, False), (1, True), (3, True), (4, False)])
def test_one_to_three_candidates_are_published(candidates: int, ok: bool) -> None:
    here = Standing(State.EVALUATED)
    if ok:
        after = moves.publish_candidates(TENDER, here, candidates)
        assert after.state is State.CANDIDATES_PUBLISHED
    else:
        with pytest.raises(CandidatesError, match="1 to 3"):
            moves.publish_candidates(TENDER, here, candidates)


def test_the_first_candidate_wins_after_the_publication() -> None:
    here, until = Standing(State.CANDIDATES_PUBLISHED), at(4, 2, 24)
    assert moves.award(TENDER, here, until, until, 1).state is State.AWARDED
    with pytest.raises(TooEarlyError):
        moves.award(TENDER, here, until - SECOND, until, 1)
    with pytest.raises(CandidatesError) as error:
        moves.award(TENDER, here, until, until, 2)
    assert error.value.articles == ("条55",)


def test_no_award_comes_before_the_reply_to_an_objection() -> None:
    here = move(TENDER, Standing(State.CANDIDATES_PUBLISHED), Move.SUSPEND_FOR_OBJECTION, "objection-7")
    with pytest.raises(WrongStateError):
        moves.award(TENDER, here, at(4, 9), at(4, 2, 24), 1)


def test_the_next_candidate_wins_only_in_its_turn_and_with_a_ground() -> None:
    here = Standing(State.AWARDED)
    for ground in NextRankGround:
        assert moves.award_next(TENDER, here, 2, 1, 3, ground).state is State.AWARDED
    assert moves.award_next(TENDER, here, 2, 1, 2, NextRankGround.IN_BREACH) == here
    with pytest.raises(NoReasonError):
        moves.award_next(TENDER, here, 2, 1, 3, None)
    for rank, last, candidates in [(3, 1, 3), (1, 1, 3), (2, 1, 1), (4, 3, 3)]:
        with pytest.raises(CandidatesError):
            moves.award_next(TENDER, here, rank, last, candidates, NextRankGround.GAVE_UP)


def test_procurement_awards_to_the_first_of_the_report() -> None:
    here = Standing(State.EVALUATED)
    assert moves.award_from_report(PROCUREMENT, here, 1).state is State.AWARDED
    with pytest.raises(CandidatesError):
        moves.award_from_report(PROCUREMENT, here, 2)


def test_the_contract_has_the_price_of_the_bid() -> None:
    here = Standing(State.AWARDED)
    assert moves.contract(TENDER, here, 450_000_000, 450_000_000).state is State.CONTRACTED
    with pytest.raises(ContractError, match=r"CNY 4,400,000\.00"):
        moves.contract(TENDER, here, 440_000_000, 450_000_000)


def test_a_tender_is_cancelled_with_a_reason() -> None:
    assert moves.cancel(TENDER, Standing(State.CLOSED), "no funds").state is State.CANCELLED
    with pytest.raises(NoReasonError) as error:
        moves.cancel(TENDER, Standing(State.CLOSED), "")
    assert error.value.articles == ("条31",)


def test_bidding_goes_on_after_an_objection_only_with_a_deadline_that_is_still_possible() -> None:
    here = move(TENDER, Standing(State.PUBLISHED), Move.SUSPEND_FOR_OBJECTION, "o-1")
    stops = [Span(at(3, 12, 9), at(3, 16, 9))]
    with pytest.raises(DeadlineError):
        moves.resume(TENDER, here, "o-1", TIMETABLE, at(3, 16, 9), stops)
    after, table = moves.resume(TENDER, here, "o-1", TIMETABLE, at(3, 16, 9), stops, (), at(3, 26, 9))
    assert after == Standing(State.PUBLISHED)
    assert table.deadline == at(3, 26, 9)
    both = move(TENDER, here, Move.SUSPEND_BY_ORDER, "s-1")
    after, table = moves.resume(TENDER, both, "o-1", TIMETABLE, at(3, 16, 9), stops)
    assert (after.state, table) == (State.SUSPENDED, TIMETABLE)
