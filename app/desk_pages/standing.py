"""Guarantees that were issued, as the chain has them: what stands, what is late, which demand waits until when."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, url_for
from sqlalchemy import select
from wtforms import RadioField, StringField
from wtforms.validators import Regexp

from app.desk_api import answering
from app.desk_api.desk import now, session
from app.desk_pages.gate import login
from app.desk_pages.render import page, pages, see
from app.web.pages.forms import Filled, PageForm
from app.web.pages.language import N_, _
from app.web.pages.refusal import Refused, refused_by
from guarantees.after import desk as after
from guarantees.after.demand_rules import Answer
from guarantees.chain import index
from guarantees.chain.outbox import REFUSED, REVERTED
from guarantees.chain.refusals import State
from guarantees.chain.standing import Standing
from guarantees.desk import amending
from guarantees.errors import GuaranteesError
from guarantees.tables.desk import DELIVERED, ISSUED, SIGNED, Application, Issue
from guarantees.tables.succession import Succession

_ONE = "/guarantees/<string(maxlength=64):guarantee_id>"


@dataclass(frozen=True, slots=True)
class Held:
    """`standing` None: not seen on chain. `answer_by`: until when a demand is examined, by business days (URDG 758
    article 20). `late`: it was not answered on chain in these days."""

    issue: Issue | Succession
    application: Application
    standing: Standing | None
    state: State
    answer_by: datetime | None
    late: bool

    @property
    def amount(self) -> int:
        """In cents: an amended guarantee has its own."""
        return self.issue.amount if isinstance(self.issue, Succession) else self.application.amount

    @property
    def predecessor(self) -> str | None:
        """The id on chain of the guarantee whose place it takes."""
        return self.issue.predecessor.hex() if isinstance(self.issue, Succession) else None


class AnswerForm(PageForm):
    given = RadioField(N_("Answer"), [Filled()], choices=[])
    document = StringField(
        N_("SHA-256 of the answer's document"),
        [Regexp(r"^([0-9a-fA-F]{64})?\Z", message=N_("A SHA-256 is 64 hexadecimal digits."))],
    )


@pages.get("/guarantees")
def guarantees() -> Response:
    """Demands first, those whose answer is due soonest; then what stands, by its expiry."""
    query = (
        select(Issue, Application)
        .join(Application, Application.id == Issue.application)
        .where(Application.state.in_((SIGNED, ISSUED, DELIVERED)))
    )
    rows = [_held(issue, application) for issue, application in session().execute(query)]
    rows += [
        _held(one, session().get_one(Application, one.application)) for one in amending.agreed(session())
    ]
    ended = (State.PAID, State.RELEASED, State.EXPIRED)
    demanded = [one for one in rows if one.state is State.DEMANDED]
    standing = [one for one in rows if one.state is not State.DEMANDED and one.state not in ended]
    return page(
        "guarantees.html",
        demanded=sorted(demanded, key=lambda one: one.answer_by or now()),
        standing=sorted(standing, key=_last),
        ended=sorted((one for one in rows if one.state in ended), key=_last, reverse=True)[:200],
    )


@pages.route(_ONE, methods=["GET", "POST"])
def guarantee(guarantee_id: str) -> Response:
    """One of them; while a demand is open, with the form that answers it on chain."""
    held = _found(guarantee_id)
    form, refused, status = AnswerForm.entered(), None, 200
    form.given.choices = _choices(held)
    if form.sent_well():
        if form.given.data != Answer.EXTENDED and not form.document.data:
            form.refuse("document", _("This has to be filled in."))
        else:
            refused = _answer(held, Answer(form.given.data), form.document.data or "")
            if refused is None:
                return see(url_for("desk.guarantee", guarantee_id=guarantee_id))
            held, status = _found(guarantee_id), 409
    at = held.standing
    wanted = [] if at is None or at.answer_by is None else after.wanted(session(), at.id, at.answer_by)
    return page(
        "guarantee.html",
        422 if form.errors else status,
        held=held,
        drafts=amending.of(session(), held.issue.guarantee),
        form=form,
        refused=refused,
        wanted=[(one, one.purpose.split()[0]) for one in wanted],
        may_answer=bool(form.given.choices)
        and held.state is State.DEMANDED
        and all(one.state in (REFUSED, REVERTED) for one in wanted),
        events=[(one, datetime.fromtimestamp(one.time, UTC)) for one in index.history(session(), held.issue.guarantee)],
    )  # fmt: skip


def _answer(held: Held, given: Answer, document: str) -> Refused | None:
    try:
        answering.answer(*(session(), held.issue, given, bytes.fromhex(document)), who=login(), now=now())
        session().commit()
    except GuaranteesError as error:
        session().rollback()
        return refused_by(error)
    return None


def _choices(held: Held) -> list[tuple[str, str]]:
    """After the days of examination what remains is to pay (URDG 758 article 24)."""
    found = [(str(Answer.PAID), _("Pay"))]
    if not held.late:
        found.append((str(Answer.REFUSED), _("Refuse the demand")))
        if held.standing is not None and held.standing.extension_days:
            found.append((str(Answer.EXTENDED), _("Extend")))
    return found


def _held(issue: Issue | Succession, application: Application) -> Held:
    found = index.guarantee(session(), issue.guarantee)
    if found is None:
        return Held(issue, application, None, State.NONE, None, False)
    state = found.at(int(now().timestamp()))
    until = after.examined_until(session(), found)
    late = state is State.DEMANDED and until is not None and until <= now()
    return Held(issue, application, found, state, until, late)


def _found(guarantee_id: str) -> Held:
    issue = answering.issue_of(session(), guarantee_id)
    return _held(issue, session().get_one(Application, issue.application))


def _last(held: Held) -> datetime:
    """When it ends: on chain, if it was seen there."""
    if held.standing is None:
        return held.issue.expiry
    return datetime.fromtimestamp(held.standing.expiry, UTC)
