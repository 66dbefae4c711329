"""Until when an objection may be raised (条22, 条54).

In government procurement it is a challenge, with a clock of its own: 采52, rule `challenge`, Statute.require_within.
"""

from datetime import datetime

from bidding.errors import TooEarlyError
from statutes.counting import local
from statutes.errors import OutOfTimeError, Violation
from statutes.instants import said_instant, said_start
from statutes.statute import Limit, Statute, violation_of_end


def objections_until(statute: Statute, deadline: datetime) -> Limit:
    """The first instant at which it is too late to object to the documents."""
    return statute.latest("objection-to-documents", deadline)


def require_objection_to_documents(statute: Statute, deadline: datetime, at: datetime) -> None:
    """OutOfTimeError from 10 days before the deadline on. The tenderee may allow longer; this is the right."""
    statute.require_before("objection-to-documents", at, deadline)


def require_objection_to_candidates(statute: Statute, begin: datetime, end: datetime, at: datetime) -> None:
    """Only while the candidates are published, from `begin` until before `end`: TooEarlyError, OutOfTimeError."""
    rule = statute.rule("candidates-objection")
    if local(at) < begin:
        raise TooEarlyError(
            Violation(
                *(rule.id, rule.articles, "objection", rule.law, said_instant(at), said_start(begin)),
                earliest=begin,
            )
        )
    if local(at) >= end:
        raise OutOfTimeError(violation_of_end(Limit(rule, end), "objection", at))
