"""By which days a period was counted, as a hash: two who have the same hash counted by the same calendar.

A period that is on record says when it began and when it was due. Whoever counts it again later may have another
calendar, because a notice was added or corrected since; the hash tells that apart from a wrong count.

    short days   SHA-256 of "short-days/v1", and the seconds of a day, each with a newline
    civil days   SHA-256 of "civil-days/v1" and a newline, where no rest day matters
                 SHA-256 of "work-calendar/v1", and for each year that the period touches a line of its number, a colon
                 and a digit a day, 1 for a working day
"""

import hashlib
from datetime import date, datetime, timedelta

from statutes.counting import local
from statutes.rule import Rule
from statutes.statute import Statute
from statutes.work_calendar import WorkCalendar

_SECOND = timedelta(seconds=1)


def fingerprint(statute: Statute, rule: Rule, begins: datetime, due: datetime) -> str:
    """64 hexadecimal digits, of the days by which `rule` counts from one instant to the other, in either order.

    UnknownYearError for a year that the calendar does not know, if rest days matter to the rule.
    """
    seconds = statute.profile.seconds_per_day
    if seconds is not None:
        return _hash(["short-days/v1", str(seconds)])
    if rule.unit == "calendar" and rule.rest_day == "stays":
        return _hash(["civil-days/v1"])
    first, last = sorted((local(begins), local(due)))
    years = range(first.year, max(first, last - _SECOND).year + 1)  # an end at midnight is the day before
    return _hash(["work-calendar/v1", *(_year(statute.calendar, year) for year in years)])


def _year(calendar: WorkCalendar, year: int) -> str:
    day, digits = date(year, 1, 1), []
    while day.year == year:
        digits.append("1" if calendar.is_workday(day) else "0")
        day += timedelta(days=1)
    return f"{year}:{''.join(digits)}"


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("ascii")).hexdigest()
