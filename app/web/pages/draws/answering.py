"""An expert answers a call by the code that it was told: no login, no session, nothing kept of who asks."""

from flask import Response
from wtforms import RadioField, StringField

from app.committees import Opinions
from app.context import now, parts, session
from app.web.pages.draws import words
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, said
from app.web.pages.refusal import Refused, refused_by
from app.web.pages.render import page
from app.web.pages.routes import pages
from oversight import notices
from oversight.errors import OversightError
from oversight.expert_draw import Answer

_CHOICES = ("accepted", "declined", "conflicted")


class AnswerForm(PageForm):
    code = StringField(N_("Code of the call"), [Filled(), Longest(64)])
    answer = RadioField(N_("Your answer"), [Filled()], choices=[])

    def offer(self) -> "AnswerForm":
        self.answer.choices = [(name, said(words.ANSWERS[name])) for name in _CHOICES]
        return self


@pages.get("/draws/answer")
def answer_call() -> Response:
    """The form."""
    return page("draws/answer.html", form=AnswerForm(None).offer(), refused=None, receipt=None)


@pages.post("/draws/answer")
def give_answer() -> Response:
    """Takes the answer; the page that follows is the expert's receipt."""
    form: AnswerForm = AnswerForm.entered().offer()
    refused: Refused | None = None
    if form.sent_well():
        try:
            event = notices.answer_by_code(
                *(session(), form.code.data, Answer(form.answer.data)),
                now=now(),
                random=parts().random,
                committee=Opinions(),
            )
            receipt = {"body": event.body.decode(), "salt": event.salt.hex()}
            session().commit()
        except OversightError as error:
            session().rollback()
            refused = refused_by(error)
        else:
            return page("draws/answer.html", form=None, refused=None, receipt=receipt)
    return page("draws/answer.html", 422, form=form, refused=refused, receipt=None)
