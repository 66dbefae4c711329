"""Clocks over the days that they run, as a picture: rest days shaded, time that does not count apart, a line for now.

The picture repeats what the table beside it says. It shows at most WINDOW days: what began before is cut off at the
left, what is due later at the right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from statutes import notices
from statutes.counting import local, midnight
from statutes.errors import UnknownYearError

WIDTH, LABELS, RIGHT, ROW, TOP = 960, 230, 130, 26, 30
BEFORE, WINDOW = 30, 90
MOST = 30
_DAY = timedelta(days=1)
_Place = Callable[[datetime], float]
"""The position of an instant."""


@dataclass(frozen=True, slots=True)
class Period:
    """What one row shows. `begin` is None where only the end is known; `done_at` of a clock that stands for good."""

    label: str
    begin: datetime | None
    due: datetime
    status: str
    stops: tuple[tuple[datetime, datetime], ...] = ()
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Positions in units of the picture. `late`: to where it ran after its end."""

    label: str
    status: str
    at: datetime
    begin: float
    end: float
    late: float | None
    stops: tuple[tuple[float, float], ...]
    y: float
    text_x: float


@dataclass(frozen=True, slots=True)
class Picture:
    rows: tuple[Row, ...]
    rest: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, datetime], ...]
    now: float
    height: int
    hidden: int
    width: int = WIDTH


def picture_of(periods: Sequence[Period], now: datetime) -> Picture | None:
    """Rows in the order given; None for none."""
    shown = periods[:MOST]
    if not shown:
        return None
    instants = [now, *(one.due for one in shown), *(one.begin for one in shown if one.begin is not None)]
    instants += [one.done_at for one in shown if one.done_at is not None]
    latest = max(instants)
    first = max(min(instants), min(now, latest) - BEFORE * _DAY) if latest >= now else min(instants)
    first = midnight(local(first).date())
    last = midnight(local(min(latest, first + WINDOW * _DAY)).date()) + _DAY
    scale = (WIDTH - LABELS - RIGHT) / (last - first).total_seconds()

    def x(at: datetime) -> float:
        inside = min(max(at, first), last)
        return round(LABELS + (inside - first).total_seconds() * scale, 1)

    rows = []
    for number, one in enumerate(shown):
        begin, due = x(one.begin or one.due), x(one.due)
        ended = one.done_at or now
        late = x(ended) if ended > one.due else None
        stops = tuple((x(start), x(end)) for start, end in one.stops if x(end) > x(start))
        y = TOP + ROW * number + ROW / 2
        rows.append(
            Row(
                one.label,
                one.status,
                one.due,
                begin,
                max(due, begin + 2),
                late,
                stops,
                y,
                max(due, late or 0) + 8,
            )
        )
    return Picture(
        *(tuple(rows), tuple(_rest(first, last, x)), tuple(_ticks(first, last, x)), x(now)),
        height=TOP + ROW * len(rows) + 8,
        hidden=len(periods) - len(shown),
    )


def _rest(first: datetime, last: datetime, x: _Place) -> list[tuple[float, float]]:
    """From where to where days are no working days. Of a year that is not known nothing is shaded."""
    calendar, found, day = notices.known(), [], first
    while day < last:
        try:
            works = calendar.is_workday(local(day).date())
        except UnknownYearError:
            works = True
        if not works:
            found.append((x(day), x(day + _DAY)))
        day += _DAY
    return found


def _ticks(first: datetime, last: datetime, x: _Place) -> list[tuple[float, datetime]]:
    step = max(1, (last - first).days // 7)
    return [
        (x(first + _DAY * number), first + _DAY * number) for number in range(0, (last - first).days, step)
    ]
