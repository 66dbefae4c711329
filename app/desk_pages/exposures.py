"""What stands against the limits, in total and per applicant; the limits; and who did what last."""

from flask import Response, url_for
from wtforms import StringField

from app.desk_api.desk import now, session
from app.desk_pages.gate import login
from app.desk_pages.render import page, pages, see
from app.web.pages.forms import Filled, Longest, PageForm, YuanField
from app.web.pages.language import N_, _
from guarantees.desk import acts, exposure
from parties import credit_code
from parties.errors import CreditCodeError
from statutes.money import format_yuan


class LimitForm(PageForm):
    applicant = StringField(N_("Credit code; empty: all together"), [Longest(18)])
    currency = StringField(N_("Currency"), [Filled(), Longest(3)], default="CNY")
    amount = YuanField(N_("No more than (yuan)"), [Filled()])


@pages.route("/exposure", methods=["GET", "POST"])
def exposures() -> Response:
    form = LimitForm.entered()
    if form.sent_well():
        applicant, currency = (form.applicant.data or "").strip(), form.currency.data.strip().upper()
        try:
            applicant = credit_code.parse(applicant) if applicant else exposure.TOTAL
        except CreditCodeError:
            form.refuse("applicant", _("This is no unified social credit code."))
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            form.refuse("currency", _("A currency has three letters, such as CNY."))
        if not form.errors:
            exposure.set_limit(session(), applicant, currency, form.amount.data, now=now())
            detail = f"{applicant} {format_yuan(form.amount.data)} {currency}".strip()
            acts.note(session(), login(), acts.LIMIT, now=now(), detail=detail)
            session().commit()
            return see(url_for("desk.exposures"))
    rows = exposure.shown(session(), now=now())
    status = 422 if form.errors else 200
    return page("exposure.html", status, rows=rows, form=form, acts=acts.newest(session(), 50))
