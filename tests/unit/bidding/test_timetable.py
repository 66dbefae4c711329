"""Each rule of the timetable, broken alone: what is said, and that what is allowed is allowed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bidding.errors import TimetableError
from bidding.timetable import check, validity_end, violations
from statutes.counting import Span
from statutes.errors import NaiveTimeError, UnknownYearError
from tests.unit.bidding.examples import PROCUREMENT, TENDER, TIMETABLE, TRAINING, at

PREQUALIFIED = replace(
    TIMETABLE,
    prequalification_from=at(2, 2, 9),
    prequalification_to=at(2, 9, 24),
    prequalification_amendment=at(2, 10, 9),
    prequalification_objections_until=at(2, 24, 24),
    prequalification_deadline=at(2, 26, 9),
)


def test_the_example_is_allowed() -> None:
    check(TENDER, TIMETABLE)
    check(TENDER, PREQUALIFIED)


SECOND = timedelta(seconds=1)

EARLIEST = [
    ("deadline-after-issue", "deadline", at(3, 23)),  # the 20th day, 22 March, is a Sunday
    ("documents-on-offer", "documents_to", at(3, 9, 24)),  # the 5th day, 7 March, is a Saturday
    ("candidates-shown", "candidates_to", at(4, 2, 24)),
    ("objection-to-documents", "objections_until", at(3, 15, 24)),
    ("order-of-events", "report", at(3, 25, 9, 30)),
    ("candidates-objection", "award", at(4, 2, 24)),
    ("prequalification-on-offer", "prequalification_to", at(2, 9, 24)),
    ("prequalification-time", "prequalification_deadline", at(2, 15)),  # checked below: rest days
    ("prequalification-objection", "prequalification_objections_until", at(2, 24, 24)),
]


@pytest.mark.parametrize(
    ("rule", "field", "earliest"), [row for row in EARLIEST if row[1] != "prequalification_deadline"]
)
def test_too_early_names_the_rule_and_the_earliest_instant(rule: str, field: str, earliest: datetime) -> None:
    freed: dict[str, Any] = {"objections_until": None, "candidates_from": None, "winner_fixed": None}
    freed |= {"amendment": None, "contract": None, "opening": earliest} if field == "deadline" else {}
    freed.pop("candidates_from" if field == "candidates_to" else "", None)
    if field == "award":
        freed |= {"candidates_from": None}
    broken = replace(PREQUALIFIED, **(freed | {field: earliest - SECOND}))
    if field == "deadline":
        broken = replace(broken, opening=earliest - SECOND)
    found = [one for one in violations(TENDER, broken) if one.rule == rule]
    assert [one.earliest for one in found] == [earliest]
    assert found[0].articles == TENDER.rule(rule).articles
    allowed = replace(PREQUALIFIED, **(freed | {field: earliest}))
    assert rule not in [one.rule for one in violations(TENDER, allowed)]


def test_the_days_before_an_application_s_deadline_move_over_the_spring_festival() -> None:
    table = replace(
        PREQUALIFIED,
        prequalification_to=at(2, 10, 24),  # the 10th has ended: the instant lies on the 11th
        prequalification_deadline=at(2, 23, 24) - SECOND,
        prequalification_objections_until=None,
    )
    [found] = violations(TENDER, table)
    assert (found.rule, found.earliest) == ("prequalification-time", at(2, 24))  # the 16th is in the festival


LATEST = [
    ("amendment-before-deadline", "amendment", at(3, 10, 24)),
    ("candidates-within", "candidates_from", at(3, 30, 24)),  # 27 March and 3 days: the 30th, a Monday
    ("contract-due", "contract", at(5, 6, 24)),  # 3 May is in the holidays: Wednesday 6th
    ("prequalification-amendment", "prequalification_amendment", at(2, 23, 24)),
]


@pytest.mark.parametrize(("rule", "field", "too_late"), LATEST)
def test_too_late_names_the_rule_and_the_first_instant_too_late(
    rule: str, field: str, too_late: datetime
) -> None:
    late: dict[str, Any] = {field: too_late}
    [found] = [one for one in violations(TENDER, replace(PREQUALIFIED, **late)) if one.rule == rule]
    assert found.too_late == too_late
    in_time: dict[str, Any] = {field: too_late - SECOND}
    assert rule not in [one.rule for one in violations(TENDER, replace(PREQUALIFIED, **in_time))]


def test_the_opening_is_at_the_deadline() -> None:
    [found] = violations(TENDER, replace(TIMETABLE, opening=at(3, 25, 10)))
    assert (found.rule, found.earliest) == ("opening-at-deadline", at(3, 25, 9, 30))
    assert "法34" in found.said.zh
    assert "09:30 on 25 March 2026" in found.said.en


def test_the_award_lies_in_the_validity_of_the_bids_and_the_bond_s_is_the_same() -> None:
    assert validity_end(TENDER, TIMETABLE).at == at(6, 23, 24)
    [found] = violations(TENDER, replace(TIMETABLE, validity_days=8))  # until 2 April, 24:00
    assert (found.rule, found.subject) == ("award-in-validity", "validity-end")
    [found] = violations(TENDER, replace(TIMETABLE, bond_end=at(6, 22, 24)))
    assert found.rule == "bond-validity"
    [found] = violations(TENDER, replace(TIMETABLE, validity_days=0))
    assert found.rule == "bid-validity"


def test_one_error_carries_every_violation_with_its_sentences() -> None:
    broken = replace(TIMETABLE, deadline=at(3, 12, 9), documents_to=at(3, 4), contract=at(6, 1))
    with pytest.raises(TimetableError) as error:
        check(TENDER, broken)
    rules = [one.rule for one in error.value.violations]
    assert rules == [
        *("documents-on-offer", "deadline-after-issue", "amendment-before-deadline"),
        *("opening-at-deadline", "contract-due"),
    ]
    assert error.value.rule == "documents-on-offer"
    assert error.value.articles == ("条16",)
    assert (
        "招标文件的发售期不得少于5日（条16）。现为：招标文件停止发出：2026年3月3日24:00；"
        in error.value.said.zh
    )
    assert "允许：不早于2026年3月10日00:00。" in error.value.said.zh
    assert "The contract is signed within 30 days of the award notice (法46)." in str(error.value)


def test_days_of_a_suspension_do_not_count_towards_the_deadline() -> None:
    stop = Span(at(3, 11, 9), at(3, 16, 9))
    with pytest.raises(TimetableError) as error:
        check(TENDER, TIMETABLE, [stop])
    found = {one.rule: one for one in error.value.violations}
    assert set(found) == {"deadline-after-issue", "amendment-before-deadline"}
    assert found["deadline-after-issue"].earliest == at(3, 27)


def test_procurement_counts_the_days_on_offer_in_working_days() -> None:
    table = replace(TIMETABLE, candidates_from=None, candidates_to=None, objections_until=None)
    check(PROCUREMENT, table)
    [found] = violations(PROCUREMENT, replace(table, documents_to=at(3, 8, 24)))
    assert (found.rule, found.articles, found.earliest) == ("documents-on-offer", ("采条31",), at(3, 9, 24))


def test_a_training_runs_within_the_hour_and_is_checked_all_the_same() -> None:
    start = at(2, 18, 22)  # in the Spring Festival, at night
    minute = timedelta(minutes=1)
    table = replace(
        TIMETABLE,
        documents_from=start,
        documents_to=start + 5 * minute,
        amendment=start + 5 * minute,
        objections_until=start + 10 * minute,
        deadline=start + 20 * minute,
        opening=start + 20 * minute,
        report=start + 22 * minute,
        candidates_from=start + 24 * minute,
        candidates_to=start + 27 * minute,
        winner_fixed=start + 27 * minute,
        award=start + 28 * minute,
        contract=start + 50 * minute,
    )
    assert [one.rule for one in violations(TRAINING, table)] == ["amendment-before-deadline"]
    check(TRAINING, replace(table, amendment=start + 5 * minute - SECOND))
    late = replace(table, amendment=None, deadline=start + 20 * minute - SECOND, objections_until=None)
    assert "deadline-after-issue" in [one.rule for one in violations(TRAINING, late)]


def test_a_year_the_calendar_lacks_is_said_and_not_guessed() -> None:
    issued = TIMETABLE.documents_from.replace(year=2190)
    deadline = TIMETABLE.deadline.replace(year=2190)
    table = replace(TIMETABLE, documents_from=issued, deadline=deadline, opening=deadline)
    with pytest.raises(UnknownYearError, match="2190"):
        check(TENDER, table)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        check(TENDER, replace(TIMETABLE, deadline=datetime(2026, 3, 25, 9)))  # noqa: DTZ001
