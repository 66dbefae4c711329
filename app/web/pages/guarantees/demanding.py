"""A demand of the beneficiary: amount, ground, in what respect the applicant is in breach, the documents that the
guarantee asks for, and what else supports it. Documents are stored before the demand is judged: a refused form need not
send them again."""

from flask import Response, request, url_for
from werkzeug.datastructures import FileStorage
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.api.guarantees import standing
from app.context import now, session
from app.guarantee_lots import TenderedLots
from app.web.pages.forms import Filled, Longest, PageForm, YuanField
from app.web.pages.guarantees.held import ONE
from app.web.pages.language import N_, said
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from guarantees import documents
from guarantees.after import demands
from guarantees.after.demand_rules import GROUND_NAMES, MAX_EXTENSION_DAYS, Attached
from guarantees.errors import GuaranteesError
from guarantees.models import Guarantee
from guarantees.undertaking import Undertaking
from statutes.errors import RuleError
from statutes.said import Said

_LONGEST = 4000
_LONGEST_NAME = 200


class DemandForm(PageForm):
    amount = YuanField(N_("Amount demanded, in yuan"), [Filled()])
    ground = SelectField(N_("Ground"))
    statement = TextAreaField(
        N_("In what respect the applicant is in breach"), [Filled(), Longest(_LONGEST)], render_kw={"rows": 5}
    )
    extension_days = IntegerField(
        N_("Or extend by so many days instead"), [Optional(), NumberRange(0, MAX_EXTENSION_DAYS)]
    )

    def offer(self, undertaking: Undertaking) -> None:
        """The grounds that the guarantee names; nothing entered yet: all of its amount."""
        names = {one: GROUND_NAMES.get(one, Said(one, one)) for one in undertaking.demand.grounds}
        self.ground.choices = [(one, said(name)) for one, name in names.items()]
        if request.method != "POST":
            self.amount.data = undertaking.amount


@pages.route(f"{ONE}/demand", methods=["GET", "POST"])
def demand_guarantee(guarantee_id: str) -> Response:
    """The form; sent well, the platform sends the demand to the chain for the beneficiary."""
    row = standing.seen(guarantee_id)
    asked, form, refused = standing.content(row).undertaking, DemandForm.entered(), None
    form.offer(asked)
    try:
        if request.method == "POST":
            _hand_in(row, asked)
        if form.sent_well():
            _take(row, form)
            return see(url_for("pages.held_guarantee", guarantee_id=guarantee_id, done="demanded"))
    except (RuleError, GuaranteesError) as error:
        session().rollback()
        refused = refused_by(error)
        row = standing.seen(guarantee_id)
    return page(
        "guarantees/demand.html",
        422 if request.method == "POST" else 200,
        row=row,
        form=form,
        refused=refused,
        asked=asked.demand.documents,
        stored={one.name for one in _attached(row)},
        further=[one.name for one in _attached(row) if one.name not in asked.demand.documents],
    )


def _take(row: Guarantee, form: DemandForm) -> None:
    demands.demand(
        session(),
        TenderedLots(),
        row.id,
        amount=form.amount.data,
        ground=form.ground.data,
        statement=form.statement.data,
        documents=_attached(row),
        extension_days=form.extension_days.data or 0,
        now=now(),
    )
    session().commit()


def _hand_in(row: Guarantee, asked: Undertaking) -> None:
    named = [
        (name, request.files.get(f"document-{number}")) for number, name in enumerate(asked.demand.documents)
    ]
    named += [(_own_name(file, asked), file) for file in request.files.getlist("further")]
    for name, file in named:
        if file is None or not file.filename:
            continue
        documents.store(
            *(session(), standing.blobs(), row.id, file.stream),
            name=name,
            media_type=file.mimetype or "application/octet-stream",
            by=standing.credit_code(),
            now=now(),
        )
    session().commit()


def _own_name(file: FileStorage, asked: Undertaking) -> str:
    """A further document's: never that of one which the guarantee asks for, whose place it would take."""
    name = (file.filename or "")[:_LONGEST_NAME]
    return f"{name} (2)" if name in asked.demand.documents else name


def _attached(row: Guarantee) -> tuple[Attached, ...]:
    """The newest of each name that the beneficiary has handed in; of further ones, those since the last demand."""
    code = standing.credit_code()
    asked = standing.content(row).undertaking.demand.documents
    made = demands.of(session(), row.id)
    newest = {
        one.name: one.sha256
        for one in documents.of(session(), row.id)
        if one.handed_in_by == code and (one.name in asked or not made or one.stored_at > made[-1].made_at)
    }
    return documents.attached(session(), row.id, list(newest.values()), by=code)
