"""What can be done in a case, by whom and at which state. Each act is a form; the services check all of it again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.api.complaints.routes import desk, party
from app.context import now, session
from app.web.pages.complaints import act_forms as forms
from app.web.pages.forms import MomentField
from app.web.pages.language import N_
from oversight.complaints import examining, investigation, objections, reading, suspending
from oversight.complaints.complaints import CORRECTION, of_authority, supplement
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.steps import AUTHORITY, FILER, TENDEREE, statute_of
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import OPEN, Ground, Kind, Outcome, Reply, State, Stop

Take = Callable[[CaseRow, Any, list[UUID], int], object]
"""(the case, the form, the files, the number of a measure): the caller commits."""


@dataclass(frozen=True, slots=True)
class Act:
    """Its heading, what it means, its form, who may take it, and whether files go with it."""

    part: str
    title: str
    words: str
    form: type[forms.ActForm]
    take: Take
    button: str
    files: bool = False
    grave: bool = False


def possible(session: Session, case: CaseRow, part: str, *, now: datetime) -> list[tuple[str, int]]:
    """What this part may do now, the most urgent first, with the number of the measure that it ends, or 0."""
    if case.state not in OPEN:
        return []
    of_part = {FILER: _of_filer, TENDEREE: _of_tenderee, AUTHORITY: _of_authority}.get(part)
    return [] if of_part is None else list(of_part(session, case, now))


def _of_filer(session: Session, case: CaseRow, now: datetime) -> Iterator[tuple[str, int]]:
    stop = supplement(session, case)
    if case.state == State.CORRECTION and stop is not None and now < stop.until:
        yield "correct", 0
    yield "state", 0
    if case.withdrawal_asked_at is None:
        yield "withdraw", 0


def _of_tenderee(session: Session, case: CaseRow, now: datetime) -> Iterator[tuple[str, int]]:  # noqa: ARG001
    if case.kind == Kind.OBJECTION:
        yield "reply", 0
    yield "state", 0


def _of_authority(session: Session, case: CaseRow, now: datetime) -> Iterator[tuple[str, int]]:
    stop, statute = supplement(session, case), statute_of(case)
    lapsed = stop is not None and now >= stop.until
    if case.withdrawal_asked_at is not None:
        yield "answer-withdrawal", 0
    if case.state == State.FILED or (case.state == State.CORRECTION and lapsed):
        yield "accept", 0
        yield "refuse", 0
    if case.state == State.FILED and stop is None and statute.profile.has(CORRECTION):
        yield "ask-correction", 0
    if case.state in (State.FILED, State.CORRECTION):
        yield "forward", 0
    if case.state == State.ACCEPTED:
        if case.lead is None:
            yield "decide", 0
            yield "join", 0
        for measure in investigation.measures(session, case, now=now):
            yield "end-measure", measure.number
        yield "measure", 0
    if case.suspended_at is None and case.state != State.CORRECTION:
        yield "suspend", 0
    elif case.suspended_at is not None and case.resumed_at is None:
        yield "lift", 0
    yield "state", 0


def _reply(case: CaseRow, form: forms.ReplyForm, files: list[UUID], _number: int) -> object:
    outcome, until = Reply(form.outcome.data), form.new_deadline.data
    said = (session(), desk(), party(), case.id, outcome, form.text.data)
    return objections.reply(*said, files=files, new_deadline=until, now=now())


def _state(case: CaseRow, form: forms.TextForm, files: list[UUID], _number: int) -> object:
    part = reading.part_of(case, party())
    if part == reading.SUPERVISOR:
        raise UnknownCaseError
    said = (session(), desk(), party(), case.id, part, form.text.data, files)
    return investigation.state(*said, now=now())


def _withdraw(case: CaseRow, form: forms.TextForm, _files: list[UUID], _number: int) -> object:
    act = objections.withdraw if case.kind == Kind.OBJECTION else investigation.withdraw
    return act(session(), desk(), party(), case.id, form.text.data, now=now())


def _correct(case: CaseRow, form: forms.TextForm, files: list[UUID], _number: int) -> object:
    return examining.correct(session(), desk(), party(), case.id, form.text.data, files, now=now())


def _accept(case: CaseRow, form: forms.TextForm, _files: list[UUID], _number: int) -> object:
    return examining.accept(session(), desk(), party(), case.id, form.text.data, now=now())


def _refuse(case: CaseRow, form: forms.RefuseForm, _files: list[UUID], _number: int) -> object:
    said = (session(), desk(), party(), case.id, Ground(form.ground.data), form.text.data)
    return examining.refuse(*said, now=now())


def _ask_correction(case: CaseRow, form: forms.CorrectionForm, _files: list[UUID], _number: int) -> object:
    said = (session(), desk(), party(), case.id, _moment(form.until), form.text.data)
    return examining.ask_correction(*said, now=now())


def _forward(case: CaseRow, form: forms.ForwardForm, _files: list[UUID], _number: int) -> object:
    said = (session(), desk(), party(), case.id, UUID(form.authority.data), form.text.data)
    return examining.forward(*said, now=now())


def _join(case: CaseRow, form: forms.JoinForm, _files: list[UUID], _number: int) -> object:
    return examining.join(session(), desk(), party(), case.id, form.lead.data, form.text.data, now=now())


def _suspend(case: CaseRow, form: forms.OrderForm, _files: list[UUID], _number: int) -> object:
    found, _statute = of_authority(session(), party(), case.id)
    return suspending.order(session(), desk(), party(), found, form.reason.data, now=now())


def _lift(case: CaseRow, form: forms.LiftForm, _files: list[UUID], _number: int) -> object:
    found, _statute = of_authority(session(), party(), case.id)
    suspending.require_ordered(found)
    suspending.require_public(session(), desk(), [found], form.reason.data, now=now())
    until, said = form.new_deadline.data, (session(), desk(), found, form.reason.data)
    return suspending.lift(*said, party=party(), new_deadline=until, now=now())


def _measure(case: CaseRow, form: forms.MeasureForm, _files: list[UUID], _number: int) -> object:
    kind, until = Stop(form.kind.data), _moment(form.until)
    return investigation.stop(session(), desk(), party(), case.id, kind, until, form.text.data, now=now())


def _end_measure(case: CaseRow, form: forms.TextForm, _files: list[UUID], number: int) -> object:
    return investigation.resume(session(), desk(), party(), case.id, number, form.text.data, now=now())


def _answer_withdrawal(case: CaseRow, form: forms.WithdrawalForm, _files: list[UUID], _number: int) -> object:
    said, allow = (session(), desk(), party(), case.id, form.text.data), form.allow.data == "yes"
    return investigation.answer_withdrawal(*said, allow=allow, now=now())


def _decide(case: CaseRow, form: forms.DecideForm, _files: list[UUID], _number: int) -> object:
    said = (session(), desk(), party(), case.id, Outcome(form.outcome.data), form.text.data)
    return investigation.decide(*said, now=now())


def _moment(field: MomentField) -> datetime:
    """Of a field that has to be filled in."""
    return cast("datetime", field.data)


ACTS = {
    "reply": Act(
        TENDEREE,
        N_("Reply to the objection"),
        N_(
            "The tender goes on with your reply. Where the old deadline is too near by then, a new one is needed; the "
            "refusal names the earliest. Whoever objected may complain after it."
        ),
        forms.ReplyForm,
        _reply,
        N_("Reply"),
        files=True,
    ),
    "state": Act(
        "",
        N_("Say something, or add evidence"),
        N_(
            "All who have a part in the case read it; its hash goes into the ledger. "
            "Nothing that was said is taken back."
        ),
        forms.TextForm,
        _state,
        N_("Hand in"),
        files=True,
    ),
    "withdraw": Act(
        FILER,
        N_("Withdraw"),
        N_(
            "The case ends, and the tender goes on. Once a complaint is accepted, the authority may have to allow it."
        ),
        forms.TextForm,
        _withdraw,
        N_("Withdraw"),
        grave=True,
    ),
    "correct": Act(
        FILER,
        N_("Hand in the correction"),
        N_(
            "What the complaint lacked, as the authority asked for it. That time does not count for the clocks."
        ),
        forms.TextForm,
        _correct,
        N_("Hand in"),
        files=True,
    ),
    "accept": Act(
        AUTHORITY,
        N_("Accept the complaint"),
        N_("The clock of the decision runs from now on, and the tenderee reads the complaint."),
        forms.TextForm,
        _accept,
        N_("Accept"),
    ),
    "refuse": Act(
        AUTHORITY,
        N_("Do not accept the complaint"),
        N_("The case ends. The ground is public; what you write is read by whoever complained."),
        forms.RefuseForm,
        _refuse,
        N_("Do not accept"),
        grave=True,
    ),
    "ask-correction": Act(
        AUTHORITY,
        N_("Send back for correction"),
        N_("Once, and within the time that the law gives for it. The time of the correction does not count."),
        forms.CorrectionForm,
        _ask_correction,
        N_("Send back"),
    ),
    "forward": Act(
        AUTHORITY,
        N_("Forward to the right authority"),
        N_("The complaint is another authority's from then on. Its clocks go on as they were."),
        forms.ForwardForm,
        _forward,
        N_("Forward"),
    ),
    "join": Act(
        AUTHORITY,
        N_("Join to another complaint"),
        N_("Both are decided together; each keeps its own clock."),
        forms.JoinForm,
        _join,
        N_("Join"),
    ),
    "suspend": Act(
        AUTHORITY,
        N_("Order that the tender stands still"),
        N_(
            "The lots of this case stand still at once: no bid comes in, none is opened. The reason is public."
        ),
        forms.OrderForm,
        _suspend,
        N_("Order it"),
        grave=True,
    ),
    "lift": Act(
        AUTHORITY,
        N_("Lift the order"),
        N_(
            "The lots go on. Without a new deadline the earliest possible one holds where the old one is over."
        ),
        forms.LiftForm,
        _lift,
        N_("Lift it"),
    ),
    "measure": Act(
        AUTHORITY,
        N_("Begin testing, an appraisal or an expert's opinion"),
        N_(
            "This time does not count towards the decision. "
            "It ends at the latest when you say now; nobody can prolong it."
        ),
        forms.MeasureForm,
        _measure,
        N_("Begin"),
    ),
    "end-measure": Act(
        AUTHORITY,
        N_("Say that the testing has ended"),
        N_("The clock of the decision goes on from now."),
        forms.TextForm,
        _end_measure,
        N_("It has ended"),
    ),
    "answer-withdrawal": Act(
        AUTHORITY,
        N_("Answer the withdrawal"),
        N_("A complaint may go unless a breach of the law was found: then you go on with it."),
        forms.WithdrawalForm,
        _answer_withdrawal,
        N_("Answer"),
    ),
    "decide": Act(
        AUTHORITY,
        N_("Decide the complaint"),
        N_(
            "With all that are joined to it. The decision is public at once in these words, and the tender goes on. "
            "Name nobody who complained before the lots are opened. A fabricated complaint stays on record as that."
        ),
        forms.DecideForm,
        _decide,
        N_("Decide and publish"),
        grave=True,
    ),
}
"""By the name in the address. `part` is empty where everybody with a part may."""
