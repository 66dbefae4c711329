"""What may change after publication: amendments, postponement, and the deadline after a suspension.

Pure. Every function returns the timetable as it then is, or raises; the caller publishes it as an entry. What was
planned for after the opening is dropped when the deadline moves, because it was counted from the old one: it is planned
anew.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bidding.errors import DeadlineError, NoReasonError
from bidding.timetable import Timetable
from statutes.counting import Span, local
from statutes.errors import Violation
from statutes.instants import said_end, said_instant, said_start
from statutes.said import Said
from statutes.statute import Limit, Statute


def earliest_deadline(
    statute: Statute,
    documents_from: datetime,
    amendments: Iterable[datetime] = (),
    stops: Iterable[Span] = (),
) -> Limit:
    """The earliest deadline that the law allows, with the rule that gave it.

    1. 20 days after the documents were first on offer (法24).
    2. 15 days after each amendment that may affect bids (法23, 条21).
    3. Days of a suspension do not count in either; a span before the event it is counted from does not matter.
    """
    spans = tuple(stops)
    limits = [statute.earliest("deadline-after-issue", documents_from, spans)]
    limits += [statute.earliest("amendment-before-deadline", at, spans) for at in amendments]
    return max(limits, key=lambda limit: limit.at)


def amend(
    statute: Statute,
    timetable: Timetable,
    at: datetime,
    *,
    may_affect_bids: bool,
    new_deadline: datetime | None = None,
    stops: Iterable[Span] = (),
) -> Timetable:
    """A clarification or amendment published at `at`. Whether it may affect bids, the tenderee judges on record.

    DeadlineError if the deadline has come, if `new_deadline` is not later than the old, or if what may affect bids
    comes too close to the deadline: the violation's `earliest` is then the earliest new deadline.
    """
    _not_past(statute, "amendment-before-deadline", at, timetable.deadline)
    deadline = timetable.deadline if new_deadline is None else new_deadline
    if new_deadline is not None:
        _only_later(statute, timetable.deadline, new_deadline)
    if may_affect_bids:
        limit = statute.earliest("amendment-before-deadline", at, stops)
        if deadline < limit.at:
            raise DeadlineError(_too_close(limit, deadline))
    return _moved(timetable, deadline)


def postpone(
    statute: Statute, timetable: Timetable, now: datetime, new_deadline: datetime, reason: str
) -> Timetable:
    """Moves the deadline to a later time. DeadlineError, or NoReasonError without a reason."""
    if not reason.strip():
        raise NoReasonError(no_reason(statute, "deadline-only-later"))
    _not_past(statute, "deadline-only-later", now, timetable.deadline)
    _only_later(statute, timetable.deadline, new_deadline)
    return _moved(timetable, new_deadline)


def resume(
    statute: Statute,
    timetable: Timetable,
    now: datetime,
    stops: Iterable[Span],
    amendments: Iterable[datetime] = (),
    new_deadline: datetime | None = None,
) -> Timetable:
    """The timetable with which bidding goes on after a suspension.

    Unlike a postponement, this is possible after the old deadline has come: a tender that stands still does not close.
    DeadlineError if the deadline that holds is not after `now`, or earlier than `earliest_deadline` allows.
    """
    deadline = timetable.deadline if new_deadline is None else new_deadline
    if new_deadline is not None:
        _only_later(statute, timetable.deadline, new_deadline)
    _not_past(statute, "deadline-only-later", now, deadline)
    limit = earliest_deadline(statute, timetable.documents_from, amendments, stops)
    if deadline < limit.at:
        raise DeadlineError(_too_close(limit, deadline))
    return _moved(timetable, deadline)


def no_reason(statute: Statute, rule_id: str) -> Violation:
    """An act under this rule that does not say why."""
    rule = statute.rule(rule_id)
    allowed = Said("写明理由", "a reason in words")
    return Violation(rule.id, rule.articles, "reason", rule.law, Said("未写明理由", "no reason"), allowed)


def _moved(timetable: Timetable, deadline: datetime) -> Timetable:
    if deadline == timetable.deadline:
        return timetable
    return replace(
        timetable,
        deadline=deadline,
        opening=deadline,  # 法34
        objections_until=None,
        bond_end=None,
        report=None,
        candidates_from=None,
        candidates_to=None,
        winner_fixed=None,
        award=None,
        contract=None,
    )


def _not_past(statute: Statute, rule_id: str, now: datetime, deadline: datetime) -> None:
    if local(now) >= deadline:
        rule = statute.rule(rule_id)
        raise DeadlineError(
            Violation(
                *(rule.id, rule.articles, "deadline", rule.law, said_instant(now), said_end(deadline)),
                too_late=deadline,
            )
        )


def _only_later(statute: Statute, old: datetime, new: datetime) -> None:
    if local(new) <= old:
        rule = statute.rule("deadline-only-later")
        said = said_instant(old)
        allowed = Said(f"晚于{said.zh}", f"later than {said.en}")
        raise DeadlineError(
            Violation(rule.id, rule.articles, "deadline", rule.law, said_instant(new), allowed, earliest=old)
        )


def _too_close(limit: Limit, deadline: datetime) -> Violation:
    rule = limit.rule
    return Violation(
        *(rule.id, rule.articles, "deadline", rule.law, said_instant(deadline), said_start(limit.at)),
        earliest=limit.at,
    )
