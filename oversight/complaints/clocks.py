"""A period of a case: counted by the law, warned of before its end, escalated after it. Pure.

A clock is counted anew whenever something happens that the law counts: nothing else moves it. What does not count has
an end that is fixed when it begins (`Stopped.end`), so a test that never ends cannot hold a decision for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ledger.entries import CaseClock, Standstill
from statutes.counting import Span
from statutes.errors import StatuteError
from statutes.fingerprint import fingerprint
from statutes.statute import Statute

LONG_DAYS = 10
"""A period of more days is nearly over earlier."""
NEAR, NEAR_LONG, LAST = 2, 6, 1
"""Nearly overdue: on the last two days, of a long period on the last six. LAST is its last day."""
ESCALATED_EVERY = 3
"""Calendar days after the end, and again and again."""
SECOND = timedelta(seconds=1)


class Status(StrEnum):
    """How a clock stands at an instant."""

    RUNNING = "running"
    NEAR = "near"
    OVERDUE = "overdue"
    KEPT = "kept"
    MISSED = "missed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A time that does not count, in whole seconds."""

    kind: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """A period as it was counted. `due` is the first instant that is too late."""

    rule: str
    begins: datetime
    due: datetime
    stops: tuple[Stopped, ...]
    calendar: str

    def entry(self, statute: Statute, law_of: str) -> CaseClock:
        """As the ledger has it; `law_of` is the day that chose the profile's version."""
        stops = tuple(Standstill(one.kind, seconds(one.begin), seconds(one.end)) for one in self.stops)
        where = (self.rule, statute.profile.id, law_of)
        return CaseClock(*where, seconds(self.begins), seconds(self.due), stops, self.calendar)


def whole(at: datetime) -> datetime:
    """The second in which an instant lies."""
    return at.astimezone(UTC).replace(microsecond=0)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def run(statute: Statute, rule_id: str, begins: datetime, stops: Iterable[Stopped] = ()) -> Clock:
    """The period that `rule_id` counts from `begins`. UnknownYearError where the calendar ends before it does.

    StatuteError for a stop of a kind that the rule does not name: it does not stop this clock.
    """
    spans = tuple(stops)
    rule = statute.rule(rule_id)
    if foreign := {one.kind for one in spans} - set(rule.stops_for):
        raise StatuteError(f"the clock of {rule_id!r} does not stand for {min(foreign)!r}")
    due = statute.due(rule_id, begins, [Span(one.begin, one.end) for one in spans]).at
    return Clock(rule_id, begins, whole(due), spans, fingerprint(statute, rule, begins, due))


def until(statute: Statute, rule_id: str, event: datetime) -> Clock:
    """A right that ends `days` before an event, such as an objection before the deadline."""
    rule = statute.rule(rule_id)
    due = statute.latest(rule_id, event).at
    return Clock(rule_id, event, whole(due), (), fingerprint(statute, rule, due, event))


def until_event(statute: Statute, rule_id: str, event: datetime) -> Clock:
    """A right that ends with an event, such as an objection while the candidates are published."""
    rule = statute.rule(rule_id)
    return Clock(rule_id, event, whole(event), (), fingerprint(statute, rule, event, event))


def near_from(statute: Statute, clock: Clock) -> datetime:
    """From when on the clock is nearly overdue; not before it began."""
    days = statute.rule(clock.rule).days or 0
    return _days_before(statute, clock, NEAR_LONG if days > LONG_DAYS else NEAR)


def status(statute: Statute, clock: Clock, done_at: datetime | None, *, done: bool, now: datetime) -> Status:
    """How a clock stands. `done`: what it was for was done at `done_at`; else it only fell away then."""
    if done_at is not None:
        if not done and done_at < clock.due:
            return Status.ENDED
        return Status.KEPT if done_at < clock.due else Status.MISSED
    if now >= clock.due:
        return Status.OVERDUE
    return Status.NEAR if now >= near_from(statute, clock) else Status.RUNNING


@dataclass(frozen=True, slots=True)
class Rung:
    """When somebody is told of a clock, and by which word: near, last-day, overdue, overdue-1, overdue-2, ..."""

    at: datetime
    level: str

    @property
    def is_overdue(self) -> bool:
        return self.level.startswith("overdue")


def rung_at(statute: Statute, clock: Clock, now: datetime) -> Rung | None:
    """The last rung that has been reached; None if nobody is to be told yet."""
    reached = [one for one in _before(statute, clock) if one.at <= now]
    if now < clock.due:
        return reached[-1] if reached else None
    rung, number = Rung(clock.due, "overdue"), 1
    while (following := _after(statute, clock, number)).at <= now:
        rung, number = following, number + 1
    return rung


def next_rung(statute: Statute, clock: Clock, now: datetime) -> datetime:
    """When the next one is told. There always is a next one, as long as the clock is open."""
    for one in _before(statute, clock):
        if one.at > now:
            return one.at
    if clock.due > now:
        return clock.due
    number = 1
    while (following := _after(statute, clock, number)).at <= now:
        number += 1
    return following.at


def _before(statute: Statute, clock: Clock) -> list[Rung]:
    rungs = [
        Rung(near_from(statute, clock), "near"),
        Rung(_days_before(statute, clock, LAST), "last-day"),
    ]
    return [one for one in rungs if clock.begins < one.at < clock.due]


def _after(statute: Statute, clock: Clock, number: int) -> Rung:
    # Calendar days: an escalation must not wait for a calendar that is not known yet
    ends = statute.counting.ends(clock.due - SECOND, ESCALATED_EVERY * number, "calendar", False, ())
    return Rung(whole(ends), f"overdue-{number}")


def _days_before(statute: Statute, clock: Clock, days: int) -> datetime:
    """The beginning of the last days of a period, in the unit of its rule."""
    unit = statute.rule(clock.rule).unit
    stops = [Span(one.begin, one.end) for one in clock.stops]
    last = clock.due - SECOND if statute.profile.seconds_per_day is None else clock.due
    return max(clock.begins, whole(statute.counting.before(last, days, unit, stops)))
