"""Instants as sentences, in Beijing time. An end that falls on midnight is said as 24:00 of the day before."""

from datetime import datetime, time, timedelta

from statutes.counting import local
from statutes.said import Said

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def said_instant(at: datetime) -> Said:
    """2026年3月4日9:30 · 09:30 on 4 March 2026. Seconds only where there are any."""
    day = local(at)
    clock = f"{day:%H:%M:%S}" if day.second else f"{day:%H:%M}"
    return _said(day, clock)


def said_start(at: datetime) -> Said:
    """Not before `at`."""
    said = said_instant(at)
    return Said(f"不早于{said.zh}", f"not before {said.en}")


def said_end(at: datetime) -> Said:
    """Before `at`, the first instant that is too late."""
    if local(at).timetz() == time(tzinfo=local(at).tzinfo):
        said = _said(local(at) - timedelta(days=1), "24:00")
    else:
        said = said_instant(at)
    return Said(f"{said.zh}之前", f"before {said.en}")


def _said(day: datetime, clock: str) -> Said:
    return Said(
        f"{day.year}年{day.month}月{day.day}日{clock}",
        f"{clock} on {day.day} {MONTHS[day.month - 1]} {day.year}",
    )
