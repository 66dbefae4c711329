"""How days are counted.

Civil days (民法典200-204), in China's one time zone:

1. The day of the event is not counted; the next day is the first (民法典201).
2. Working days count only working days; calendar days count all.
3. A day on which the clock stands is not counted. Where a clock stops and goes on, the day of the stop is not part of
   the span and the day on which it ends is, as by 1.
4. Where the rule says so, a last day that is a rest day moves to the next working day (民法典203).
5. The last day ends at 24:00 (民法典203): an electronic platform has no business hours.
6. Backwards, "at least n days before", the day of the later event is the n-th day of 1, so both ways agree.

Limits are half open: `ends` and `before` return the first instant that is too late.

The short clock of a training counts n times its day from the very instant, as hours are counted (民法典201), and knows
no rest days.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, Protocol

from statutes.errors import NaiveTimeError
from statutes.work_calendar import WorkCalendar

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Beijing time. Fixed: China has had no summer time since 1991, and no table of zones need be installed."""

Unit = Literal["calendar", "working"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a clock stood. One that still stands is passed with `now` as its end: what is computed is then
    the earliest it can be, and moves on with each day."""

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        if local(self.end) < local(self.begin):
            raise ValueError("a span ends before it begins")


class Counting(Protocol):
    """Both ways of counting. `days` >= 1."""

    def reached(self, start: datetime, days: int, unit: Unit, rolls: bool, stops: Iterable[Span]) -> datetime:
        """The instant at which the last day begins."""
        ...

    def ends(self, start: datetime, days: int, unit: Unit, rolls: bool, stops: Iterable[Span]) -> datetime:
        """The instant at which the last day is over: the first that is too late."""
        ...

    def before(self, end: datetime, days: int, unit: Unit, stops: Iterable[Span]) -> datetime:
        """The first instant that is less than `days` before `end`."""
        ...


def local(at: datetime) -> datetime:
    """The instant in China's time. NaiveTimeError if it has no zone."""
    if at.utcoffset() is None:
        raise NaiveTimeError("an instant without its time zone lies on no known day")
    return at.astimezone(CHINA)


def midnight(day: date) -> datetime:
    """The instant at which a day begins in China."""
    return datetime.combine(day, time(), CHINA)


@dataclass(frozen=True, slots=True)
class CivilDays:
    """Civil days by an official calendar. UnknownYearError where it is asked for a day it does not know."""

    calendar: WorkCalendar

    def last_day(self, start: datetime, days: int, unit: Unit, rolls: bool, stops: Iterable[Span]) -> date:
        day, standing = local(start).date(), _standing(stops)
        for _ in range(days):
            day += _DAY  # 1.
            while not self._counts(day, unit, standing):
                day += _DAY
        while rolls and (day in standing or not self.calendar.is_workday(day)):  # 4.
            day += _DAY
        return day

    def reached(self, start: datetime, days: int, unit: Unit, rolls: bool, stops: Iterable[Span]) -> datetime:
        return midnight(self.last_day(start, days, unit, rolls, stops))

    def ends(self, start: datetime, days: int, unit: Unit, rolls: bool, stops: Iterable[Span]) -> datetime:
        return midnight(self.last_day(start, days, unit, rolls, stops) + _DAY)  # 5.

    def before(self, end: datetime, days: int, unit: Unit, stops: Iterable[Span]) -> datetime:
        day, standing = local(end).date(), _standing(stops)
        for _ in range(days):
            while not self._counts(day, unit, standing):
                day -= _DAY
            day -= _DAY  # 6.
        return midnight(day + _DAY)

    def _counts(self, day: date, unit: Unit, standing: frozenset[date]) -> bool:
        return day not in standing and (unit == "calendar" or self.calendar.is_workday(day))  # 2. 3.


@dataclass(frozen=True, slots=True)
class ShortDays:
    """The clock of a training: a day of either kind lasts `day`, and no day is a rest day."""

    day: timedelta

    def reached(self, start: datetime, days: int, unit: Unit, rolls: bool, stops: Iterable[Span]) -> datetime:
        return self.ends(start, days, unit, rolls, stops)

    def ends(
        self,
        start: datetime,
        days: int,
        unit: Unit,  # noqa: ARG002
        rolls: bool,  # noqa: ARG002
        stops: Iterable[Span],
    ) -> datetime:
        at, left = local(start), days * self.day
        for span in _merged(stops):
            if span.end <= at:
                continue
            if span.begin >= at + left:
                break
            left -= max(span.begin - at, timedelta())
            at = local(span.end)
        return at + left

    def before(
        self,
        end: datetime,
        days: int,
        unit: Unit,  # noqa: ARG002
        stops: Iterable[Span],
    ) -> datetime:
        at, left = local(end), days * self.day
        for span in reversed(list(_merged(stops))):
            if span.begin >= at:
                continue
            if span.end <= at - left:
                break
            left -= max(at - span.end, timedelta())
            at = local(span.begin)
        return at - left


def _standing(stops: Iterable[Span]) -> frozenset[date]:
    """The days on which a clock stands."""
    days: set[date] = set()
    for span in stops:
        first, last = local(span.begin).date(), local(span.end).date()
        days.update(first + n * _DAY for n in range(1, (last - first).days + 1))  # 3.
    return frozenset(days)


def _merged(stops: Iterable[Span]) -> Iterator[Span]:
    """The same time in spans that are in order and do not touch."""
    current: Span | None = None
    for span in sorted(stops, key=lambda span: span.begin):
        if current is None or span.begin > current.end:
            if current is not None:
                yield current
            current = span
        else:
            current = Span(current.begin, max(current.end, span.end))
    if current is not None:
        yield current
