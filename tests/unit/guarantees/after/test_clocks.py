"""When a guarantee must be released (条31, 条35, 条57, 采条33)."""

from datetime import datetime, timedelta

import pytest

from guarantees.after.clocks import (
    Clock,
    End,
    Ending,
    Trouble,
    of_lot,
    of_replacement,
    of_withdrawal,
    waits_for,
)
from tests.unit.bidding.examples import PROCUREMENT, TENDER, TRAINING, at

AWARDED = Ending(End.AWARDED, at(4, 3, 10), 5)
CONTRACTED = Ending(End.CONTRACTED, at(4, 20, 15), 5)


@pytest.mark.parametrize("bid", [5, 6])
def test_the_contract_releases_winner_and_losers_within_five_days(bid: int) -> None:
    due = of_lot(TENDER, [AWARDED, CONTRACTED], bid)
    assert due is not None
    assert (due.clock, due.rule, due.since) == (Clock.CONTRACT, "bond-refund", at(4, 20, 15))
    assert due.until == at(4, 28)  # the fifth day is a Saturday, and moves to Monday the 27th


def test_an_award_alone_releases_nobody_where_the_law_does_not_say_so() -> None:
    assert of_lot(TENDER, [AWARDED], 6) is None
    assert of_lot(TENDER, [], 6) is None


def test_in_procurement_losers_are_released_after_the_award_notice_and_the_winner_after_the_contract() -> (
    None
):
    loser = of_lot(PROCUREMENT, [AWARDED], 6)
    assert loser is not None
    assert (loser.clock, loser.rule) == (Clock.LOSERS, "bond-refund-losers")
    assert of_lot(PROCUREMENT, [AWARDED], 5) is None
    winner = of_lot(PROCUREMENT, [AWARDED, CONTRACTED], 5)
    assert winner is not None
    assert winner.clock is Clock.CONTRACT


def test_who_gave_up_an_award_is_not_released_as_a_loser() -> None:
    again = Ending(End.AWARDED, at(4, 10, 10), 6)
    assert of_lot(PROCUREMENT, [AWARDED, again], 5) is None
    assert of_lot(PROCUREMENT, [AWARDED, again], 6) is None
    assert of_lot(PROCUREMENT, [AWARDED, again], 7) is not None


def test_a_cancelled_or_failed_lot_releases_all_at_once() -> None:
    for end, clock in ((End.CANCELLED, Clock.CANCELLED), (End.FAILED, Clock.FAILED)):
        due = of_lot(TENDER, [Ending(end, at(4, 3, 10))], 6)
        assert due is not None
        assert (due.clock, due.until) == (clock, at(4, 3, 10))


def test_a_withdrawn_bid_has_five_days_and_the_rest_day_at_their_end_moves() -> None:
    assert of_withdrawal(TENDER, at(3, 9, 12)).until == at(
        3, 17
    )  # Saturday the 14th moves to Monday the 16th
    assert of_withdrawal(TENDER, at(3, 11, 12)).until == at(3, 17)
    assert of_withdrawal(TENDER, at(3, 10, 12), clock=Clock.NOT_OPENED).clock is Clock.NOT_OPENED
    assert of_withdrawal(TRAINING, at(3, 9, 12)).until == at(3, 9, 12) + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (at(2, 12, 12), at(2, 25)),  # the fifth day is in the Spring Festival, whose last is 23 February
        (at(4, 28, 9), at(5, 7)),  # Labour Day: 1 to 5 May
        (at(9, 25, 12), at(10, 1)),  # the day before the National Day counts
        (at(9, 28, 12), at(10, 9)),  # 1 to 7 October
    ],
)
def test_the_five_days_of_withdrawal_and_contract_do_not_end_in_a_holiday(
    since: datetime, until: datetime
) -> None:
    assert of_withdrawal(TENDER, since).until == until
    due = of_lot(TENDER, [Ending(End.CONTRACTED, since, 5)], 6)
    assert due is not None
    assert due.until == until


def test_working_days_of_procurement_leave_out_the_holiday_and_count_the_saturday_worked_for_it() -> None:
    due = of_lot(PROCUREMENT, [Ending(End.AWARDED, at(4, 29, 10), 5)], 6)
    assert due is not None
    assert due.until == at(5, 10)  # 30 April, 6, 7, 8 and 9 May, a Saturday


def test_an_amended_guarantee_is_released_at_once() -> None:
    assert of_replacement(at(4, 1)).until == at(4, 1)


def test_what_a_release_waits_for() -> None:
    assert waits_for(state="demanded", presented=True, sending=None) is Trouble.DEMAND
    assert waits_for(state="presented", presented=False, sending=None) is Trouble.PRESENTATION
    assert waits_for(state="presented", presented=True, sending="wanted") is Trouble.SENDING
    assert waits_for(state="presented", presented=True, sending="sent") is Trouble.MINING
    assert waits_for(state="presented", presented=True, sending="reverted") is Trouble.REFUSED
    assert waits_for(state="presented", presented=True, sending="confirmed") is Trouble.FOLLOWING
