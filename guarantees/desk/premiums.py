"""Premium invoices and what was paid on them: recorded by hand, from a CSV file, or by the bank's webhook.

A payment is known by the bank's reference: the same again, by whichever way, changes nothing. An invoice is paid once
what came in under its number, in its currency, makes up its amount; what fits no invoice is kept with its trouble.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.desk import outgoing
from guarantees.errors import FormatError
from guarantees.letters import kinds
from guarantees.tables.desk import ACCEPTED, PAID, Application, Invoice, Payment
from statutes.errors import AmountError
from statutes.money import parse_yuan

HAND, CSV, WEBHOOK = "hand", "csv", "webhook"
COLUMNS = ("reference", "invoice", "amount", "currency", "payer", "paid_at")
MAX_ROWS = 100_000
_MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in: the bank's reference, cents, who paid, which invoice the payer named, and when."""

    reference: str
    amount: int
    currency: str
    payer: str
    named: str
    paid_at: datetime


def invoice(
    session: Session, application: Application, amount: int, *, pay_to: str, due: datetime, now: datetime
) -> Invoice:
    """The invoice of an accepted quote; its letter goes out. One over nothing is paid at once."""
    row = Invoice(
        number=f"FP{application.id.hex()[:12].upper()}",
        application=application.id,
        amount=amount,
        currency=application.currency,
        issued_at=now,
        due_at=due,
        paid_at=None,
    )
    session.add(row)
    session.flush()
    letter = kinds.Invoice(
        row.number,
        amount,
        row.currency,
        int(due.timestamp()),
        pay_to,
    )
    outgoing.say(session, application.id, "invoice", letter)
    if amount == 0:
        _paid(session, row, application, now)
    return row


def record(session: Session, received: Received, *, source: str, now: datetime) -> Payment:
    """Records a payment; the caller commits. The same reference again is the payment that is there.

    FormatError for an amount that is none, or a text that is empty or too long.
    """
    _check(received)
    found = select(Invoice).where(Invoice.number == received.named.strip().upper()).with_for_update()
    row = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    trouble = ""
    if row is None:
        trouble = "no invoice has the number that the payer named"
    elif row.currency != received.currency:
        trouble = f"the invoice is in {row.currency}"
    elif row.paid_at is not None:
        trouble = "the invoice was paid before"
    values = {
        "reference": received.reference,
        "invoice": None if trouble or row is None else row.number,
        "amount": received.amount,
        "currency": received.currency,
        "payer": received.payer,
        "named": received.named,
        "source": source,
        "paid_at": received.paid_at,
        "recorded_at": now,
        "trouble": trouble,
    }
    made = session.execute(
        insert(Payment)
        .values(values)
        .on_conflict_do_nothing(index_elements=["reference"])
        .returning(Payment.id)
    ).scalar_one_or_none()
    if made is not None and row is not None and not trouble:
        _settle(session, row, received.paid_at)
    return session.scalars(select(Payment).where(Payment.reference == received.reference)).one()


def parse_csv(text: str) -> list[Received]:
    """Payments from a CSV file with the columns of COLUMNS; amounts in yuan with at most two decimals, times ISO 8601.

    FormatError, which names the line, for anything else; then nothing is taken.
    """
    found = []
    for line in csv_lines(text):
        if isinstance(line.read, FormatError):
            raise FormatError(f"line {line.number}: {line.read}") from line.read
        found.append(line.read)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a CSV file, counted from 1 with the columns' names: a payment, or why it is none."""

    number: int
    read: Received | FormatError


def csv_lines(text: str) -> Iterator[Line]:
    """Each payment of the file, or what is wrong with its line. FormatError for a file without its columns."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise FormatError(f"the first line of the file names the columns {','.join(COLUMNS)}")
    for line, row in enumerate(reader, start=2):
        if line > MAX_ROWS + 1:
            raise FormatError(f"a file has at most {MAX_ROWS} payments")
        try:
            paid_at = datetime.fromisoformat(row["paid_at"])
            amount = parse_yuan(row["amount"])
            received = Received(
                row["reference"].strip(), amount, row["currency"], row["payer"], row["invoice"], paid_at
            )
            _check(received)
        except (AmountError, FormatError, ValueError, TypeError, AttributeError) as error:
            yield Line(line, FormatError(str(error)))
        else:
            yield Line(line, received)


def differs(row: Payment, received: Received) -> bool:
    """Whether the payment that was recorded under this reference says something else than what came again."""
    return (row.amount, row.currency, row.named.strip().upper()) != (
        *(received.amount, received.currency),
        received.named.strip().upper(),
    )


def _check(received: Received) -> None:
    texts = (received.reference, received.payer, received.named)
    if not received.reference or any(len(text) > _MAX_TEXT or not text.isprintable() for text in texts):
        raise FormatError("a payment has a reference, a payer and what it names, each one line")
    if received.amount < 1 or received.paid_at.utcoffset() is None:
        raise FormatError("a payment has an amount and a time with its zone")


def _settle(session: Session, row: Invoice, paid_at: datetime) -> None:
    session.flush()
    query = select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.invoice == row.number)
    if session.execute(query).scalar_one() >= row.amount:
        application = session.get_one(Application, row.application, with_for_update=True)
        _paid(session, row, application, paid_at)


def _paid(session: Session, row: Invoice, application: Application, paid_at: datetime) -> None:
    row.paid_at = paid_at
    if application.state == ACCEPTED:
        application.state, application.changed_at = PAID, paid_at
    else:
        application.remark = "the premium was paid, and the application had ended: pay it back"
    receipt = kinds.Receipt(row.number, row.amount, row.currency, int(paid_at.timestamp()))
    outgoing.say(session, application.id, "receipt", receipt)
    session.flush()
