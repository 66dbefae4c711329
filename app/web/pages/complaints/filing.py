"""Who objects to a tender, and who complains of it: what is possible, until when, the form, and then the receipt."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from flask import Response, request, url_for
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app.api.complaints.routes import desk, party
from app.context import now, session
from app.web.pages.complaints import evidence, words
from app.web.pages.complaints.remedies import prospects_of
from app.web.pages.complaints.words import shown
from app.web.pages.forms import Filled, Longest, MomentField, PageForm
from app.web.pages.language import N_, _
from app.web.pages.public.notice import published
from app.web.pages.refusal import refused_by
from app.web.pages.render import see
from app.web.pages.routes import pages
from bidding.tenders.models import TenderRow
from oversight.complaints import complaints, objections, reading
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.objections import Filing
from oversight.complaints.outlook import Prospect
from oversight.complaints.records import LONGEST
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import Capacity, Kind, Matter
from statutes.errors import RuleError

_NEW = "/desk/cases/new/<string(maxlength=40):tender_id>"


class FilingForm(PageForm):
    """What an objection and a complaint both say."""

    KIND: ClassVar = Kind.OBJECTION
    matter = SelectField(N_("On what"))
    lots = SelectMultipleField(
        N_("Only these lots (none: all that it can concern)"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    capacity = SelectField(N_("As what you file"))
    knowing = MomentField(N_("Since when you know of it (Beijing time)"), [Filled()])
    text = TextAreaField(N_("The facts, and what you ask for"), [Filled(), Longest(LONGEST)])

    def offer(self, values: dict[str, Any]) -> None:
        """Fills the choices, with what can be filed now first: of the others the refusal says why not."""
        known: list[Prospect] = sorted(
            values["prospects"], key=lambda one: (one.kind is not self.KIND, one.refusal is not None)
        )
        matters = dict.fromkeys(one.matter for one in known)
        self.matter.choices = [(str(one), words.matter(one)) for one in matters]
        self.lots.choices = [(number, _("Lot %(lot)s", lot=number)) for number in values["lots"]]
        self.capacity.choices = [(str(one), words.capacity(one)) for one in Capacity]

    def filing(self, tender: TenderRow, files: list[UUID]) -> Filing:
        """As the service takes it."""
        return Filing(
            *(tender.id, self.lots.data or None, Matter(self.matter.data), Capacity(self.capacity.data)),
            *(self.text.data, cast("datetime", self.knowing.data), files),
        )


class ComplaintForm(FilingForm):
    """With the authority, and the objection that came first."""

    KIND: ClassVar = Kind.COMPLAINT
    authority = SelectField(N_("To which authority"))
    after = HiddenField()

    def offer(self, values: dict[str, Any]) -> None:
        super().offer(values)
        self.authority.choices = [(str(one.id), one.name) for one in complaints.authorities(session())]


@pages.route(f"{_NEW}/objection", methods=["GET", "POST"])
def file_objection(tender_id: str) -> Response:
    """An objection to the tenderee."""
    tender = published(tender_id)
    form = FilingForm.entered(**_begun(None))

    def take(files: list[UUID]) -> CaseRow:
        return objections.file(session(), desk(), party(), form.filing(tender, files), now=now())

    return _filed(Kind.OBJECTION, tender, form, take, None)


@pages.route(f"{_NEW}/complaint", methods=["GET", "POST"])
def file_complaint(tender_id: str) -> Response:
    """A complaint to an authority; ?after= names one's own objection."""
    tender = published(tender_id)
    before = _own_objection(tender, request.values.get("after", ""))
    form = ComplaintForm.entered(**_begun(before))

    def take(files: list[UUID]) -> CaseRow:
        filing, after = form.filing(tender, files), "" if before is None else before.id
        to = UUID(form.authority.data)
        return complaints.file(session(), desk(), party(), filing, to, after, now=now())

    return _filed(Kind.COMPLAINT, tender, form, take, before)


def _filed(
    kind: Kind,
    tender: TenderRow,
    form: FilingForm,
    take: Callable[[list[UUID]], CaseRow],
    before: CaseRow | None,
) -> Response:
    known: datetime = form.knowing.data if isinstance(form.knowing.data, datetime) else now()
    form.offer(prospects_of(tender, min(known, now())))
    refused, files = None, list[UUID]()
    if request.method == "POST":
        try:
            files = evidence.handed_in()
            if form.validate():
                case = take(files)
                session().commit()
                return see(url_for("pages.own_case", case_id=case.id, done="filed"))
        except RuleError as error:
            session().rollback()
            refused = refused_by(error)
    tender = published(tender.id)
    return shown(
        "complaints/file.html",
        422 if form.errors or refused else 200,
        kind=str(kind),
        form=form,
        refused=refused,
        before=before,
        objections=_objections(tender) if kind is Kind.COMPLAINT and before is None else [],
        **prospects_of(tender, min(known, now())),
        **evidence.offered(files),
    )


def _begun(before: CaseRow | None) -> dict[str, Any]:
    """What a form begins with; a complaint, with what the objection said."""
    if before is None:
        return {"knowing": now(), "matter": request.args.get("matter"), "capacity": None}
    return {
        "knowing": before.knowing,
        "matter": before.matter,
        "capacity": before.capacity,
        "lots": list(before.lots),
        "after": before.id,
    }


def _objections(tender: TenderRow) -> list[CaseRow]:
    """One's own objections to the tender, to complain after."""
    mine = reading.mine(session(), party(), limit=200)
    return [one for one in mine if one.tender == tender.id and one.kind == Kind.OBJECTION]


def _own_objection(tender: TenderRow, case_id: str) -> CaseRow | None:
    """UnknownCaseError for another's, as for none."""
    if not case_id:
        return None
    found = session().get(CaseRow, case_id[:32])
    if found is None or found.organisation != party().organisation or found.tender != tender.id:
        raise UnknownCaseError("objection")
    return found
