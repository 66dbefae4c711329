"""What a period's guarantees come to: number, sum, capital freed, how long issuing took, demands and their outcomes.

A guarantee counts in the period in which it was issued, a demand in that in which it was made; `since` is the first
instant, `until` the first after the last. The capital freed is the sum of the guarantees that stand in the place of
cash: one that succeeds another by amendment frees nothing more. Sums are in hundredths, of one currency.

`count` is pure. `of_platform` counts what was presented, for before the opening the platform knows no guarantee;
`of_desk` counts what a guarantor issued, from its desk.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.models import Application, DemandRow, Guarantee, Issue
from guarantees.tables.desk import FAILED

OPEN, PAID, REFUSED, EXTENDED = "open", "paid", "refused", "extended"
OUTCOMES = (OPEN, PAID, REFUSED, EXTENDED)


@dataclass(frozen=True, slots=True)
class Issued:
    """One guarantee. `succeeds` is whether it took another's place."""

    guarantor: str
    amount: int
    applied_at: datetime
    issued_at: datetime
    succeeds: bool = False


@dataclass(frozen=True, slots=True)
class Demanded:
    """One demand, and what came of it: one of OUTCOMES."""

    amount: int
    made_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """So many demands ended so, over so much."""

    number: int
    sum: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """A period in one currency. `average_seconds` from application to issue; None where nothing was issued."""

    since: datetime
    until: datetime
    currency: str
    guarantors: int
    number: int
    sum: int
    freed: int
    average_seconds: int | None
    demands: int
    demanded: int
    outcomes: dict[str, Outcome]


def count(
    issued: Iterable[Issued],
    demanded: Iterable[Demanded],
    currency: str,
    *,
    since: datetime,
    until: datetime,
) -> Statistics:
    """Of all that is given, what falls into the period. ValueError for an outcome that is none."""
    cases = [one for one in issued if since <= one.issued_at < until]
    demands = [one for one in demanded if since <= one.made_at < until]
    took = sum((one.issued_at - one.applied_at for one in cases), timedelta(0))
    numbers, sums = Counter[str](), Counter[str]()
    for one in demands:
        if one.outcome not in OUTCOMES:
            raise ValueError(f"the outcome of a demand is one of {', '.join(OUTCOMES)}")
        numbers[one.outcome] += 1
        sums[one.outcome] += one.amount
    return Statistics(
        since=since,
        until=until,
        currency=currency,
        guarantors=len({one.guarantor for one in cases}),
        number=len(cases),
        sum=sum(one.amount for one in cases),
        freed=sum(one.amount for one in cases if not one.succeeds),
        average_seconds=round(took.total_seconds() / len(cases)) if cases else None,
        demands=len(demands),
        demanded=sum(one.amount for one in demands),
        outcomes={name: Outcome(numbers[name], sums[name]) for name in OUTCOMES},
    )


def of_platform(
    session: Session, currency: str, *, since: datetime, until: datetime, guarantor: str | None = None
) -> Statistics:
    """Of the guarantees that were presented; of one guarantor, or of all."""
    query = select(Guarantee).where(
        Guarantee.currency == currency, Guarantee.issued_at >= since, Guarantee.issued_at < until
    )
    asked = (
        select(DemandRow)
        .join(Guarantee, Guarantee.id == DemandRow.guarantee)
        .where(Guarantee.currency == currency, DemandRow.made_at >= since, DemandRow.made_at < until)
    )
    if guarantor is not None:
        query, asked = (
            query.where(Guarantee.guarantor == guarantor),
            asked.where(Guarantee.guarantor == guarantor),
        )
    successors = set(session.scalars(select(Guarantee.replaced_by).where(Guarantee.replaced_by.is_not(None))))
    issued = (
        Issued(row.guarantor, row.amount, row.applied_at, row.issued_at, row.id in successors)
        for row in session.scalars(query)
    )
    demanded = (Demanded(row.amount, row.made_at, row.state) for row in session.scalars(asked))
    return count(issued, demanded, currency, since=since, until=until)


def of_desk(session: Session, currency: str, *, since: datetime, until: datetime) -> Statistics:
    """Of what this desk signed and the chain took; demands are the platform's to count."""
    query = (
        select(Application, Issue)
        .join(Issue, Issue.application == Application.id)
        .where(Application.currency == currency, Application.state != FAILED, Issue.issued_at.is_not(None))
    )
    issued = (
        Issued("", application.amount, application.applied_at, issue.issued_at)
        for application, issue in session.execute(query).tuples()
        if issue.issued_at is not None
    )
    return count(issued, (), currency, since=since, until=until)
