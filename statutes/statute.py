"""A profile that can be asked: until when, from when, at the latest when. Each answer names the rule that gave it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from statutes import notices
from statutes.counting import CivilDays, Counting, ShortDays, Span, local
from statutes.errors import OutOfTimeError, StatuteError, Violation
from statutes.instants import said_end, said_instant
from statutes.rule import COUNTED, Profile, Rule
from statutes.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Limit:
    """An instant and the rule that it follows from. Whether `at` is allowed itself, the question says."""

    rule: Rule
    at: datetime


@dataclass(frozen=True, slots=True)
class Statute:
    """A profile together with the calendar its days are counted by: by default, the one that the process knows."""

    profile: Profile
    calendar: WorkCalendar = field(default_factory=notices.known)

    @property
    def counting(self) -> Counting:
        if self.profile.seconds_per_day is None:
            return CivilDays(self.calendar)
        return ShortDays(timedelta(seconds=self.profile.seconds_per_day))

    def rule(self, rule_id: str) -> Rule:
        """UnknownRuleError if the profile has none of that id."""
        return self.profile.rule(rule_id)

    def due(
        self, rule_id: str, start: datetime, stops: Iterable[Span] = (), days: int | None = None
    ) -> Limit:
        """Until when what the rule asks must be done, or its right used: the first instant that is too late.

        `stops` are the spans in which the clock stood, of the kinds that the rule names; `days` is given where the
        documents fix the number. A duty that is done late stays a duty: nothing here forbids to do it.
        """
        rule = self.rule(rule_id)
        return Limit(rule, self.counting.ends(start, _days(rule, days), rule.unit, _rolls(rule), stops))

    def earliest(self, rule_id: str, start: datetime, stops: Iterable[Span] = ()) -> Limit:
        """The first instant that is allowed for the event that must keep a distance from `start`."""
        rule = self.rule(rule_id)
        count = self.counting.ends if rule.last_day == "over" else self.counting.reached
        return Limit(rule, count(start, _days(rule, None), rule.unit, _rolls(rule), stops))

    def latest(self, rule_id: str, end: datetime, stops: Iterable[Span] = ()) -> Limit:
        """Until when the event that must keep a distance before `end` may be: the first instant too late."""
        rule = self.rule(rule_id)
        return Limit(rule, self.counting.before(end, _days(rule, None), rule.unit, stops))

    def require_within(self, rule_id: str, start: datetime, at: datetime, stops: Iterable[Span] = ()) -> None:
        """For a right that expires (a complaint, 10 days after knowing): OutOfTimeError if `at` is too late."""
        _require(self.due(rule_id, start, stops), at)

    def require_before(self, rule_id: str, at: datetime, end: datetime, stops: Iterable[Span] = ()) -> None:
        """For a right that ends before an event (an objection, 10 days before the deadline): OutOfTimeError."""
        _require(self.latest(rule_id, end, stops), at)


def violation_of_end(limit: Limit, subject: str, at: datetime) -> Violation:
    """`at` is not before the limit."""
    rule = limit.rule
    return Violation(
        rule.id, rule.articles, subject, rule.law, said_instant(at), said_end(limit.at), too_late=limit.at
    )


def _require(limit: Limit, at: datetime) -> None:
    if local(at) >= limit.at:
        rule = limit.rule
        subject = rule.end if rule.bound == "within" else rule.start
        raise OutOfTimeError(violation_of_end(limit, subject or rule.id, at))


def _rolls(rule: Rule) -> bool:
    return rule.rest_day == "next-working-day"


def _days(rule: Rule, days: int | None) -> int:
    """The rule's own number, or the one that the documents give where it has none."""
    if rule.bound not in COUNTED or (rule.days is None) == (days is None):
        raise StatuteError(f"rule {rule.id!r} does not count days, or not these")
    counted = rule.days if days is None else days
    if counted is None or counted < 1:
        raise StatuteError(f"rule {rule.id!r} counts from one day on, not {counted}")
    return counted
