"""The form in which staff ask for a draw: needs and whom to avoid are lists that grow by a button of the form."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import NumberRange

from app.web.pages.draws.words import REASONS
from app.web.pages.forms import Filled, Longest, PageForm
from app.web.pages.language import N_, said
from oversight.drawing import Wish
from oversight.expert_draw import Few

MOST = 20
_AVOID = ("reason", "number", "employer")


class NeedForm(Form):  # type: ignore[misc] # the library is not typed
    specialty = SelectField(N_("Specialty"))
    region = StringField(N_("Region (empty: any)"), [Longest(40)])
    count = IntegerField(N_("Experts"), [Filled(), NumberRange(1, 99)], default=5)
    reserve = IntegerField(N_("Reserve that must be there"), [Filled(), NumberRange(0, 99)], default=5)


class AvoidForm(Form):  # type: ignore[misc] # the library is not typed
    reason = SelectField(N_("Reason"))
    number = StringField(N_("Number of one expert"), [Longest(32)])
    employer = StringField(N_("or an employer"), [Longest(200)])


class WishForm(PageForm):
    lot = SelectField(N_("Lot"))
    group = SelectField(N_("Group of keyholders"))
    needs = FieldList(FormField(NeedForm), min_entries=1, max_entries=MOST)
    avoided = FieldList(FormField(AvoidForm), min_entries=1, max_entries=MOST)
    minutes = IntegerField(N_("Minutes to answer in"), [Filled(), NumberRange(1, 7 * 24 * 60)], default=30)
    others = IntegerField(N_("Representatives of the tenderee"), [Filled(), NumberRange(0, 30)], default=0)
    warned_of = HiddenField()
    warned = BooleanField(N_("I have read the warning: commit and draw nevertheless"))

    def offer(
        self, lots: dict[str, str], groups: dict[str, str], specialties: dict[str, tuple[str, str]]
    ) -> "WishForm":
        """Choices by what they are called: a lot's title, a group's name, a specialty's."""
        self.lot.choices = list(lots.items())
        self.group.choices = list(groups.items())
        fields = [(code, f"{code} · {name}") for code, (_, name) in sorted(specialties.items())]
        for need in self.needs:
            need.form.specialty.choices = fields
        for one in self.avoided:
            one.form.reason.choices = [(name, said(word)) for name, word in REASONS.items()]
        return self

    def grow(self, change: str) -> bool:
        """What a button of the lists asks for; whether it was one."""
        lists = {"need": self.needs, "avoid": self.avoided}
        found = lists.get(change.rstrip("+-"))
        if found is None:
            return False
        if change.endswith("+") and len(found) < MOST:
            found.append_entry()
        elif change.endswith("-") and len(found) > 1:
            found.pop_entry()
        return True

    def has_accepted(self, few: Sequence[Few]) -> bool:
        """Whether this very warning was shown before and ticked. The form then carries the one that stands."""
        shown = " ".join(f"{one.need}:{one.eligible}:{one.wanted}" for one in few)
        accepted = self.warned_of.data == shown and bool(self.warned.data)
        self.warned_of.data, self.warned.data = shown, accepted
        return accepted or not few

    def wish(self) -> Wish:
        """MalformedDrawError for one that cannot be. A line without a number and an employer says nothing."""
        given = [{name: (one.form[name].data or "").strip() for name in _AVOID} for one in self.avoided]
        avoided: list[Any] = [one for one in given if one["number"] or one["employer"]]
        needs = [
            {
                "specialty": one.form.specialty.data,
                "region": (one.form.region.data or "").strip(),
                "count": one.form.count.data,
                "reserve": one.form.reserve.data,
            }
            for one in self.needs
        ]
        return Wish.parse(
            {
                "lot": self.lot.data,
                "needs": needs,
                "avoided": avoided,
                "window": (self.minutes.data or 0) * 60,
                "others": self.others.data,
            }
        )
