"""Populations out of the platform's own records: what happened in one quarter, committed once it is over.

A quarter is one of China's time: 2026Q1 is from 1 January 2026, 0:00, to the last instant before 1 April. Of a kind and
a quarter there is one population: who asks again gets the first, so nobody commits until the sample pleases.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from oversight import snapshots
from oversight.draw_tables import SnapshotRow
from oversight.errors import MalformedDrawError, PoolError, TooEarlyError
from oversight.ports import RecordsPort
from oversight.snapshots import INSPECTORS, Subject
from statutes.counting import CHINA
from statutes.said import Said

KINDS = ("draws", "lots", "guarantees", "evaluations")
_QUARTER = re.compile(r"(20[0-9]{2})-?Q([1-4])")
_LOCKS = 0x53514B


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a year: `number` from 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """From 2026Q1. MalformedDrawError for anything else."""
        found = _QUARTER.fullmatch(text.upper())
        if found is None:
            raise MalformedDrawError(Said("季度的写法如 2026Q1。", "a quarter is written like 2026Q1"))
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, at: datetime) -> "Quarter":
        """The one in which an instant lies."""
        day = at.astimezone(CHINA)
        return cls(day.year, (day.month + 2) // 3)

    @property
    def begin(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=CHINA)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        following = Quarter(self.year + self.number // 4, self.number % 4 + 1)
        return following.begin

    @property
    def before(self) -> "Quarter":
        return Quarter(self.year - (self.number == 1), (self.number + 2) % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def subject(kind: str, quarter: Quarter) -> str:
    """What the ledger calls the population, and its sample."""
    return f"{kind} of {quarter}"


def commit(
    session: Session, records: RecordsPort, kind: str, quarter: Quarter, *, now: datetime, random: RandomBytes
) -> SnapshotRow:
    """The population of a quarter, committed in the caller's transaction; the first one if asked again.

    TooEarlyError before the quarter is over; PoolError if nothing happened in it; MalformedDrawError for another kind.
    """
    if kind not in KINDS:
        raise MalformedDrawError(
            Said(f"总体须为 {'、'.join(KINDS)} 之一。", f"a population is one of {', '.join(KINDS)}")
        )
    if now < quarter.end:
        raise TooEarlyError(
            Said(
                f"{quarter} 季度尚未结束，总体还不完整：请自 {quarter.end:%Y-%m-%d} 起申请。",
                f"{quarter} is not over, and its {kind} are not all there: ask from {quarter.end:%Y-%m-%d} on",
            )
        )
    name = subject(kind, quarter)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, _LOCKS))))
    found = session.scalars(
        select(SnapshotRow).where(SnapshotRow.kind == kind, SnapshotRow.subject == name)
    ).one_or_none()
    if found is not None:
        return found
    objects = records.objects(session, kind, quarter.begin, quarter.end)
    if not objects:
        raise PoolError(
            Said(f"{quarter} 季度没有可供抽查的对象。", f"there are no {kind} of {quarter} to be sampled")
        )
    return snapshots.commit(session, kind, name, objects, now=now, random=random)


def commit_inspectors(
    session: Session, records: RecordsPort, *, now: datetime, random: RandomBytes
) -> SnapshotRow:
    """Those who may inspect, as they are now, for "double random". PoolError if there is nobody."""
    found: Sequence[Subject] = records.inspectors(session)
    if not found:
        raise PoolError(
            Said(
                "平台上没有行政监督部门的人员，无法抽取检查人员。",
                "nobody on this platform acts for a supervising authority, so nobody can inspect",
            )
        )
    return snapshots.commit(
        session, INSPECTORS, f"inspectors {now:%Y-%m-%dT%H:%M:%SZ}", found, now=now, random=random
    )
