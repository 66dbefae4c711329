"""One application: who applies, for which lot, its documents and its course; quote it, or decline it."""

import hashlib
from datetime import timedelta

from flask import Response, abort, url_for
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.desk_api.desk import desk, now, session
from app.desk_api.schemas import LONGEST_QUOTE
from app.desk_pages import chain_state
from app.desk_pages.gate import house, login
from app.desk_pages.render import page, pages, see
from app.web.pages.formats import money
from app.web.pages.forms import Filled, Longest, PageForm, YuanField
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused, refused_by
from guarantees.check_code import code_of
from guarantees.desk import acts, course, exposure, offers, queue
from guarantees.errors import GuaranteesError, NotFoundError
from guarantees.letters import kinds
from guarantees.letters.scheme import LetterError
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import ACCEPTED, APPLIED, QUOTED, Application, Issue
from statutes.money import format_yuan
from statutes.said import Said

ONE = "/applications/<string(maxlength=64):application_id>"
_LONGEST = LONGEST_QUOTE // timedelta(hours=1)


class QuoteForm(PageForm):
    premium = YuanField(N_("Premium (yuan)"), [Filled()])
    hours = IntegerField(N_("Valid for (hours)"), [Filled(), NumberRange(1, _LONGEST)], default=48)
    note = StringField(N_("A sentence for the applicant"), [Optional(), Longest(500)])


class DeclineForm(PageForm):
    zh = TextAreaField(N_("Reason in Chinese"), [Filled(), Longest(500)])
    en = TextAreaField(N_("Reason in English"), [Filled(), Longest(500)])


@pages.get(ONE)
def application(application_id: str) -> Response:
    return shown(_row(application_id))


@pages.route(f"{ONE}/quote", methods=["GET", "POST"])
def quote(application_id: str) -> Response:
    """The product's own premium stands there at first; what is entered may not be below the product's least."""
    row = _row(application_id)
    form, refused = _quote_form(row, QuoteForm.entered()), None
    if not form.sent_well():
        return shown(row, 422 if form.errors else 200, quote_form=form)
    product = desk().products().get(row.product)
    if product is not None and form.premium.data < product.minimum:
        least = money(product.minimum, row.currency)
        form.refuse("premium", _("The product's least premium is %(least)s.", least=least))
        return shown(row, 422, quote_form=form)
    try:
        row = queue.get(session(), row.id, for_update=True)
        until = now() + timedelta(hours=form.hours.data)
        note = (form.note.data or "").strip() or None
        offers.quote(session(), row, premium=form.premium.data, valid_until=until, now=now(), note=note)
        detail = f"{format_yuan(form.premium.data)} {row.currency}"
        acts.note(session(), login(), acts.QUOTE, now=now(), application=row.id, detail=detail)
        session().commit()
    except GuaranteesError as error:
        session().rollback()
        refused = refused_by(error)
        return shown(_row(application_id), 409, quote_form=form, refused=refused)
    return see(url_for("desk.application", application_id=application_id))


@pages.route(f"{ONE}/refusal", methods=["GET", "POST"])
def decline(application_id: str) -> Response:
    row, form = _row(application_id), DeclineForm.entered()
    if not form.sent_well():
        return shown(row, 422 if form.errors else 200, decline_form=form)
    try:
        row = queue.get(session(), row.id, for_update=True)
        reason = Said(form.zh.data.strip(), form.en.data.strip())
        offers.decline(session(), row, reason, now=now())
        detail = f"{reason.zh} {reason.en}"
        acts.note(session(), login(), acts.DECLINE, now=now(), application=row.id, detail=detail)
        session().commit()
    except GuaranteesError as error:
        session().rollback()
        return shown(_row(application_id), 409, decline_form=form, refused=refused_by(error))
    return see(url_for("desk.application", application_id=application_id))


@pages.get(f"{ONE}/documents/<int(max=999):number>")
def document(application_id: str, number: int) -> Response:
    """What the applicant handed in: kept away from the browser, and compared with what the application names."""
    row = _row(application_id)
    if number >= len(row.documents):
        abort(404)
    named, path = row.documents[number], house().document(row.id, number)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != named["sha256"]:
        raise NotFoundError("the document in the folder is not the one that came with the application")
    response = Response(content, content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=named["name"])
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@pages.get(f"{ONE}/guarantee.json")
def guarantee_file(application_id: str) -> Response:
    response = Response(_issue(application_id).content, content_type="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="guarantee.json")
    return response


@pages.get(f"{ONE}/letter.pdf")
def letter(application_id: str) -> Response:
    signed = SignedGuarantee.parse(_issue(application_id).content)
    response = Response(desk().letter(signed), content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=f"{signed.undertaking.number}.pdf")
    return response


def shown(
    row: Application,
    status: int = 200,
    *,
    quote_form: QuoteForm | None = None,
    decline_form: DeclineForm | None = None,
    refused: Refused | None = None,
) -> Response:
    """The page, also with a form that was refused."""
    product, found = desk().products().get(row.product), course.of(session(), row)
    own = [
        one
        for one in exposure.shown(session(), now=now())
        if one.currency == row.currency and one.applicant in (exposure.TOTAL, row.applicant)
    ]
    return page(
        "one.html",
        status,
        row=row,
        product=product,
        suggested=None if product is None else product.premium(row.amount),
        lot=next((one for one in desk().lots() if one.lot == row.lot), None),
        contact=_contact(row),
        course=found,
        chain=None if found.issue is None else chain_state.of(found.issue),
        check_code="" if found.issue is None else code_of(SignedGuarantee.parse(found.issue.content)),
        exposure=own,
        may_quote=row.state in (APPLIED, QUOTED),
        may_decline=row.state in (APPLIED, QUOTED, ACCEPTED),
        quote_form=quote_form or _suggest(QuoteForm(None), product, row),
        decline_form=decline_form or DeclineForm(None),
        refused=refused,
    )


def _quote_form(row: Application, form: QuoteForm) -> QuoteForm:
    """As it was sent; what was only opened has the product's premium in it."""
    return form if form.premium.raw_data else _suggest(form, desk().products().get(row.product), row)


def _suggest(form: QuoteForm, product: Product | None, row: Application) -> QuoteForm:
    if product is not None:
        form.premium.data = product.premium(row.amount)
    return form


def _contact(row: Application) -> str:
    try:
        found = kinds.parse(row.content.decode())
    except (LetterError, UnicodeDecodeError):
        return ""
    return found.contact if isinstance(found, kinds.Application) else ""


def _row(application_id: str) -> Application:
    try:
        return queue.get(session(), bytes.fromhex(application_id))
    except ValueError as error:
        raise NotFoundError("the desk has no such application") from error


def _issue(application_id: str) -> Issue:
    row = session().get(Issue, _row(application_id).id)
    if row is None:
        raise NotFoundError("no guarantee was signed for this application")
    return row
