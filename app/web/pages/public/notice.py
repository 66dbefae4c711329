"""A tender's notice: lots, parts, money, documents with their hashes, questions, timetable, and what has changed."""

from typing import Any

from flask import Response, request, url_for
from wtforms import TextAreaField

from app.context import now, parts, session
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_
from app.web.pages.ledger_index import ledger_index
from app.web.pages.public.history import history_of
from app.web.pages.public.timetable_picture import picture_of
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from bidding.evaluation import Comprehensive
from bidding.tender import State
from bidding.tenders import clarifications, documents, reading
from bidding.tenders.draft import notice_hash
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.law import draft_of, statute_of
from bidding.tenders.models import LotRow, TenderRow
from bidding.tenders.standing import standing_of, suspensions
from parties import organisations
from statutes.errors import RuleError

ONE = "/notices/<string(maxlength=40):tender_id>"


class QuestionForm(PageForm):
    question = TextAreaField(N_("Your question"), [Filled(), Longest(clarifications.LONGEST)])


@pages.get(ONE)
def notice(tender_id: str) -> Response:
    """The notice."""
    return _shown(published(tender_id), QuestionForm())


@pages.post(f"{ONE}/questions")
def ask(tender_id: str) -> Response:
    """A question without a name: nothing of who sends it is read or kept."""
    tender, form, refused = published(tender_id), QuestionForm.entered(), None
    if form.validate():
        try:
            clarifications.ask(session(), tender.id, form.question.data, now=now(), random=parts().random)
        except RuleError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            session().commit()
            return see(url_for("pages.notice", tender_id=tender.id, asked=1) + "#questions")
    return _shown(published(tender_id), form, refused=refused, status=422)


@pages.get(f"{ONE}/questions")
def questions(tender_id: str) -> Response:
    """Where somebody lands who reloads a refused question."""
    return see(url_for("pages.notice", tender_id=published(tender_id).id) + "#questions")


def published(tender_id: str) -> TenderRow:
    """UnknownTenderError for what is not there, or not public."""
    if not tender_id.isascii() or not tender_id.isalnum():
        raise UnknownTenderError("there is no such tender")
    return reading.get_published(session(), tender_id)


def _shown(tender: TenderRow, form: QuestionForm, *, status: int = 200, **more: Any) -> Response:
    database, draft, statute = session(), draft_of(tender), statute_of(tender, now=now())
    lots = [lot_shown(tender, row) for row in reading.lots(database, tender)]
    entries = ledger_index().entries_of(database, tender.id)
    return page(
        "public/notice.html",
        status,
        tender=tender,
        draft=draft,
        profile=statute.profile,
        tenderee=organisations.get(database, tender.organisation).name,
        notice_hash=notice_hash(draft),
        lots=lots,
        same_timetable=len({str(one["row"].timetable) for one in lots}) == 1,
        documents=documents.published(database, tender.id),
        clarifications=clarifications.answered(database, tender.id),
        history=history_of(database, entries),
        form=form,
        may_ask=tender.state in (State.PUBLISHED, State.SUSPENDED),
        asked="asked" in request.args,
        **more,
    )


def lot_shown(tender: TenderRow, row: LotRow) -> dict[str, Any]:
    """A lot with all that its part of a page shows."""
    database, present = session(), now()
    draft = next(one for one in draft_of(tender).lots if one.number == row.number)
    method = draft.method.method()
    dated = reading.dated(tender, row, now=present)
    return {
        "row": row,
        "draft": draft,
        "standing": standing_of(database, row),
        "suspensions": [one for one in suspensions(database, row) if one.ended_at is None],
        "recipients": reading.recipients(database, row.id),
        "weights": sorted(method.weights.items()) if isinstance(method, Comprehensive) else None,
        "dated": dated,
        "picture": picture_of(dated, present),
        "open": row.state == State.PUBLISHED
        and next(one.at for one in dated if one.event == "deadline") > present,
        "deadline": next(one.at for one in dated if one.event == "deadline"),
    }
