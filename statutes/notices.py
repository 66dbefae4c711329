"""The yearly notices on holidays that this process knows beside the package's years.

    learn(read(...))     once, when a process starts: app.place does, from SUNSEAL_CALENDAR
    known()              what every Statute counts by that is not given a calendar of its own

The calendar is the same for everybody in a deployment, like the profiles that come with the program; so it is not
handed from call to call. Nothing is learnt while periods are counted.
"""

from collections.abc import Iterable
from itertools import pairwise

from statutes.errors import ProfileFileError
from statutes.work_calendar import WorkCalendar, YearNotice

_known: tuple[YearNotice, ...] = ()


def read(texts: Iterable[str]) -> tuple[YearNotice, ...]:
    """Notices from TOML, one a text. ProfileFileError for one that is none, and for two of one year."""
    found = tuple(sorted(map(YearNotice.parse, texts), key=lambda notice: notice.year))
    for before, after in pairwise(found):
        if before.year == after.year:
            raise ProfileFileError(f"there are two notices of holidays for {after.year}")
    return found


def learn(notices: tuple[YearNotice, ...]) -> None:
    """From now on these are known, and no others."""
    global _known  # noqa: PLW0603 - one calendar for the process, as the module says
    _known = notices


def known() -> WorkCalendar:
    """The official calendar with what was learnt."""
    return WorkCalendar(_known)
