"""The law of a lot, as the notice of its tender names it: what clocks are counted by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bidding.timetable import Timetable
from statutes.statute import Statute


@dataclass(frozen=True, slots=True)
class Law:
    """The rules of a lot, and the timetable of its notice."""

    statute: Statute
    timetable: Timetable


Laws = Mapping[str, Law]
"""By lot; a lot whose notice is not there, or names no law, has none."""


def instant(seconds: int) -> datetime:
    """What an entry has as POSIX seconds."""
    return datetime.fromtimestamp(seconds, UTC)
