"""The guarantor's answer to a demand, on chain: one service for the desk's pages and for the bank's own systems."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.after import desk as after
from guarantees.after.demand_rules import Answer
from guarantees.chain import index
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.desk import acts, amending
from guarantees.errors import NotFoundError
from guarantees.tables.desk import Application, Issue
from guarantees.tables.succession import Succession


@dataclass(frozen=True, slots=True)
class Demanded:
    """A demand that is open on chain; ids and hashes in hexadecimal, `amount` in cents."""

    guarantee: str
    application: str
    number: str
    amount: int
    currency: str
    extension_days: int
    statement: str | None
    examined_until: datetime
    late: bool
    answers: list[dict[str, str]]


def answer(
    session: Session, issue: Issue | Succession, given: Answer, document: bytes, *, who: str, now: datetime
) -> str:
    """Queues it for the guarantor's account, with a line in the desk's audit trail; the act's purpose in the outbox.
    The caller commits. `document` is a SHA-256, empty for an extension. NotFoundError, RefusedError, StateError."""
    purpose = after.want_answer(session, issue.guarantee, given, document, now=now)
    acts.note(session, who, acts.ANSWER, now=now, application=issue.application, detail=purpose)
    return purpose


def demanded(session: Session, *, now: datetime) -> list[Demanded]:
    """The demands that are open on chain, as far as it was followed, of what the desk signed."""
    open_there = select(GuaranteeRow.id).where(GuaranteeRow.state == State.DEMANDED.value)
    own: list[Issue | Succession] = [
        *session.scalars(select(Issue).where(Issue.guarantee.in_(open_there))),
        *session.scalars(select(Succession).where(Succession.guarantee.in_(open_there))),
    ]
    found = [_demanded(session, one, session.get_one(Application, one.application), now) for one in own]
    return sorted(found, key=lambda one: (one.examined_until, one.guarantee))


def _demanded(
    session: Session, issue: Issue | Succession, application: Application, now: datetime
) -> Demanded:
    standing = index.guarantee(session, issue.guarantee)
    until = None if standing is None else after.examined_until(session, standing)
    if (
        standing is None or until is None or standing.answer_by is None
    ):  # pragma: no cover - the query's states
        raise ValueError("a demand on chain has its day")
    wanted = after.wanted(session, issue.guarantee, standing.answer_by)
    return Demanded(
        guarantee=issue.guarantee.hex(),
        application=application.id.hex(),
        number=issue.number,
        amount=standing.demanded or 0,
        currency=application.currency,
        extension_days=standing.extension_days or 0,
        statement=None if standing.statement is None else standing.statement.hex(),
        examined_until=until,
        late=until <= now,
        answers=[{"answer": one.purpose.split()[0], "state": one.state} for one in wanted],
    )


def issue_of(session: Session, guarantee_id: str) -> Issue | Succession:
    """What the desk signed, first or amended, by its id on chain in hexadecimal. NotFoundError."""
    try:
        return amending.held(session, bytes.fromhex(guarantee_id))
    except ValueError as error:
        raise NotFoundError("the desk has no such guarantee") from error
