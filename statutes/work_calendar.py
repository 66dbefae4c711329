"""Which days are working days: weekends, holidays and make-up days by the State Council's yearly notices.

The years come from the package chinesecalendar. A notice that it does not have yet is added as a `YearNotice`, typed in
from the notice itself. A year that neither knows is an error: the coming year's days are fixed only in November.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
import msgspec

from statutes.errors import ProfileFileError, UnknownYearError

_SATURDAY = 5


class YearNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice on the holidays of `year`.

    notice: its number and day, for the record: 国办发明电〔2024〕12号.
    rest:   days off, at least those that are no weekend.
    work:   Saturdays and Sundays that are worked.

    A notice may name days of the neighbouring years; these are then as it says.
    """

    year: int
    notice: str
    rest: tuple[date, ...]
    work: tuple[date, ...]

    @classmethod
    def parse(cls, text: str) -> "YearNotice":
        """From TOML with these four fields. ProfileFileError."""
        try:
            notice = msgspec.convert(tomllib.loads(text), cls)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise ProfileFileError(f"not a notice of holidays: {error}") from error
        if not notice.rest or set(notice.rest) & set(notice.work):
            raise ProfileFileError(f"the notice for {notice.year} names no day off, or one day as both")
        if any(day.weekday() < _SATURDAY for day in notice.work):
            raise ProfileFileError(f"the notice for {notice.year} has a make-up day that is no weekend")
        if any(abs(day.year - notice.year) > 1 for day in (*notice.rest, *notice.work)):
            raise ProfileFileError(f"the notice for {notice.year} names a day of another year")
        return notice


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The official calendar: the package's years, and what `notices` add to or change in them."""

    notices: tuple[YearNotice, ...] = ()

    def is_workday(self, day: date) -> bool:
        """UnknownYearError for a day of a year that is not known."""
        for notice in self.notices:
            if day in notice.work:
                return True
            if day in notice.rest:
                return False
        if any(notice.year == day.year for notice in self.notices):
            return day.weekday() < _SATURDAY
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as error:
            raise UnknownYearError(day.year) from error

    def next_workday(self, day: date) -> date:
        """`day` itself if it is one, else the first after it."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day
