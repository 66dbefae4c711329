"""The forms of what is done in a case."""

from sqlalchemy import select
from wtforms import RadioField, SelectField, TextAreaField

from app.api.complaints.routes import party
from app.context import session
from app.web.pages.complaints import words
from app.web.pages.forms import Filled, Longest, MomentField, PageForm
from app.web.pages.language import N_, _, said
from oversight.complaints import complaints
from oversight.complaints.records import LONGEST
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import GROUNDS, OUTCOMES, STOPS, Ground, Outcome, Reply, State, Stop

REASON = 500


class ActForm(PageForm):
    def offer(self, case: CaseRow) -> None:
        """Fills the choices."""


class TextForm(ActForm):
    text = TextAreaField(N_("What you say"), [Filled(), Longest(LONGEST)])


class ReplyForm(ActForm):
    outcome = SelectField(N_("The objection is"))
    text = TextAreaField(N_("The reply, with its reasons"), [Filled(), Longest(LONGEST)])
    new_deadline = MomentField(N_("New deadline for bids (empty: the old one)"))

    def offer(self, case: CaseRow) -> None:  # noqa: ARG002 - the base has it
        self.outcome.choices = [(str(one), said(OUTCOMES[one])) for one in Reply]


class CorrectionForm(ActForm):
    until = MomentField(N_("Until when (Beijing time)"), [Filled()])
    text = TextAreaField(N_("What is lacking"), [Filled(), Longest(LONGEST)])


class RefuseForm(ActForm):
    ground = SelectField(N_("On which ground"))
    text = TextAreaField(N_("The reasons"), [Filled(), Longest(LONGEST)])

    def offer(self, case: CaseRow) -> None:  # noqa: ARG002 - the base has it
        self.ground.choices = [(str(one), said(GROUNDS[one])) for one in Ground]


class ForwardForm(ActForm):
    authority = SelectField(N_("To which authority"))
    text = TextAreaField(N_("Why it is the right one"), [Filled(), Longest(LONGEST)])

    def offer(self, case: CaseRow) -> None:
        others = [one for one in complaints.authorities(session()) if one.id != case.authority]
        self.authority.choices = [(str(one.id), one.name) for one in others]


class JoinForm(ActForm):
    lead = SelectField(N_("To which complaint"), [Filled()])
    text = TextAreaField(N_("Why both belong together"), [Filled(), Longest(LONGEST)])

    def offer(self, case: CaseRow) -> None:
        query = select(CaseRow).where(
            CaseRow.tender == case.tender,
            CaseRow.id != case.id,
            CaseRow.authority == party().organisation,
            CaseRow.state == State.ACCEPTED,
            CaseRow.lead.is_(None),
        )
        found = session().scalars(query.order_by(CaseRow.filed_at))
        choices = [(one.id, f"{words.short(one)} · {words.matter(one.matter)}") for one in found]
        self.lead.choices = choices or [("", _("There is no other accepted complaint about this tender."))]


class OrderForm(ActForm):
    reason = TextAreaField(N_("The reason, which is public"), [Filled(), Longest(REASON)])


class LiftForm(OrderForm):
    new_deadline = MomentField(N_("New deadline for bids (empty: the old one)"))


class MeasureForm(ActForm):
    kind = SelectField(N_("What the clock stands for"))
    until = MomentField(N_("Until when at the latest (Beijing time)"), [Filled()])
    text = TextAreaField(N_("What is tested, and by whom"), [Filled(), Longest(LONGEST)])

    def offer(self, case: CaseRow) -> None:  # noqa: ARG002 - the base has it
        self.kind.choices = [(str(one), said(STOPS[one])) for one in Stop]


class WithdrawalForm(ActForm):
    allow = RadioField(N_("Your answer"), [Filled()])
    text = TextAreaField(N_("The reasons"), [Filled(), Longest(LONGEST)])

    def offer(self, case: CaseRow) -> None:  # noqa: ARG002 - the base has it
        self.allow.choices = [("yes", _("The complaint may go")), ("no", _("A breach was found: go on"))]


class DecideForm(ActForm):
    outcome = SelectField(N_("The complaint is"))
    text = TextAreaField(N_("The decision, which is public"), [Filled(), Longest(LONGEST)])

    def offer(self, case: CaseRow) -> None:  # noqa: ARG002 - the base has it
        self.outcome.choices = [(str(one), said(OUTCOMES[one])) for one in Outcome]
