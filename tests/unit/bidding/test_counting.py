"""How days are counted, at the edges: each case reckoned by hand on a wall calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from statutes.counting import CivilDays, ShortDays, Span, Unit, midnight
from statutes.errors import NaiveTimeError, UnknownYearError
from statutes.work_calendar import WorkCalendar
from tests.unit.bidding.examples import at

CIVIL = CivilDays(WorkCalendar())
SHORT = ShortDays(timedelta(minutes=1))


def last_day(
    start: datetime, days: int, unit: Unit = "calendar", rolls: bool = True, stops: tuple[Span, ...] = ()
) -> date:
    return CIVIL.last_day(start, days, unit, rolls, stops)


def test_the_day_of_the_event_is_not_counted_at_whatever_hour_it_was() -> None:
    assert last_day(at(3, 2, 0), 3) == last_day(at(3, 2, 23, 59), 3) == date(2026, 3, 5)


def test_the_last_day_ends_at_24_00() -> None:
    assert CIVIL.ends(at(3, 2, 9), 3, "calendar", True, ()) == at(3, 5, 24) == at(3, 6)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 3, 4), 3, date(2026, 3, 9)),  # Saturday 7th: Monday
        (date(2026, 3, 5), 3, date(2026, 3, 9)),  # Sunday 8th: Monday
        (date(2026, 2, 12), 2, date(2026, 2, 14)),  # Saturday 14th is a make-up working day
        (date(2026, 2, 12), 3, date(2026, 2, 24)),  # 15th to 23rd Spring Festival: Tuesday 24th
        (date(2026, 9, 17), 3, date(2026, 9, 20)),  # Sunday 20th is worked
        (date(2026, 9, 22), 3, date(2026, 9, 28)),  # Mid-Autumn 25th to 27th: Monday
        (date(2026, 9, 28), 3, date(2026, 10, 8)),  # National Day 1st to 7th: Thursday
        (date(2026, 5, 4), 5, date(2026, 5, 9)),  # Saturday 9th is worked
        (date(2024, 2, 26), 3, date(2024, 2, 29)),  # a leap day
        (date(2025, 2, 26), 3, date(2025, 3, 3)),  # 1 March 2025 is a Saturday
        (date(2024, 1, 30), 30, date(2024, 2, 29)),  # 30 days over the end of a month
        (date(2025, 12, 29), 3, date(2026, 1, 4)),  # New Year 1st to 3rd; Sunday 4th is worked
    ],
)
def test_a_last_day_that_is_a_rest_day_moves_to_the_next_working_day(
    start: date, days: int, expected: date
) -> None:
    assert last_day(midnight(start), days) == expected


def test_where_the_rule_says_so_it_stays() -> None:
    assert last_day(at(3, 4), 3, rolls=False) == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 3, 2), 3, date(2026, 3, 5)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday: Monday
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # Saturday: Monday is the first
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # make-up Saturday counts
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # then the festival
        (date(2026, 2, 13), 6, date(2026, 2, 28)),  # 14, 24, 25, 26, 27, and make-up Saturday 28
        (date(2026, 2, 24), 30, date(2026, 4, 7)),  # 25-28 are 4, March has 22, April 1-3 are 3, then the 7th
        (date(2025, 12, 30), 3, date(2026, 1, 5)),  # 31st, Sunday 4th, Monday 5th
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
    ],
)
def test_working_days_follow_the_official_calendar(start: date, days: int, expected: date) -> None:
    assert last_day(midnight(start), days, "working", rolls=False) == expected


def test_the_day_is_the_one_in_beijing() -> None:
    evening_in_utc = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert last_day(evening_in_utc, 1) == date(2026, 3, 4)
    assert last_day(evening_in_utc - timedelta(seconds=1), 1) == date(2026, 3, 3)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(NaiveTimeError):
        last_day(datetime(2026, 3, 2, 9), 1)  # noqa: DTZ001


def test_calendar_days_that_do_not_roll_need_no_calendar() -> None:
    assert last_day(at(12, 20, year=2190), 20, rolls=False) == date(2191, 1, 9)
    with pytest.raises(UnknownYearError, match="2191"):
        last_day(at(12, 20, year=2190), 20)


def test_days_on_which_the_clock_stands_are_not_counted() -> None:
    stop = Span(at(3, 4, 10), at(3, 6, 10))  # 5th and 6th
    assert last_day(at(3, 2, 9), 3, stops=(stop,)) == date(2026, 3, 9)  # 3, 4, 7 (a Saturday): Monday
    assert last_day(at(3, 2, 9), 3, "working", False, (stop,)) == date(2026, 3, 9)


def test_overlapping_stops_count_once_and_early_ones_not_at_all() -> None:
    stops = (
        Span(at(3, 4), at(3, 6)),
        Span(at(3, 5), at(3, 6)),
        Span(at(2, 1), at(2, 25)),
        Span(at(3, 3, 9), at(3, 3, 18)),
    )
    assert last_day(at(3, 2, 9), 4, stops=stops) == date(2026, 3, 9)  # 3, 4, 7, 8 (a Sunday)


def test_a_last_day_does_not_move_onto_a_day_on_which_the_clock_stands() -> None:
    stop = Span(at(3, 8, 9), at(3, 9, 9))  # Monday 9th
    assert last_day(at(3, 4), 3, stops=(stop,)) == date(2026, 3, 10)  # Saturday 7th


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Span(at(3, 3), at(3, 2))


@pytest.mark.parametrize(
    ("days", "too_late"), [(10, at(3, 15, 24)), (15, at(3, 10, 24)), (25, at(2, 28, 24))]
)
def test_backwards_the_day_of_the_deadline_is_the_last_that_counts(days: int, too_late: datetime) -> None:
    assert CIVIL.before(at(3, 25, 9, 30), days, "calendar", ()) == too_late


def test_backwards_over_a_stop() -> None:
    stop = Span(at(3, 18, 9), at(3, 20, 9))  # 19th and 20th
    assert CIVIL.before(at(3, 25, 9), 10, "calendar", (stop,)) == at(3, 13, 24)


def test_the_short_clock_counts_from_the_instant() -> None:
    start = at(2, 15, 9, 30)  # in the Spring Festival
    assert SHORT.ends(start, 20, "working", True, ()) == start + timedelta(minutes=20)
    assert SHORT.reached(start, 20, "calendar", True, ()) == start + timedelta(minutes=20)
    assert SHORT.before(start, 10, "calendar", ()) == start - timedelta(minutes=10)


def test_the_short_clock_stands_in_a_stop() -> None:
    start = at(3, 2, 9)
    stops = (
        Span(at(3, 2, 9, 5), at(3, 2, 9, 8)),
        Span(at(3, 2, 9, 7), at(3, 2, 9, 9)),
        Span(at(3, 2, 8), at(3, 2, 8, 30)),
        Span(at(3, 2, 11), at(3, 2, 12)),
    )
    end = SHORT.ends(start, 20, "calendar", False, stops)
    assert end == at(3, 2, 9, 24)
    assert SHORT.before(end, 20, "calendar", stops) == start
