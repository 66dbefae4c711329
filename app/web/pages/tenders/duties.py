"""A duty that no step of the tender shows to be done: somebody says here that it is, with the hash of what shows it."""

from flask import Response, abort, request, url_for
from wtforms import StringField
from wtforms.validators import Optional

from app.api.tender_routes import own
from app.caller import caller
from app.context import now, session
from app.web.pages.forms import PageForm
from app.web.pages.language import N_
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from app.web.pages.tenders.move_forms import Sha256
from app.web.pages.tenders.own import ONE
from bidding.errors import BiddingError
from bidding.tenders import due, duties, reading
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import DueRow, TenderRow
from statutes.errors import RuleError

_DUTY = f"{ONE}/lots/<string(maxlength=40):number>/duties/<string(maxlength=64):rule>"


class DutyForm(PageForm):
    sha256 = StringField(N_("SHA-256 of what shows it, if there is a document"), [Optional(), Sha256()])


@pages.route(_DUTY, methods=["GET", "POST"])
def fulfil_duty(tender_id: str, number: str, rule: str) -> Response:
    """The form; sent well, the duty waits for nobody any more, and it stands who said so and when."""
    tender = own(tender_id)
    row, membership = _row(tender, number, rule), caller().membership
    if row is None or rule not in duties.BY_HAND or membership is None:
        abort(404)
    form, refused = DutyForm.entered(), None
    if form.sent_well():
        try:
            evidence = (form.sha256.data or "").strip().lower()
            duties.fulfil(*(session(), tender.id, number, rule, membership.id), evidence=evidence, now=now())
            session().commit()
            return see(url_for("pages.tender", tender_id=tender_id, done="moved") + f"#lot-{number}")
        except (RuleError, BiddingError) as error:
            session().rollback()
            refused = refused_by(error)
            tender = own(tender_id)
            row = _row(tender, number, rule)
    return page(
        "tenders/duty.html",
        422 if request.method == "POST" else 200,
        tender=tender,
        draft=draft_of(tender),
        number=number,
        law=statute_of(tender, now=now()).rule(rule).law,
        row=row,
        form=form,
        refused=refused,
    )


def _row(tender: TenderRow, number: str, rule: str) -> DueRow | None:
    lot, _ = reading.lot(session(), tender, number)
    return next((one for one in due.of_lot(session(), lot.id) if one.kind == rule), None)
