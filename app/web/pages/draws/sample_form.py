"""The form in which a supervisor asks for a sample: of what, of which quarter, how much, what is asked of each."""

from collections.abc import Iterator
from datetime import datetime

from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange

from app.web.pages.draws.words import KINDS
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, said
from oversight.quarters import Quarter

QUARTERS = 8
LEAST_PERCENT = 20


class SampleForm(PageForm):
    kind = SelectField(N_("Of what"))
    quarter = SelectField(N_("Quarter"))
    percent = IntegerField(
        N_("At least so many percent"), [Filled(), NumberRange(1, 100)], default=LEAST_PERCENT
    )
    each = IntegerField(
        N_("Inspectors to be drawn for each (0: none)"), [Filled(), NumberRange(0, 20)], default=0
    )
    group = SelectField(N_("Group of keyholders"))
    checklist = TextAreaField(N_("Checklist, a question a line"), [Filled(), Longest(20_000)])

    def offer(self, groups: dict[str, str], *, now: datetime) -> "SampleForm":
        """The quarters that are over, the newest first."""
        self.kind.choices = [(name, said(word)) for name, word in KINDS.items()]
        self.quarter.choices = [(str(quarter), str(quarter)) for quarter in _over(now)]
        self.group.choices = list(groups.items())
        return self

    @property
    def questions(self) -> list[str]:
        lines = (line.strip() for line in (self.checklist.data or "").splitlines())
        return [line for line in lines if line]


def _over(now: datetime) -> Iterator[Quarter]:
    quarter = Quarter.of(now)
    for _ in range(QUARTERS):
        quarter = quarter.before
        yield quarter
