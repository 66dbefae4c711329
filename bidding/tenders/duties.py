"""Duties that no step of a tender shows to be done: a person says that it is, and it stands who said so, and when.

Nothing of them goes into the ledger: the law has the report sent to the supervisor (法47) and bonds paid back to
bidders (条31, 条57), and neither made public. Duties that a step does (candidates published, contract signed) are done
by that step.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.errors import WrongStateError
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import statute_of
from bidding.tenders.models import DueRow
from bidding.tenders.standing import locked_lot
from statutes.errors import Violation
from statutes.rule import Rule
from statutes.said import Said

BY_HAND = ("supervisor-report", "cancellation-refund", "bond-refund", "bond-refund-losers", "contract-filed")
"""The rules whose duties are done outside of the platform."""


def fulfil(
    session: Session,
    tender_id: str,
    number: str,
    rule: str,
    membership: UUID,
    *,
    evidence: str = "",
    now: datetime,
) -> DueRow:
    """Notes that a duty was done. `evidence` is the SHA-256 of what shows it, in hexadecimal, or "".

    What was done late stays marked as late. UnknownTenderError if the lot has no such duty; WrongStateError for one
    that a step of the tender does, or that was done before.
    """
    tender, lot = locked_lot(session, tender_id, number, now=now)
    query = select(DueRow).where(DueRow.lot == lot.id, DueRow.kind == rule)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise UnknownTenderError("the lot has no such duty")
    if rule not in BY_HAND or row.done_at is not None:
        raise WrongStateError(_refused(statute_of(tender, now=now).rule(rule), row))
    if now >= row.due_at and row.overdue_at is None:
        row.overdue_at = now
    row.done_at, row.done_by, row.evidence = now, membership, evidence
    session.flush()
    return row


def _refused(rule: Rule, row: DueRow) -> Violation:
    found = Said("已经办理或者已不需要", "it was done before, or has fallen away")
    if row.done_at is None:
        found = Said("该事项随招标流程办理", "a step of the tender does it")
    allowed = Said("尚未办理、由专人办理的事项", "a duty that is open, and that a person does")
    return Violation(rule.id, rule.articles, "duty", rule.law, found, allowed)
