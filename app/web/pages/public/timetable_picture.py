"""A lot's timetable as a picture: bars for periods, points for instants, a line for now. A template draws it.

The picture repeats what the table beside it says, and is hidden from who cannot see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bidding.tenders.reading import Dated
from statutes.counting import local, midnight
from statutes.said import Said

WIDTH, LABELS, RIGHT, ROW, TOP = 960, 220, 130, 26, 30
_PERIODS = {
    "prequalification-to": ("prequalification-from", Said("资格预审文件发售", "prequalification documents")),
    "documents-to": ("documents-from", Said("招标文件发出", "documents on offer")),
    "objections-until": ("documents-from", Said("可对招标文件提出异议", "objections to the documents")),
    "deadline": ("documents-from", Said("接收投标", "bids may come in")),
    "candidates-to": ("candidates-from", Said("中标候选人公示", "candidates published")),
    "validity-end": ("deadline", Said("投标有效期", "bids are valid")),
    "bond-end": ("deadline", Said("投标保证金有效期", "bond is valid")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """`begin` is None for an instant. Positions in units of the picture."""

    event: str
    said: Said
    at: datetime
    begin: float | None
    end: float
    y: float
    text_at_end: bool


@dataclass(frozen=True, slots=True)
class Picture:
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, datetime], ...]
    now: float | None
    height: int
    width: int = WIDTH


def picture_of(dated: Sequence[Dated], now: datetime) -> Picture:
    """Rows in the order of their ends. The first event is at the left; the last one leaves room for its date."""
    at = {one.event: one.at for one in dated}
    begins = {start for end, (start, _) in _PERIODS.items() if end in at and start in at} - set(_PERIODS)
    first, last = min(at.values()), max(at.values())
    span = max((last - first).total_seconds(), 1)

    def x(moment: datetime) -> float:
        return round(LABELS + (WIDTH - LABELS - RIGHT) * (moment - first).total_seconds() / span, 1)

    rows: list[Row] = []
    for one in dated:
        if one.event in begins:
            continue
        start, said = _PERIODS.get(one.event, ("", one.said))
        begin = x(at[start]) if start in at else None
        y = TOP + ROW * len(rows) + ROW / 2
        rows.append(Row(one.event, said, one.at, begin, x(one.at), y, text_at_end=True))
    height = TOP + ROW * len(rows) + 8
    return Picture(
        tuple(rows), tuple(_ticks(first, last, x)), x(now) if first <= now <= last else None, height
    )


def _ticks(first: datetime, last: datetime, x: object) -> list[tuple[float, datetime]]:
    """About six lines at midnights, no denser than days."""
    days = max(1, (last - first).days // 6)
    day, found = midnight(local(first).date()) + timedelta(days=1), []
    while day < last:
        found.append((x(day), day))  # type: ignore[operator] # the function above
        day += timedelta(days=days)
    return found[:8]
