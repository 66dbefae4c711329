"""How much is guaranteed at a time, per applicant and in total, against the limits that the guarantor set.

What is quoted counts as long as the quote may be accepted; what is issued, until the chain says that it was released or
paid, or its expiry is over. An amended guarantee counts in its predecessor's place: while both stand, the larger of the
two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.errors import RefusedError
from guarantees.tables.desk import BINDING, QUOTED, Application, ExposureLimit, Issue, Quote
from guarantees.tables.succession import Succession
from statutes.money import format_yuan
from statutes.said import Said

TOTAL = ""
_ENDED = (State.RELEASED, State.PAID)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What stands of one applicant, or in total (`applicant` empty), in cents. `limit` None: none is set."""

    applicant: str
    currency: str
    standing: int
    number: int
    limit: int | None

    @property
    def room(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.standing)


def set_limit(session: Session, applicant: str, currency: str, amount: int, *, now: datetime) -> None:
    """The most that may stand for an applicant (a credit code), or with TOTAL for all together."""
    values = {"amount": amount, "set_at": now}
    statement = insert(ExposureLimit).values(applicant=applicant, currency=currency, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["applicant", "currency"], set_=values))


def shown(session: Session, *, now: datetime) -> list[Exposure]:
    """Live: the total of each currency first, then applicants by credit code."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for applicant, currency, amount, _ in _standing(session, now):
        for key in ((currency, TOTAL), (currency, applicant)):
            standing, number = sums.get(key, (0, 0))
            sums[key] = (standing + amount, number + 1)
    limits = {(row.currency, row.applicant): row.amount for row in session.scalars(select(ExposureLimit))}
    return [
        Exposure(
            applicant, currency, *sums.get((currency, applicant), (0, 0)), limits.get((currency, applicant))
        )
        for currency, applicant in sorted({*sums, *limits})
    ]


def require_room(
    session: Session, application: Application, *, now: datetime, amount: int | None = None
) -> None:
    """RefusedError if the application (or an `amount` in its place), with all else that stands, would be above a limit.

    The limits' rows are locked first: of two that fit alone, the second waits and sees the first.
    """
    query = select(ExposureLimit).where(
        ExposureLimit.currency == application.currency,
        ExposureLimit.applicant.in_((TOTAL, application.applicant)),
    )
    limits = session.scalars(query.order_by(ExposureLimit.applicant).with_for_update()).all()
    others = [row for row in _standing(session, now) if row[3] != application.id]
    for limit in limits:
        standing = sum(
            amount
            for applicant, currency, amount, _ in others
            if currency == limit.currency and limit.applicant in (TOTAL, applicant)
        )
        if standing + (application.amount if amount is None else amount) > limit.amount:
            zh, en = ("总", "in total") if limit.applicant == TOTAL else ("该申请人的", "of this applicant")
            room = format_yuan(max(0, limit.amount - standing))
            said = Said(f"超出{zh}担保限额：尚余{room}元。", f"Above the limit {en}: {room} remain.")
            raise RefusedError("limit", said)


def _standing(session: Session, now: datetime) -> Iterator[tuple[str, str, int, bytes]]:
    session.flush()
    offered = (
        select(Quote.valid_until)
        .where(Quote.application == Application.id)
        .order_by(Quote.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Application, offered, Issue)
        .outerjoin(Issue, Issue.application == Application.id)
        .where(Application.state.in_(BINDING))
    )
    amended = _amended(session)
    for row in session.execute(query):
        application: Application = row[0]
        valid_until: datetime | None = row[1]
        issue: Issue | None = row[2]
        if application.state == QUOTED and (valid_until is None or valid_until < now):
            continue
        amounts = [] if issue is not None and not _stands(session, issue, now) else [application.amount]
        amounts += [one.amount for one in amended.get(application.id, ()) if _stands(session, one, now)]
        if amounts:
            yield application.applicant, application.currency, max(amounts), application.id


def _amended(session: Session) -> dict[bytes, list[Succession]]:
    """Successors that all have agreed on, by the application of the first guarantee."""
    found: dict[bytes, list[Succession]] = {}
    for row in session.scalars(select(Succession).where(Succession.agreed_at.is_not(None))):
        found.setdefault(row.application, []).append(row)
    return found


def _stands(session: Session, one: Issue | Succession, now: datetime) -> bool:
    """Whether it has neither ended on chain nor by its expiry."""
    row = session.get(GuaranteeRow, one.guarantee)
    state = None if row is None else State(row.state)
    last = one.expiry.timestamp() if row is None else row.expiry
    return state not in _ENDED and (last >= now.timestamp() or state is State.DEMANDED)
