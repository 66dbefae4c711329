"""The forms of a tender's moves. `given()` is what the API's function for the move takes, under the same names."""

import re
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.pages.forms import Filled, Longest, MomentField, PageForm, YuanField
from app.web.pages.language import N_, _
from bidding.moves import NextRankGround
from bidding.tender import State
from bidding.tenders.changing import Ground
from bidding.tenders.models import LotRow

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CAUSE = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_SCORE = re.compile(r"([0-9]{1,3}\.[0-9]{2})?", re.ASCII)
MOST_CANDIDATES = 3
_GROUNDS = {
    NextRankGround.GAVE_UP: N_("the winner gave up"),
    NextRankGround.CANNOT_PERFORM: N_("the winner cannot perform because of force majeure"),
    NextRankGround.NO_PERFORMANCE_BOND: N_("the winner gave no performance bond"),
    NextRankGround.IN_BREACH: N_("the winner was found in breach of the law"),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """Lots that the move can concern, open causes of suspension, bids of the lot's closing, the lot, who moves, and the
    moves that go from here."""

    lots: tuple[tuple[str, str], ...]
    causes: tuple[str, ...]
    bids: tuple[int, ...]
    lot: LotRow | None
    by_supervisor: bool
    moves: frozenset[str]


class Sha256:
    def __call__(self, form: Form, field: Any) -> None:  # noqa: ARG002 - the library's signature
        if not _HASH.fullmatch((field.data or "").strip().lower()):
            raise ValidationError(_("A SHA-256 has 64 characters, 0-9 and a-f. `sha256sum FILE` prints it."))


class MoveForm(PageForm):
    def offer(self, situation: Situation) -> None:
        """Fills the choices."""

    def given(self) -> dict[str, Any]:
        raise NotImplementedError


class LotsForm(MoveForm):
    """Which lots; none ticked means all that the move can concern."""

    lots = SelectMultipleField(
        N_("Only these lots (none: all that it can concern)"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, situation: Situation) -> None:
        self.lots.choices = [(number, _("Lot %(number)s", number=name)) for number, name in situation.lots]

    def given(self) -> dict[str, Any]:
        return {"lots": self.lots.data} if self.lots.data else {}


class ReasonForm(LotsForm):
    reason = TextAreaField(N_("Reason, which becomes public"), [Filled(), Longest(2000)])

    def given(self) -> dict[str, Any]:
        return {**super().given(), "reason": (self.reason.data or "").strip()}


class AmendForm(LotsForm):
    text = TextAreaField(N_("What changes"), [Filled(), Longest(2000)])
    may_affect_bids = BooleanField(N_("It may affect how bids are drawn up"), default=True)
    new_deadline = MomentField(N_("New deadline (empty: unchanged)"))

    def given(self) -> dict[str, Any]:
        found = {
            **super().given(),
            "text": (self.text.data or "").strip(),
            "may_affect_bids": self.may_affect_bids.data,
        }
        return found | ({"new_deadline": self.new_deadline.data} if self.new_deadline.data else {})


class PostponeForm(ReasonForm):
    deadline = MomentField(N_("New deadline"), [Filled()])

    def given(self) -> dict[str, Any]:
        return {**super().given(), "deadline": self.deadline.data}


class SuspendForm(ReasonForm):
    cause = StringField(N_("Name of the cause, such as objection-1"), [Filled(), Longest(64)])
    _ground = Ground.OBJECTION

    def offer(self, situation: Situation) -> None:
        super().offer(situation)
        self._ground = Ground.ORDER if situation.by_supervisor else Ground.OBJECTION

    def validate_cause(self, field: StringField) -> None:
        if not _CAUSE.fullmatch(field.data or ""):
            raise ValidationError(_("Small letters, digits and hyphens, beginning with a letter."))

    def given(self) -> dict[str, Any]:
        return {**super().given(), "ground": str(self._ground), "cause": self.cause.data}


class ResumeForm(ReasonForm):
    cause = SelectField(N_("Cause that is gone"))
    new_deadline = MomentField(N_("New deadline (empty: unchanged)"))

    def offer(self, situation: Situation) -> None:
        super().offer(situation)
        self.cause.choices = [(one, one) for one in situation.causes]

    def given(self) -> dict[str, Any]:
        found = {**super().given(), "cause": self.cause.data}
        return found | ({"new_deadline": self.new_deadline.data} if self.new_deadline.data else {})


class CancelForm(ReasonForm):
    """A reason, and lots."""


class ReportForm(MoveForm):
    sha256 = StringField(N_("SHA-256 of the report"), [Filled(), Sha256()])

    def given(self) -> dict[str, Any]:
        return {"sha256": (self.sha256.data or "").strip().lower()}


class CandidateForm(Form):  # type: ignore[misc] # the library is not typed
    bid = SelectField(N_("Bid"))
    price = YuanField(N_("Price in yuan"))
    score = StringField(N_("Score, such as 92.50 (empty: none)"), [Longest(6)])

    def validate_score(self, field: StringField) -> None:
        if not _SCORE.fullmatch(field.data or ""):
            raise ValidationError(_("Two decimals, such as 92.50."))

    def validate_price(self, field: YuanField) -> None:
        if self.bid.data and field.data is None and not field.errors:
            raise ValidationError(_("This has to be filled in."))

    def offer(self, bids: tuple[int, ...]) -> None:
        names = [(str(one), _("bid %(index)s", index=one)) for one in bids]
        self.bid.choices = [("", "—"), *names]

    def ranked(self, rank: int) -> dict[str, Any]:
        return {
            "rank": rank,
            "bid": int(self.bid.data),
            "price": self.price.data,
            "score": self.score.data or "",
        }


class CandidatesForm(MoveForm):
    candidates = FieldList(FormField(CandidateForm), min_entries=MOST_CANDIDATES, max_entries=MOST_CANDIDATES)

    def offer(self, situation: Situation) -> None:
        for one in self.candidates:
            one.form.offer(situation.bids)

    def given(self) -> dict[str, Any]:
        chosen = [one.form for one in self.candidates if one.form.bid.data]
        return {"candidates": [one.ranked(rank) for rank, one in enumerate(chosen, 1)]}


class AwardForm(MoveForm):
    """Nothing to fill in: the first candidate."""

    def given(self) -> dict[str, Any]:
        return {"rank": 1}


class WinnerForm(MoveForm):
    winner = FormField(CandidateForm)

    def offer(self, situation: Situation) -> None:
        self.winner.form.offer(situation.bids)

    def validate_winner(self, field: FormField) -> None:
        if not field.form.bid.data:
            raise ValidationError(_("This has to be filled in."))

    def given(self) -> dict[str, Any]:
        return {"winner": self.winner.form.ranked(1)}


class NextForm(MoveForm):
    ground = SelectField(N_("Why the one before is not the winner after all"))
    _rank = 2

    def offer(self, situation: Situation) -> None:
        self.ground.choices = [(str(one), _(name)) for one, name in _GROUNDS.items()]
        self._rank = (situation.lot.rank or 0) + 1 if situation.lot else 2

    def given(self) -> dict[str, Any]:
        return {"rank": self._rank, "ground": self.ground.data}


class ContractForm(MoveForm):
    price = YuanField(N_("Price of the contract in yuan"), [Filled()])
    sha256 = StringField(N_("SHA-256 of the contract"), [Filled(), Sha256()])

    def offer(self, situation: Situation) -> None:
        if self.price.data is None and not self.price.raw_data and situation.lot:
            self.price.data = situation.lot.price

    def given(self) -> dict[str, Any]:
        return {"price": self.price.data, "sha256": (self.sha256.data or "").strip().lower()}


class FailForm(MoveForm):
    ground = SelectField(N_("Ground"))
    reason = TextAreaField(N_("Reason, which becomes public"), [Filled(), Longest(2000)])

    def offer(self, situation: Situation) -> None:
        grounds = []
        if situation.lot and situation.lot.state in (State.OPENED, State.EVALUATED):
            grounds.append(("all-rejected", _("all bids were rejected")))
        if situation.lot and situation.lot.state in (State.CANDIDATES_PUBLISHED, State.AWARDED):
            grounds.append(("no-winner", _("no candidate becomes the winner")))
        self.ground.choices = grounds

    def given(self) -> dict[str, Any]:
        return {"ground": self.ground.data, "reason": (self.reason.data or "").strip()}


class AnnulForm(MoveForm):
    reason = TextAreaField(N_("Reason, which becomes public"), [Filled(), Longest(2000)])

    def given(self) -> dict[str, Any]:
        return {"reason": (self.reason.data or "").strip()}
