"""A guarantor's answer to a demand: pay, refuse with every discrepancy, or extend; with the document that goes with it.

The answer here is the notice. It counts once the guarantor's own account has put its SHA-256 on chain, which the page
of the guarantee shows (docs/guarantees-after-the-opening.md).
"""

from flask import Response, request, url_for
from wtforms import RadioField, TextAreaField

from app.api.guarantees import standing
from app.context import now, session
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.guarantees.held import ONE
from app.web.pages.language import N_, _
from app.web.pages.refusal import refused_by
from app.web.pages.render import page, see
from app.web.pages.routes import pages
from guarantees import documents
from guarantees.after import demands
from guarantees.after.demand_rules import Answer, Attached
from guarantees.errors import GuaranteesError
from guarantees.models import DemandRow, Guarantee
from statutes.errors import RuleError

_LONGEST = 8000


class ReplyForm(PageForm):
    given = RadioField(N_("Answer"), [Filled()], choices=[])
    reasons = TextAreaField(
        N_("If you refuse: every discrepancy, one a line"), [Longest(_LONGEST)], render_kw={"rows": 5}
    )

    def offer(self, made: DemandRow | None) -> "ReplyForm":
        """After the days of examination what remains is to pay (URDG 758 article 24)."""
        self.given.choices = [(str(Answer.PAID), _("Paid: the proof is attached"))]
        if made is not None and now() < made.examine_by:
            self.given.choices.append((str(Answer.REFUSED), _("Refuse the demand")))
            if made.extension_days:
                self.given.choices.append((str(Answer.EXTENDED), _("Extend, as the demand offers")))
        return self

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in (self.reasons.data or "").splitlines() if line.strip()]


@pages.route(f"{ONE}/answer", methods=["GET", "POST"])
def answer_demand(guarantee_id: str) -> Response:
    """The form; sent well, the page of the guarantee shows what the guarantor's account puts on chain."""
    row = standing.seen(guarantee_id)
    made = demands.open_demand(session(), row.id)
    form, refused = ReplyForm.entered().offer(made), None
    try:
        if request.method == "POST":
            _hand_in(row)
        if form.sent_well():
            demands.answer(
                *(session(), row.id, Answer(form.given.data)),
                reasons=form.lines,
                documents=_attached(row, made),
                now=now(),
            )
            session().commit()
            return see(url_for("pages.held_guarantee", guarantee_id=guarantee_id, done="answered"))
    except (RuleError, GuaranteesError) as error:
        session().rollback()
        refused = refused_by(error)
        row = standing.seen(guarantee_id)
        made = demands.open_demand(session(), row.id)
    return page(
        "guarantees/answer.html",
        422 if request.method == "POST" else 200,
        row=row,
        made=made,
        form=form,
        refused=refused,
        stored=_attached(row, made),
    )


def _hand_in(row: Guarantee) -> None:
    """Stored before the answer is judged: a refused form need not send it again."""
    file = request.files.get("document")
    if file is None or not file.filename:
        return
    documents.store(
        *(session(), standing.blobs(), row.id, file.stream),
        name=file.filename[:200],
        media_type=file.mimetype or "application/octet-stream",
        by=standing.credit_code(),
        now=now(),
    )
    session().commit()


def _attached(row: Guarantee, made: DemandRow | None) -> tuple[Attached, ...]:
    """What the guarantor has handed in since the demand was made."""
    code = standing.credit_code()
    own = [
        one.sha256
        for one in documents.of(session(), row.id)
        if one.handed_in_by == code and made is not None and one.stored_at >= made.made_at
    ]
    return documents.attached(session(), row.id, own, by=code)
