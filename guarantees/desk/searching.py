"""The queue as a person looks through it: by state and by words, oldest first, a page at a time."""

from collections.abc import Sequence

from sqlalchemy import String, func, or_, select
from sqlalchemy.orm import Session

from guarantees.tables.desk import Application


def found(
    session: Session, states: Sequence[str], text: str = "", *, limit: int, offset: int = 0
) -> Sequence[Application]:
    """Of these states, whose applicant, credit code, lot, tender or number has the text in it, whatever its case."""
    query = select(Application).where(Application.state.in_(states))
    if text.strip():
        wanted = text.strip()
        query = query.where(
            or_(
                *(
                    column.icontains(wanted, autoescape=True)
                    for column in (
                        *(Application.name, Application.applicant, Application.lot, Application.tender),
                        func.encode(Application.id, "hex", type_=String),
                    )
                )
            )
        )
    ordered = query.order_by(Application.applied_at, Application.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all()


def counts(session: Session) -> dict[str, int]:
    """How many are in each state; a state of none is not in it."""
    rows = session.execute(select(Application.state, func.count()).group_by(Application.state))
    return {row[0]: row[1] for row in rows}
