"""Premiums that came in: recorded by hand or from a CSV file, whose report says what became of each line."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request, url_for
from sqlalchemy import select
from wtforms import FileField, StringField

from app.desk_api.desk import now, session
from app.desk_pages.gate import login
from app.desk_pages.render import page, pages, see
from app.web.pages.forms import Filled, Longest, MomentField, PageForm, YuanField
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused, refused_by
from guarantees.desk import acts, premiums
from guarantees.desk.premiums import CSV, HAND, Received
from guarantees.errors import FormatError, GuaranteesError
from guarantees.tables.desk import Invoice, Payment

MOST = 200


class PaymentForm(PageForm):
    reference = StringField(N_("The bank's reference"), [Filled(), Longest(200)])
    invoice = StringField(N_("Invoice, as the payer named it"), [Filled(), Longest(200)])
    amount = YuanField(N_("Amount (yuan)"), [Filled()])
    currency = StringField(N_("Currency"), [Filled(), Longest(3)], default="CNY")
    payer = StringField(N_("Payer"), [Filled(), Longest(200)])
    paid_at = MomentField(N_("Paid at (Beijing time)"), [Filled()])


class FileForm(PageForm):
    file = FileField(N_("CSV file"))


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a line: `wrong` says why it cannot be read; `again`: it was recorded before, `differs` otherwise.

    `row` is the payment, None in a file of which nothing was recorded.
    """

    number: int
    received: Received | None
    wrong: str = ""
    row: Payment | None = None
    again: bool = False
    differs: bool = False


@pages.get("/payments")
def payments() -> Response:
    return shown()


@pages.route("/payments/hand", methods=["GET", "POST"])
def record_payment() -> Response:
    form = PaymentForm.entered()
    if not form.sent_well():
        return shown(422 if form.errors else 200, form=form)
    received = Received(
        *(form.reference.data.strip(), form.amount.data, form.currency.data.strip().upper()),
        *(form.payer.data.strip(), form.invoice.data.strip(), form.paid_at.data),
    )
    try:
        told = _record(0, received, HAND)
        acts.note(session(), login(), acts.PAYMENT, now=now(), detail=received.reference)
        session().commit()
    except GuaranteesError as error:
        session().rollback()
        return shown(422, form=form, refused=refused_by(error))
    if told.again or (told.row is not None and told.row.trouble):
        return shown(report=[told])
    return see(url_for("desk.payments"))


@pages.route("/payments/csv", methods=["GET", "POST"])
def record_file() -> Response:
    """All or none: a file with a line that cannot be read is reported line by line, and nothing of it is recorded."""
    if request.method == "GET":
        return see(url_for("desk.payments"))
    sent = request.files.get("file")
    try:
        text = (sent.read() if sent is not None else b"").decode("utf-8")
        lines = list(premiums.csv_lines(text))
    except (UnicodeDecodeError, FormatError):
        columns = ",".join(premiums.COLUMNS)
        reason = _("It is CSV in UTF-8, whose first line is %(columns)s.", columns=columns)
        return shown(422, refused=Refused(_("This file cannot be read. Nothing was recorded."), reason))
    wrong = any(isinstance(line.read, FormatError) for line in lines)
    report = []
    for line in lines:
        if isinstance(line.read, FormatError):
            report.append(Told(line.number, None, str(line.read)))
        elif wrong:
            report.append(Told(line.number, line.read))
        else:
            report.append(_record(line.number, line.read, CSV))
    if not wrong:
        acts.note(session(), login(), acts.CSV, now=now(), detail=str(len(report)))
        session().commit()
    return shown(422 if wrong else 200, report=report, is_file=True, wrong=wrong)


def shown(
    status: int = 200,
    *,
    form: PaymentForm | None = None,
    refused: Refused | None = None,
    report: Sequence[Told] | None = None,
    is_file: bool = False,
    wrong: bool = False,
) -> Response:
    only = request.args.get("only") == "trouble"
    query = select(Payment).where(Payment.trouble != "") if only else select(Payment)
    open_ones = select(Invoice).where(Invoice.paid_at.is_(None)).order_by(Invoice.due_at, Invoice.number)
    return page(
        "payments.html",
        status,
        rows=session().scalars(query.order_by(Payment.id.desc()).limit(MOST)).all(),
        invoices=session().scalars(open_ones.limit(MOST)).all(),
        only=only,
        form=form or PaymentForm(None),
        file_form=FileForm(None),
        refused=refused,
        report=report,
        is_file=is_file,
        wrong=wrong,
    )


def _record(number: int, received: Received, source: str) -> Told:
    known = select(Payment.id).where(Payment.reference == received.reference)
    again = session().scalars(known).one_or_none() is not None
    row = premiums.record(session(), received, source=source, now=now())
    return Told(number, received, row=row, again=again, differs=again and premiums.differs(row, received))
