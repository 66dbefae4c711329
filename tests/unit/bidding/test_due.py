"""The clocks after the deadline: table tests through holidays, make-up days, suspensions and year ends."""

from datetime import datetime, timedelta

import pytest

from bidding.errors import TooEarlyError
from bidding.objections import (
    objections_until,
    require_objection_to_candidates,
    require_objection_to_documents,
)
from statutes.counting import Span
from statutes.errors import OutOfTimeError, UnknownRuleError
from statutes.statute import Statute
from tests.unit.bidding.examples import PROCUREMENT, TENDER, TRAINING, at

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("statute", "rule", "start", "until"),
    [
        (TENDER, "contract-due", at(4, 3, 10), at(5, 6, 24)),  # 3 May: Labour Day until the 5th
        (TENDER, "contract-due", at(11, 5, 10, year=2025), at(12, 5, 24, year=2025)),
        (TENDER, "bond-refund", at(2, 10, 15), at(2, 24, 24)),  # 15 February: Spring Festival
        (TENDER, "bond-refund", at(3, 2, 15), at(3, 9, 24)),  # Saturday
        (TENDER, "withdrawal-refund", at(9, 15, 15), at(9, 20, 24)),  # a Sunday that is worked
        (
            TENDER,
            "candidates-within",
            at(12, 29, 9, year=2025),
            at(1, 4, 24),
        ),  # New Year; Sunday 4th is worked
        (TENDER, "objection-reply", at(3, 31, 9), at(4, 3, 24)),
        (TENDER, "objection-reply", at(4, 1, 9), at(4, 7, 24)),  # Qingming, 4th to 6th
        (TENDER, "supervisor-report", at(2, 3, 9), at(2, 24, 24)),
        (TENDER, "complaint", at(2, 9, 9), at(2, 24, 24)),
        (TENDER, "complaint-acceptance", at(2, 13, 9), at(2, 25, 24)),  # make-up 14th, 24th, 25th
        (TENDER, "complaint-decision", at(2, 24, 9), at(4, 7, 24)),
        (TENDER, "complaint-decision", at(11, 20, 9, year=2025), at(1, 4, 24)),  # over the end of the year
        (PROCUREMENT, "challenge", at(9, 18, 9), at(9, 29, 24)),  # 20 worked, 21-24, then 28 and 29
        (PROCUREMENT, "objection-reply", at(4, 27, 9), at(5, 9, 24)),  # 28-30, 6-8, make-up 9 May
        (PROCUREMENT, "complaint", at(9, 28, 9), at(10, 23, 24)),  # 29, 30; 8-10, make-up 10; 12-16; 19-23
        (PROCUREMENT, "bond-refund", at(9, 30, 9), at(10, 13, 24)),  # 8, 9, make-up 10, 12, 13 October
        (PROCUREMENT, "bond-refund-losers", at(3, 2, 9), at(3, 9, 24)),
        (PROCUREMENT, "suspension-at-most", at(3, 2, 9), at(4, 1, 24)),
        (PROCUREMENT, "contract-published", at(3, 6, 9), at(3, 10, 24)),
        (TRAINING, "contract-due", at(2, 18, 9), at(2, 18, 9, 30)),
    ],
)
def test_due(statute: Statute, rule: str, start: datetime, until: datetime) -> None:
    limit = statute.due(rule, start)
    assert limit.at == until
    assert limit.rule.id == rule


def test_the_time_of_the_reply_does_not_count_towards_a_complaint() -> None:
    reply = Span(at(3, 4, 9), at(3, 6, 16))  # the 5th and the 6th
    assert TENDER.due("complaint", at(3, 2, 9)).at == at(3, 12, 24)
    assert TENDER.due("complaint", at(3, 2, 9), [reply]).at == at(3, 16, 24)  # the 14th is a Saturday


def test_the_time_of_testing_does_not_count_towards_the_decision() -> None:
    testing = [
        Span(at(3, 10, 9), at(3, 20, 9)),
        Span(at(3, 18, 9), at(3, 24, 9)),
    ]  # 11th to 24th: 10 working days
    assert TENDER.due("complaint-decision", at(2, 24, 9), testing).at == at(4, 21, 24)


def test_a_right_expires_with_its_last_day_and_the_refusal_cites_the_rule() -> None:
    TENDER.require_within("complaint", at(3, 2, 9), at(3, 12, 24) - SECOND)
    with pytest.raises(OutOfTimeError) as error:
        TENDER.require_within("complaint", at(3, 2, 9), at(3, 12, 24))
    assert (error.value.rule, error.value.articles) == ("complaint", ("条60",))
    assert error.value.violations[0].subject == "complaint"
    assert "2026年3月12日24:00之前" in error.value.said.zh
    assert "before 24:00 on 12 March 2026" in error.value.said.en


def test_objections_to_the_documents_end_10_days_before_the_deadline() -> None:
    assert objections_until(TENDER, at(3, 25, 9, 30)).at == at(3, 15, 24)
    require_objection_to_documents(TENDER, at(3, 25, 9, 30), at(3, 15, 24) - SECOND)
    with pytest.raises(OutOfTimeError) as error:
        require_objection_to_documents(TENDER, at(3, 25, 9, 30), at(3, 15, 24))
    assert error.value.articles == ("条22",)
    with pytest.raises(UnknownRuleError):
        objections_until(PROCUREMENT, at(3, 25))


def test_objections_to_the_candidates_are_raised_while_they_are_published() -> None:
    begin, end = at(3, 30, 9), at(4, 2, 24)
    require_objection_to_candidates(TENDER, begin, end, begin)
    require_objection_to_candidates(TENDER, begin, end, end - SECOND)
    with pytest.raises(TooEarlyError):
        require_objection_to_candidates(TENDER, begin, end, begin - SECOND)
    with pytest.raises(OutOfTimeError) as error:
        require_objection_to_candidates(TENDER, begin, end, end)
    assert error.value.articles == ("条54",)
