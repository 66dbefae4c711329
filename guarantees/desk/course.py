"""Everything that the desk has of one application, for a person to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.desk import acts
from guarantees.tables.desk import Application, Invoice, Issue, Outgoing, Payment, Quote
from guarantees.tables.desk_act import DeskAct


@dataclass(frozen=True, slots=True)
class Course:
    """Oldest first; `invoice` and `issue` None while there is none."""

    quotes: Sequence[Quote]
    invoice: Invoice | None
    payments: Sequence[Payment]
    issue: Issue | None
    letters: Sequence[Outgoing]
    acts: Sequence[DeskAct]


def of(session: Session, application: Application) -> Course:
    """Reads it."""
    own = application.id
    invoice = session.scalars(select(Invoice).where(Invoice.application == own)).one_or_none()
    paid = select(Payment).where(Payment.invoice == (None if invoice is None else invoice.number))
    return Course(
        session.scalars(select(Quote).where(Quote.application == own).order_by(Quote.number)).all(),
        invoice,
        [] if invoice is None else session.scalars(paid.order_by(Payment.id)).all(),
        session.get(Issue, own),
        session.scalars(select(Outgoing).where(Outgoing.application == own).order_by(Outgoing.id)).all(),
        acts.of(session, own),
    )
