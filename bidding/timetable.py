"""The timetable of a tender, checked against the law before it is published and whenever it changes.

Pure. A timetable is a proposal: what it does not name is not checked. Ends are half open: `documents_to` at midnight
means that the documents can be had until 24:00 of the day before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise

from bidding.errors import TimetableError
from statutes.counting import Span, local, midnight
from statutes.errors import Violation
from statutes.events import EVENTS
from statutes.instants import said_end, said_instant, said_start
from statutes.rule import COUNTED, Rule
from statutes.said import Said
from statutes.statute import Limit, Statute


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When what is to happen. Instants with their zone; None is "not planned yet" or "not in this procedure".

    validity_days: how long bids are valid, counted from the deadline (条25).
    Each other field is the event of that name, with hyphens, in statutes/events.py.
    """

    documents_from: datetime
    documents_to: datetime
    deadline: datetime
    opening: datetime
    validity_days: int
    objections_until: datetime | None = None
    amendment: datetime | None = None
    prequalification_from: datetime | None = None
    prequalification_to: datetime | None = None
    prequalification_amendment: datetime | None = None
    prequalification_objections_until: datetime | None = None
    prequalification_deadline: datetime | None = None
    bond_end: datetime | None = None
    report: datetime | None = None
    candidates_from: datetime | None = None
    candidates_to: datetime | None = None
    winner_fixed: datetime | None = None
    award: datetime | None = None
    contract: datetime | None = None

    def instants(self, statute: Statute) -> dict[str, datetime]:
        """Event id to instant, for what is planned, and the end of the bids' validity, which follows from it.

        NaiveTimeError if one has no time zone.
        """
        found = {
            one.name.replace("_", "-"): local(at)
            for one in fields(self)
            if isinstance(at := getattr(self, one.name), datetime)
        }
        if self.validity_days >= 1:
            found["validity-end"] = validity_end(statute, self).at
        return found


ORDER = (
    *("prequalification-from", "prequalification-to", "prequalification-deadline", "documents-from"),
    *("documents-to", "deadline", "opening", "report", "candidates-from", "candidates-to", "winner-fixed"),
    *("award", "contract"),
)
"""Each comes no earlier than those before it."""


def validity_end(statute: Statute, timetable: Timetable) -> Limit:
    """The first instant at which the bids bind no longer."""
    return statute.due("bid-validity", timetable.deadline, days=timetable.validity_days)


def check(statute: Statute, timetable: Timetable, stops: Iterable[Span] = ()) -> None:
    """Raises TimetableError with every violation, or UnknownYearError if the calendar does not reach as far.

    `stops` are the suspensions so far; they count where the rule says that they stop its clock.
    """
    if found := violations(statute, timetable, tuple(stops)):
        raise TimetableError(*found)


def violations(statute: Statute, timetable: Timetable, stops: tuple[Span, ...] = ()) -> list[Violation]:
    """Every rule that the timetable breaks, in the order of the profile; the order of events comes last."""
    at = timetable.instants(statute)
    found = [broken for rule in statute.profile.rules for broken in _broken(statute, rule, at, stops)]
    if timetable.validity_days < 1:
        rule = statute.rule("bid-validity")
        days = timetable.validity_days
        is_ = Said(f"{days}日", f"{days} days")
        found.append(
            Violation(
                rule.id, rule.articles, "validity-end", rule.law, is_, Said("至少1日", "at least one day")
            )
        )
    return found + list(_out_of_order(statute, at))


def _broken(
    statute: Statute, rule: Rule, at: dict[str, datetime], stops: tuple[Span, ...]
) -> Iterator[Violation]:
    """What of the timetable breaks this rule. Nothing if it does not bind two planned events."""
    if rule.bound is None or rule.start is None or rule.end is None:
        return
    if rule.start not in at or rule.end not in at or (rule.bound in COUNTED and rule.days is None):
        return
    start, end = at[rule.start], at[rule.end]
    standing = stops if "suspension" in rule.stops_for else ()
    match rule.bound:
        case "at-least":
            earliest = statute.earliest(rule.id, start, standing).at
            if end < earliest:
                yield _too_early(rule, rule.end, end, earliest)
        case "within":
            due = statute.due(rule.id, start, standing).at
            if end >= due:
                yield _too_late(rule, rule.end, end, due)
        case "before":
            latest = statute.latest(rule.id, end, standing).at
            if start >= latest:
                yield _too_late(rule, rule.start, start, latest)
        case "open-until":
            latest = statute.latest(rule.id, end, standing).at
            if start < latest:
                yield _too_early(rule, rule.start, start, latest)
        case "same":
            if end != start:
                same = said_instant(start)
                allowed = Said(f"与{EVENTS[rule.start].zh}同时，即{same.zh}", f"at the same time, {same.en}")
                yield Violation(
                    rule.id, rule.articles, rule.end, rule.law, said_instant(end), allowed, earliest=start
                )
        case "not-before":
            if end < start:
                yield _too_early(rule, rule.end, end, start)


def _out_of_order(statute: Statute, at: dict[str, datetime]) -> Iterator[Violation]:
    """Neighbours among the planned events that stand the wrong way round."""
    rule = statute.rule("order-of-events")
    planned = [event for event in ORDER if event in at]
    for former, latter in pairwise(planned):
        if at[latter] < at[former]:
            yield _too_early(rule, latter, at[latter], at[former])


def _too_early(rule: Rule, subject: str, at: datetime, earliest: datetime) -> Violation:
    return Violation(
        *(rule.id, rule.articles, subject, rule.law, _named(subject, at), said_start(earliest)),
        earliest=earliest,
    )


def _too_late(rule: Rule, subject: str, at: datetime, too_late: datetime) -> Violation:
    return Violation(
        *(rule.id, rule.articles, subject, rule.law, _named(subject, at), said_end(too_late)),
        too_late=too_late,
    )


def _named(subject: str, at: datetime) -> Said:
    """The event and its instant. An end at midnight is said as 24:00 of the day before, which is how it is meant."""
    event, said = EVENTS[subject], said_instant(at)
    if subject.endswith(("-to", "-until", "-end")) and at == midnight(local(at).date()):
        before = said_end(at)
        said = Said(before.zh.removesuffix("之前"), before.en.removeprefix("before "))
    return Said(f"{event.zh}：{said.zh}", f"{event.en} at {said.en}")
