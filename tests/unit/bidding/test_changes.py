"""Amendments, postponement, the deadline after a suspension."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.changes import amend, earliest_deadline, postpone, resume
from bidding.errors import DeadlineError, NoReasonError
from bidding.timetable import check
from statutes.counting import Span
from tests.unit.bidding.examples import TENDER, TIMETABLE, at

SECOND = timedelta(seconds=1)


def test_an_amendment_15_days_before_the_deadline_leaves_it() -> None:
    assert amend(TENDER, TIMETABLE, at(3, 10, 23, 59), may_affect_bids=True) == TIMETABLE


def test_a_later_amendment_needs_a_later_deadline_and_says_which() -> None:
    with pytest.raises(DeadlineError) as error:
        amend(TENDER, TIMETABLE, at(3, 11), may_affect_bids=True)
    [found] = error.value.violations
    assert (found.rule, found.articles, found.earliest) == (
        *("amendment-before-deadline", ("法23", "条21")),
        at(3, 26),
    )
    moved = amend(TENDER, TIMETABLE, at(3, 11), may_affect_bids=True, new_deadline=at(3, 26, 9))
    assert moved.deadline == moved.opening == at(3, 26, 9)
    assert amend(TENDER, TIMETABLE, at(3, 11), may_affect_bids=True, new_deadline=at(3, 26)).deadline == at(
        3, 26
    )
    assert moved.contract is moved.candidates_from is moved.objections_until is None
    check(TENDER, replace(moved, amendment=at(3, 11)))
    with pytest.raises(DeadlineError):
        amend(TENDER, TIMETABLE, at(3, 12), may_affect_bids=True, new_deadline=at(3, 26, 9))


def test_what_cannot_affect_bids_may_be_amended_until_the_deadline() -> None:
    last = TIMETABLE.deadline - SECOND
    assert amend(TENDER, TIMETABLE, last, may_affect_bids=False) == TIMETABLE
    with pytest.raises(DeadlineError):
        amend(TENDER, TIMETABLE, TIMETABLE.deadline, may_affect_bids=False)


def test_a_deadline_moves_later_only_and_with_a_reason() -> None:
    now = at(3, 24)
    assert postpone(TENDER, TIMETABLE, now, at(3, 27, 9), "flood").deadline == at(3, 27, 9)
    for new in (at(3, 25, 9), TIMETABLE.deadline):
        with pytest.raises(DeadlineError) as error:
            postpone(TENDER, TIMETABLE, now, new, "flood")
        assert error.value.rule == "deadline-only-later"
        assert error.value.articles == ()
        assert "平台规则" in error.value.said.zh
        with pytest.raises(DeadlineError):
            amend(TENDER, TIMETABLE, now, may_affect_bids=False, new_deadline=new)
    with pytest.raises(DeadlineError):
        postpone(TENDER, TIMETABLE, TIMETABLE.deadline, at(3, 27, 9), "flood")
    with pytest.raises(NoReasonError):
        postpone(TENDER, TIMETABLE, now, at(3, 27, 9), " ")


def test_the_earliest_deadline_is_the_latest_of_its_reasons() -> None:
    first = earliest_deadline(TENDER, at(3, 2, 9))
    assert (first.rule.id, first.at) == ("deadline-after-issue", at(3, 23))
    second = earliest_deadline(TENDER, at(3, 2, 9), [at(3, 3), at(3, 20)])
    assert (second.rule.id, second.at) == ("amendment-before-deadline", at(4, 4))


def test_after_a_suspension_the_deadline_holds_if_it_still_leaves_the_time() -> None:
    short = [Span(at(3, 12, 9), at(3, 14, 9))]  # 2 days: the 20th is then 24 March
    assert resume(TENDER, TIMETABLE, at(3, 14, 9), short) == TIMETABLE
    long = [Span(at(3, 12, 9), at(3, 16, 9))]  # 4 days: 26 March
    with pytest.raises(DeadlineError) as error:
        resume(TENDER, TIMETABLE, at(3, 16, 9), long)
    assert error.value.violations[0].earliest == at(3, 26)
    moved = resume(TENDER, TIMETABLE, at(3, 16, 9), long, new_deadline=at(3, 26, 9))
    assert moved.opening == at(3, 26, 9)
    with pytest.raises(DeadlineError):
        resume(TENDER, TIMETABLE, at(3, 14, 9), short, [at(3, 10, 9)])  # the amendment's 15 days


def test_after_a_suspension_over_the_deadline_it_must_move() -> None:
    stop = [Span(at(3, 24, 9), at(3, 26, 9))]
    with pytest.raises(DeadlineError):
        resume(TENDER, TIMETABLE, at(3, 26, 9), stop)
    assert resume(TENDER, TIMETABLE, at(3, 26, 9), stop, new_deadline=at(3, 27, 9)).deadline == at(3, 27, 9)
