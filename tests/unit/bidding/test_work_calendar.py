"""The official calendar against the notices of the General Office of the State Council, day by day.

The facts are typed in from 国办发明电〔2023〕7号 (2023-10-25, for 2024), 国办发明电〔2024〕12号 (2024-11-12, for 2025) and the notice
of 2025-11-04 for 2026: the days off that are named, and the weekend days that are worked.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from statutes.counting import CHINA, midnight
from statutes.errors import ProfileFileError, UnknownYearError
from statutes.work_calendar import WorkCalendar, YearNotice

OFF = {
    2024: [("01-01", 1), ("02-10", 8), ("04-04", 3), ("05-01", 5), ("06-10", 1), ("09-15", 3), ("10-01", 7)],
    2025: [("01-01", 1), ("01-28", 8), ("04-04", 3), ("05-01", 5), ("05-31", 3), ("10-01", 8)],
    2026: [
        *(("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3)),
        ("10-01", 7),
    ],
}
WORKED = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


@pytest.mark.parametrize("year", OFF)
def test_every_day_of_the_year_is_as_the_notice_says(year: int) -> None:
    off = {
        date.fromisoformat(f"{year}-{first}") + timedelta(days=n)
        for first, days in OFF[year]
        for n in range(days)
    }
    worked = {date.fromisoformat(f"{year}-{day}") for day in WORKED[year]}
    day = date(year, 1, 1)
    while day.year == year:
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert WorkCalendar().is_workday(day) is expected, day
        day += timedelta(days=1)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2200, 1, 1)])
def test_a_year_that_is_not_known_is_an_error_that_names_it(day: date) -> None:
    with pytest.raises(UnknownYearError, match=f"{day.year}") as error:
        WorkCalendar().is_workday(day)
    assert error.value.year == day.year


NOTICE = """
year = 2199
notice = "an example, no real notice"
rest = [2199-01-01, 2199-01-02]
work = [2199-01-05]
"""


def test_a_notice_adds_the_year_that_is_missing() -> None:
    calendar = WorkCalendar((YearNotice.parse(NOTICE),))
    days = [date(2199, 1, day) for day in range(1, 8)]
    assert [calendar.is_workday(day) for day in days] == [False, False, True, True, True, False, True]
    with pytest.raises(UnknownYearError):
        calendar.is_workday(date(2200, 1, 1))


def test_a_later_notice_changes_days_of_a_year_that_is_known() -> None:
    notice = YearNotice(year=2026, notice="x", rest=(date(2026, 3, 4),), work=())
    assert not WorkCalendar((notice,)).is_workday(date(2026, 3, 4))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rest = [2199-01-01, 2199-01-02]", "rest = []"),
        ("work = [2199-01-05]", "work = [2199-01-02]"),
        ("work = [2199-01-05]", "work = [2199-01-07]"),
        ("work = [2199-01-05]", "work = [2197-01-07]"),
        ("year = 2199", 'year = "2199"'),
        ("year = 2199", "year = 2199\nname = 1"),
        ("year = 2199", "year"),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused(old: str, new: str) -> None:
    with pytest.raises(ProfileFileError):
        YearNotice.parse(NOTICE.replace(old, new))


def test_beijing_time_is_the_zone_database_s_since_the_calendar_begins() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for year in range(2004, 2031):
        for month in range(1, 13):
            assert midnight(date(year, month, 1)) == midnight(date(year, month, 1)).astimezone(zone)
            assert midnight(date(year, month, 1)).astimezone(zone).utcoffset() == CHINA.utcoffset(None)
