"""Drafting: begun, changed, documents put beside it, and published. A refusal keeps what was entered."""

from typing import Any

from flask import Response, request, url_for
from wtforms import FileField, StringField, TextAreaField

from app.api import tender_moves
from app.api.tender_routes import own, tendering
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused, refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from app.web.pages.tenders.draft_form import DraftForm, moment_label, values_of
from app.web.pages.tenders.own import ONE, shown
from bidding.tender import State
from bidding.tenders import clarifications, documents, drafting
from bidding.tenders.draft import Draft, LotDraft, parse_draft
from bidding.tenders.law import draft_of
from bidding.tenders.models import TenderRow
from custody.errors import CustodyError
from statutes.errors import RuleError


class DocumentForm(PageForm):
    title = StringField(N_("Title"), [Filled(), Longest(300)])
    name = StringField(N_("Name for machines, such as drawings.pdf"), [Filled(), Longest(64)])
    file = FileField(N_("File"))


@pages.route("/desk/tenders/new", methods=["GET", "POST"])
def new_tender() -> Response:
    """A draft, which nobody else sees."""
    blank = Draft(title="—", profile="cn-tender", lots=(LotDraft(number="1", title="—", estimate=0),))
    values = {**values_of(blank), "title": ""}
    values["lots"][0] |= {"title": "", "estimate": None}

    def begin(draft: Draft) -> TenderRow:
        membership = caller().membership
        if membership is None:  # pragma: no cover - the gate lets in none
            raise ProblemError("membership-needed")
        return drafting.begin(session(), membership.organisation_id, draft, now=now(), random=parts().random)

    return _edited(values, None, begin)


@pages.route(f"{ONE}/draft", methods=["GET", "POST"])
def edit_tender(tender_id: str) -> Response:
    """Another draft in its place."""
    row = own(tender_id)
    if row.state != State.DRAFT:
        return see(url_for("pages.tender", tender_id=row.id))
    before = draft_of(row)
    return _edited(values_of(before), row, lambda draft: drafting.change(session(), row.id, draft, now=now()))


@pages.post(f"{ONE}/publication")
def publish_tender(tender_id: str) -> Response:
    """The notice becomes public; what the rules refuse is said with its article."""
    row = own(tender_id)
    try:
        tender_moves.publish(row.id)
    except (RuleError, CustodyError, ProblemError) as error:
        session().rollback()
        return shown(own(tender_id), status=409, refused=refused_by(error))
    return see(url_for("pages.tender", tender_id=row.id, done="published"))


@pages.post(f"{ONE}/documents")
def store_document(tender_id: str) -> Response:
    """The next version of a document; it waits until the tender is published, or for the next amendment."""
    row, form = own(tender_id), DocumentForm.entered()
    sent = request.files.get("file")
    if not form.sent_well() or sent is None or not sent.filename:
        if sent is None or not sent.filename:
            form.refuse("file", _("Choose a file."))
        return shown(row, status=422, document_form=form)
    try:
        documents.store(
            *(session(), tendering().blobs, row.id, (form.name.data or "").strip(), sent.stream),
            title=form.title.data or "",
            media_type=sent.mimetype or "application/octet-stream",
            now=now(),
        )
    except RuleError as error:
        session().rollback()
        return shown(own(tender_id), status=422, document_form=form, document_refused=refused_by(error))
    session().commit()
    return see(url_for("pages.tender", tender_id=row.id, done="document") + "#documents")


class AnswerForm(PageForm):
    answer = TextAreaField(N_("Answer"), [Filled(), Longest(clarifications.LONGEST)])


@pages.post(f"{ONE}/questions/<uuid:question_id>")
def answer_question(tender_id: str, question_id: Any) -> Response:
    """Answers to all, once and for good."""
    row, form = own(tender_id), AnswerForm.entered()
    if form.sent_well():
        try:
            clarifications.answer(session(), row.id, question_id, form.answer.data or "", now=now())
        except RuleError as error:
            session().rollback()
            return shown(own(tender_id), status=409, answer_to=question_id, answer_form=form,
                         answer_refused=refused_by(error))  # fmt: skip
        session().commit()
        return see(url_for("pages.tender", tender_id=row.id, done="answered") + "#questions")
    return shown(row, status=422, answer_to=question_id, answer_form=form)


@pages.get(f"{ONE}/publication", endpoint="publication_again")
@pages.get(f"{ONE}/documents", endpoint="documents_again")
@pages.get(f"{ONE}/questions/<uuid:question_id>", endpoint="answer_again")
def reloaded(tender_id: str, question_id: Any = None) -> Response:  # noqa: ARG001 - of the path
    """Where somebody lands who reloads a refused form."""
    return see(url_for("pages.tender", tender_id=own(tender_id).id))


def _edited(values: dict[str, Any], row: TenderRow | None, save: Any) -> Response:
    form, refused = DraftForm.entered(data=values).offer(), None
    pressed = request.form.get("change", "")
    if pressed:
        form.change(pressed)
    elif request.method == "POST" and all((form.sent_well(), form.check_dates())):
        try:
            made = save(parse_draft(form.draft(draft_of(row) if row else None)))
        except RuleError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            session().commit()
            return see(url_for("pages.tender", tender_id=made.id, done="saved"))
    return _form_shown(form, row.id if row else None, refused)


def _form_shown(form: DraftForm, tender: str | None, refused: Refused | None) -> Response:
    for one in form.moments():
        one.said_label = moment_label(one.name)
    status = 422 if form.errors or refused else 200
    return page("tenders/draft.html", status, form=form, tender_id=tender, refused=refused)
