"""Properties of counted days: for any day, number and suspension both ways of counting agree."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from statutes.counting import CivilDays, Counting, ShortDays, Span, Unit, local, midnight
from statutes.money import MAX_FEN, capital, format_yuan, parse_yuan
from statutes.work_calendar import WorkCalendar

CALENDAR = WorkCalendar()
CIVIL = CivilDays(CALENDAR)
SHORT = ShortDays(timedelta(minutes=1))
FIRST = midnight(date(2022, 1, 1))
DIGITS = "零壹贰叁肆伍陆柒捌玖"

instants = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
units: st.SearchStrategy[Unit] = st.sampled_from(["calendar", "working"])
numbers = st.integers(1, 40)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    begins = draw(st.lists(instants, max_size=3))
    return tuple(Span(begin, begin + timedelta(hours=draw(st.integers(0, 200)))) for begin in begins)


@given(start=instants, days=numbers, unit=units, stops=spans(), rolls=st.booleans())
def test_the_last_day_is_the_nth_that_counts(
    start: datetime, days: int, unit: Unit, stops: tuple[Span, ...], rolls: bool
) -> None:
    last = CIVIL.last_day(start, days, unit, rolls, stops)
    first = local(start).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    standing = {day for day in between for s in stops if local(s.begin).date() < day <= local(s.end).date()}
    counted = [
        day for day in between if day not in standing and (unit == "calendar" or CALENDAR.is_workday(day))
    ]
    assert len(counted) >= days
    if rolls:
        assert CALENDAR.is_workday(last)
        assert not any(
            CALENDAR.is_workday(day)
            for day in between[between.index(counted[days - 1]) : -1]
            if day not in standing
        )
    else:
        assert len(counted) == days
        assert counted[-1] == last


@given(end=instants, days=numbers, unit=units, stops=spans())
def test_forwards_and_backwards_agree(end: datetime, days: int, unit: Unit, stops: tuple[Span, ...]) -> None:
    too_late = CIVIL.before(end, days, unit, stops)
    assert CIVIL.reached(too_late - timedelta(seconds=1), days, unit, False, stops) <= end
    assert CIVIL.reached(too_late, days, unit, False, stops) > end
    begin = SHORT.before(end, days, unit, stops)
    assert SHORT.reached(begin, days, unit, False, stops) <= end


@given(start=instants, days=numbers, unit=units, later=st.integers(0, 10_000), stops=spans())
def test_more_days_a_later_start_or_a_suspension_never_make_it_earlier(
    start: datetime, days: int, unit: Unit, later: int, stops: tuple[Span, ...]
) -> None:
    counting: Counting
    for counting in (CIVIL, SHORT):
        end = counting.ends(start, days, unit, True, ())
        assert counting.ends(start, days + 1, unit, True, ()) >= end
        assert counting.ends(start + timedelta(minutes=later), days, unit, True, ()) >= end
        assert counting.ends(start, days, unit, True, stops) >= end
        assert counting.reached(start, days, unit, True, stops) > start


@given(start=instants, days=numbers, stops=spans())
def test_the_short_clock_adds_exactly_the_time_it_stood(
    start: datetime, days: int, stops: tuple[Span, ...]
) -> None:
    end = SHORT.ends(start, days, "calendar", False, stops)
    minutes = int((end - start) / timedelta(minutes=1))
    ran = sum(
        1 for n in range(minutes) if not any(s.begin <= start + timedelta(minutes=n) < s.end for s in stops)
    )
    assert ran == days


@given(fen=st.integers(0, MAX_FEN))
def test_amounts_survive_being_written(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen


@given(fen=st.integers(0, MAX_FEN), other=st.integers(0, MAX_FEN))
def test_capital_numerals_say_the_amount(fen: int, other: int) -> None:
    assert read_capital(capital(fen)) == fen
    assert (capital(fen) == capital(other)) == (fen == other)


def read_capital(text: str) -> int:
    """A reader of its own: units as multipliers of what stands before them."""
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    high = 0
    body = text.removeprefix("人民币").removesuffix("整")
    for sign in body:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in units:
            group, digit = group + digit * units[sign], 0
        elif sign == "万":
            high, group, digit = high + (group + digit) * 10_000, 0, 0
        elif sign == "亿":
            total, high, group, digit = (high + group + digit) * 10**8, 0, 0, 0
        elif sign == "元":
            total, high, group, digit = (total + high + group + digit) * 100, 0, 0, 0
        elif sign == "角":
            total, digit = total + digit * 10, 0
        elif sign == "分":
            total, digit = total + digit, 0
    return total
