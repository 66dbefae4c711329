"""Each clock of objections and complaints, counted by hand beside a wall calendar of 2025 and 2026, in every profile."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from oversight.complaints import clocks
from oversight.complaints.clocks import Clock, Status, Stopped, next_rung, run, rung_at, status
from statutes.counting import CHINA, midnight
from statutes.errors import StatuteError, UnknownYearError
from statutes.statute import Statute
from tests.unit.bidding.examples import PROCUREMENT, TENDER, TRAINING


def at(text: str) -> datetime:
    """`2026-03-02 09:30`, in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@dataclass(frozen=True)
class Case:
    """A clock that begins, what it stands for, and its last day."""

    law: Statute
    rule: str
    begins: str
    last_day: str
    why: str
    stops: tuple[tuple[str, str, str], ...] = ()


TABLE = [
    Case(TENDER, "objection-reply", "2026-03-02 09:30", "2026-03-05", "three days, none at rest"),
    Case(TENDER, "objection-reply", "2026-03-02 23:59", "2026-03-05", "the day of the filing never counts"),
    Case(TENDER, "objection-reply", "2026-09-29 10:00", "2026-10-08", "ends in the National Day holiday"),
    Case(TENDER, "objection-reply", "2026-02-11 10:00", "2026-02-14", "a Saturday that is worked"),
    Case(TENDER, "objection-reply", "2026-04-02 10:00", "2026-04-07", "ends in the Qingming holiday"),
    Case(
        TENDER, "objection-reply", "2025-12-30 10:00", "2026-01-04", "over the year's end, to a worked Sunday"
    ),
    Case(TENDER, "complaint", "2026-03-02 10:00", "2026-03-12", "ten days of knowing"),
    Case(
        *(TENDER, "complaint", "2026-03-02 10:00", "2026-03-16"),
        "two days of the reply do not count, and the last is a Saturday",
        (("objection-reply", "2026-03-03 10:00", "2026-03-05 16:00"),),
    ),
    Case(TENDER, "complaint-acceptance", "2026-03-06 17:00", "2026-03-11", "over a weekend"),
    Case(TENDER, "complaint-acceptance", "2026-09-24 10:00", "2026-09-30", "over the Mid-Autumn holiday"),
    Case(
        TENDER,
        "complaint-acceptance",
        "2026-02-13 10:00",
        "2026-02-25",
        "a worked Saturday, then Spring Festival",
    ),
    Case(
        TENDER,
        "complaint-acceptance",
        "2025-12-30 10:00",
        "2026-01-05",
        "over the year's end, by a worked Sunday",
    ),
    Case(
        TENDER,
        "complaint-decision",
        "2026-03-11 10:00",
        "2026-04-23",
        "thirty working days, Qingming among them",
    ),
    Case(
        *(TENDER, "complaint-decision", "2026-03-11 10:00", "2026-04-29"),
        "four working days of testing do not count",
        (("testing", "2026-03-16 09:00", "2026-03-20 18:00"),),
    ),
    Case(
        *(TENDER, "complaint-decision", "2026-03-11 10:00", "2026-04-29"),
        "an appraisal within the testing takes no more",
        (
            ("testing", "2026-03-16 09:00", "2026-03-20 18:00"),
            ("appraisal", "2026-03-17 09:00", "2026-03-19 18:00"),
        ),
    ),
    Case(
        *(TENDER, "complaint-decision", "2026-03-11 10:00", "2026-04-23"),
        "a test that ends the day it began stops nothing",
        (("testing", "2026-03-16 09:00", "2026-03-16 18:00"),),
    ),
    Case(TENDER, "complaint-decision", "2025-12-10 10:00", "2026-01-22", "over the year's end"),
    Case(TENDER, "testing-time", "2026-03-02 10:00", "2026-05-01", "sixty days, whatever they are"),
    Case(PROCUREMENT, "challenge", "2026-03-02 10:00", "2026-03-11", "seven working days"),
    Case(
        PROCUREMENT, "objection-reply", "2026-04-29 10:00", "2026-05-12", "Labour Day, and a worked Saturday"
    ),
    Case(
        PROCUREMENT,
        "complaint",
        "2026-03-11 23:59",
        "2026-04-01",
        "fifteen working days after the reply's end",
    ),
    Case(PROCUREMENT, "complaint-acceptance", "2026-03-06 17:00", "2026-03-11", "over a weekend"),
    Case(
        *(PROCUREMENT, "complaint-acceptance", "2026-03-06 17:00", "2026-03-16"),
        "sent back on Monday, put right on Thursday",
        (("supplement", "2026-03-09 09:00", "2026-03-12 09:00"),),
    ),
    Case(PROCUREMENT, "complaint-correction", "2026-09-17 10:00", "2026-09-23", "by a worked Sunday"),
    Case(PROCUREMENT, "complaint-correction-time", "2026-03-02 10:00", "2026-03-16", "ten working days"),
    Case(PROCUREMENT, "complaint-decision", "2026-03-11 10:00", "2026-04-23", "counted from the receipt"),
    Case(PROCUREMENT, "complaint-decision", "2025-12-10 10:00", "2026-01-22", "over the year's end"),
    Case(
        PROCUREMENT, "suspension-at-most", "2026-03-02 10:00", "2026-04-01", "thirty days, whatever they are"
    ),
]


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case.law.profile.id} {case.rule}: {case.why}")
def test_the_clock_ends_where_the_wall_calendar_says(case: Case) -> None:
    stops = [Stopped(kind, at(begin), at(end)) for kind, begin, end in case.stops]
    clock = run(case.law, case.rule, at(case.begins), stops)
    assert clock.due == midnight(at(f"{case.last_day} 12:00").date()) + timedelta(days=1)
    assert clock.due.tzinfo is UTC


@pytest.mark.parametrize(
    ("law", "rule", "begins"),
    [
        (TENDER, "objection-reply", "2026-12-29 10:00"),
        (TENDER, "complaint-acceptance", "2026-12-29 10:00"),
        (TENDER, "complaint-decision", "2026-11-23 10:00"),
        (PROCUREMENT, "objection-reply", "2026-12-25 10:00"),
        (PROCUREMENT, "complaint-decision", "2026-11-23 10:00"),
    ],
)
def test_a_year_that_the_calendar_lacks_is_refused_and_says_what_to_do(
    law: Statute, rule: str, begins: str
) -> None:
    with pytest.raises(
        UnknownYearError, match=r"2027.*State Council's notice.*请录入国务院办公厅通知"
    ) as caught:
        run(law, rule, at(begins))
    assert caught.value.year == 2027


def test_the_last_day_of_a_known_year_is_not_refused_for_the_next() -> None:
    assert run(TENDER, "complaint-acceptance", at("2026-12-28 10:00")).due == at("2027-01-01 00:00")


def test_a_training_counts_minutes_from_the_instant_and_knows_no_rest_days() -> None:
    begins = at("2027-10-01 10:00")
    assert run(TRAINING, "objection-reply", begins).due == begins + timedelta(minutes=3)
    stop = Stopped("testing", begins + timedelta(minutes=5), begins + timedelta(minutes=9))
    assert run(TRAINING, "complaint-decision", begins, [stop]).due == begins + timedelta(minutes=34)


def test_what_the_rule_does_not_name_stops_nothing() -> None:
    stop = Stopped("supplement", at("2026-03-12 09:00"), at("2026-03-16 09:00"))
    with pytest.raises(StatuteError, match="does not stand for 'supplement'"):
        run(TENDER, "complaint-decision", at("2026-03-11 10:00"), [stop])


def test_a_clock_that_was_over_before_a_test_began_is_not_revived() -> None:
    late = Stopped("testing", at("2026-04-24 09:00"), at("2026-05-20 09:00"))
    assert run(TENDER, "complaint-decision", at("2026-03-11 10:00"), [late]).due == at("2026-04-24 00:00")


def test_two_calendars_have_two_fingerprints_and_one_has_one() -> None:
    one = run(TENDER, "complaint-acceptance", at("2026-03-02 10:00"))
    same_year = run(TENDER, "complaint-decision", at("2026-04-02 10:00"))
    over = run(TENDER, "complaint-decision", at("2025-12-10 10:00"))
    assert one.calendar == same_year.calendar
    assert (
        len({one.calendar, over.calendar, run(TRAINING, "complaint", at("2026-03-02 10:00")).calendar}) == 3
    )


def decision() -> Clock:
    """Thirty working days, until 23 April 2026 at 24:00."""
    return run(TENDER, "complaint-decision", at("2026-03-11 10:00"))


@pytest.mark.parametrize(
    ("now", "done_at", "done", "expected"),
    [
        ("2026-04-15 23:59", None, False, Status.RUNNING),
        ("2026-04-16 00:00", None, False, Status.NEAR),
        ("2026-04-23 23:59", None, False, Status.NEAR),
        ("2026-04-24 00:00", None, False, Status.OVERDUE),
        ("2026-05-01 00:00", "2026-04-23 23:59", True, Status.KEPT),
        ("2026-05-01 00:00", "2026-04-24 00:00", True, Status.MISSED),
        ("2026-05-01 00:00", "2026-04-20 00:00", False, Status.ENDED),
        ("2026-05-01 00:00", "2026-04-24 00:00", False, Status.MISSED),
    ],
)
def test_how_a_clock_stands(now: str, done_at: str | None, done: bool, expected: Status) -> None:
    found = None if done_at is None else at(done_at)
    assert status(TENDER, decision(), found, done=done, now=at(now)) is expected


def test_somebody_is_told_again_and_again_and_a_missed_tick_tells_the_newest() -> None:
    clock = decision()
    told, now = [], clock.begins
    while now < at("2026-05-04 00:00"):
        now = next_rung(TENDER, clock, now)
        rung = rung_at(TENDER, clock, now)
        assert rung is not None
        told.append((now.astimezone(CHINA).strftime("%m-%d"), rung.level))
    assert told == [
        ("04-16", "near"),
        ("04-23", "last-day"),
        ("04-24", "overdue"),
        ("04-27", "overdue-1"),
        ("04-30", "overdue-2"),
        ("05-03", "overdue-3"),
        ("05-06", "overdue-4"),
    ]
    late = rung_at(TENDER, clock, at("2026-05-01 12:00"))
    assert late is not None
    assert late.level == "overdue-2"
    assert rung_at(TENDER, clock, clock.begins) is None


def test_escalation_does_not_wait_for_a_calendar_that_is_not_known() -> None:
    clock = run(TENDER, "complaint-acceptance", at("2026-12-28 10:00"))
    assert next_rung(TENDER, clock, at("2027-03-01 00:00")) > at("2027-03-01 00:00")


def test_a_clock_of_a_training_is_told_of_too() -> None:
    clock = run(TRAINING, "objection-reply", at("2026-03-02 10:00"))
    assert clocks.near_from(TRAINING, clock) == clock.begins + timedelta(minutes=1)
    first = rung_at(TRAINING, clock, clock.begins + timedelta(minutes=2))
    assert first is not None
    assert first.level == "last-day"
