"""The form of a draft, and the way between it and `bidding.tenders.draft.Draft`.

Nothing that a draft can hold is lost on the way: lots and parts are lists that grow and shrink by buttons of the form
itself, so that no program is needed in the browser.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.pages.forms import Filled, Longest, MomentField, PageForm, YuanField
from app.web.pages.language import N_, _, said
from app.web.pages.naming import formula_name
from bidding.package.sheet import Asked, GuaranteeHere
from bidding.tenders.draft import DEFAULT_MAX_SIZE, Draft, LotDraft, MethodDraft, PartDraft, to_json
from bidding.timetable import Timetable
from statutes.events import EVENTS
from statutes.said import Said
from statutes.shipped import NAMES, shipped

MIB = 1 << 20
MOMENTS = tuple(one.name for one in fields(Timetable) if one.name != "validity_days")
REQUIRED = ("documents_from", "documents_to", "deadline", "opening")
_ASKED = {
    Asked.PERIOD: N_("period in days"),
    Asked.QUALITY: N_("quality promised"),
    Asked.MANAGER: N_("project manager"),
    Asked.LINES: N_("priced lines"),
    Asked.CERTIFICATES: N_("certificates"),
}
_GUARANTEE = {
    GuaranteeHere.NONE: N_("no"),
    GuaranteeHere.OPTIONAL: N_("if there is one"),
    GuaranteeHere.REQUIRED: N_("required"),
}
_FORMULAS = ("ratio-to-lowest", "deviation-from-lowest", "deviation-from-mean")
_PARAMETERS = ("per_percent", "above", "below", "trims_from", "reduction")


class PartForm(Form):  # type: ignore[misc] # the library is not typed
    name = StringField(N_("Name of the part (a-z, hyphen)"), [Filled(), Longest(32)])
    audience = SelectField(N_("Read by"))
    after = StringField(N_("Opened after the part"), [Longest(32)])
    has_price = BooleanField(N_("Has the price"))
    knowledge = BooleanField(N_("Sealer proves to know the stanza's secret"))
    guarantee = SelectField(N_("Carries the bid guarantee"))
    max_size = IntegerField(N_("At most, in MiB"), [NumberRange(1, 2048)], default=DEFAULT_MAX_SIZE // MIB)
    asks = SelectMultipleField(
        N_("Asks for"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def offer(self) -> None:
        self.audience.choices = [("public", _("everybody")), ("committee", _("the committee alone"))]
        self.guarantee.choices = [(str(one), _(name)) for one, name in _GUARANTEE.items()]
        self.asks.choices = [(str(one), _(name)) for one, name in _ASKED.items()]

    def draft(self) -> dict[str, Any]:
        return {
            "name": (self.name.data or "").strip(),
            "audience": self.audience.data,
            "has_price": self.has_price.data,
            "after": (self.after.data or "").strip() or None,
            "knowledge": self.knowledge.data,
            "asks": self.asks.data or [],
            "guarantee": self.guarantee.data,
            "max_size": (self.max_size.data or 0) * MIB,
        }


class LotForm(Form):  # type: ignore[misc] # the library is not typed
    number = StringField(N_("Number of the lot"), [Filled(), Longest(40)])
    title = StringField(N_("Title of the lot"), [Filled(), Longest(300)])
    description = TextAreaField(N_("Description"), [Longest(20_000)])
    estimate = YuanField(N_("Estimate in yuan"), [Filled()])
    ceiling = YuanField(N_("Ceiling in yuan (empty: none)"))
    bond = YuanField(N_("Bid bond in yuan (empty: none)"))
    performance_bond_percent = IntegerField(
        N_("Performance bond in percent"), [Optional(), NumberRange(0, 100)]
    )
    method = SelectField(N_("Evaluation"))
    weights = TextAreaField(N_("Criteria and their percent, one a line: price 60"), [Longest(2000)])
    formula = SelectField(N_("Formula of the price"))
    per_percent = IntegerField(
        N_("Points off for each percent above the lowest, in hundredths"), [Optional()]
    )
    above = IntegerField(N_("Points off for each percent above the mean, in hundredths"), [Optional()])
    below = IntegerField(N_("Points off for each percent below the mean, in hundredths"), [Optional()])
    trims_from = IntegerField(N_("From so many bids on, leave out highest and lowest"), [Optional()])
    reduction = IntegerField(N_("Mean lowered by, in hundredths of a percent"), [Optional()])
    parts = FieldList(FormField(PartForm), min_entries=0)

    def offer(self) -> None:
        self.method.choices = [
            ("lowest", _("The lowest evaluated price wins")),
            ("comprehensive", _("Comprehensive: the highest score wins")),
        ]
        self.formula.choices = [("", "—"), *[(one, formula_name(one)) for one in _FORMULAS]]
        for one in self.parts:
            one.form.offer()

    def draft(self) -> dict[str, Any]:
        return {
            "number": (self.number.data or "").strip(),
            "title": (self.title.data or "").strip(),
            "description": self.description.data or "",
            "estimate": self.estimate.data or 0,
            "ceiling": self.ceiling.data,
            "bond": self.bond.data or 0,
            "performance_bond_percent": self.performance_bond_percent.data or 0,
            "method": self._method(),
            "parts": [one.form.draft() for one in self.parts],
        }

    def _method(self) -> dict[str, Any]:
        if self.method.data == "lowest":
            return {"kind": "lowest"}
        formula = None
        if self.formula.data:
            values = {name: self[name].data for name in _PARAMETERS if self[name].data is not None}
            formula = {"kind": self.formula.data, **values}
        return {"kind": "comprehensive", "weights": weights_of(self.weights.data or ""), "formula": formula}


class DraftForm(PageForm):
    """A draft. `change(pressed)` grows or shrinks its lists; `draft()` is what parse_draft takes."""

    title = StringField(N_("Title of the tender"), [Filled(), Longest(300)])
    profile = SelectField(N_("Body of rules"))
    description = TextAreaField(N_("Description"), [Longest(20_000)])
    lots = FieldList(FormField(LotForm), min_entries=0)
    validity_days = IntegerField(N_("Days that bids are valid"), [Optional(), NumberRange(0, 36_500)])

    def offer(self) -> "DraftForm":
        names = {one.id: said(Said(one.zh, one.en)) for one in shipped()}
        self.profile.choices = [(name, names[name]) for name in NAMES]
        for one in self.lots:
            one.form.offer()
        return self

    def change(self, pressed: str) -> None:
        """`lot+`, `lot-<i>`, `part+<i>`, `part-<i>-<j>`, as the buttons are called. Anything else changes nothing."""
        what, *where = pressed.replace("+", "+ ").replace("-", "- ").split()
        places = [int(one.rstrip("-")) for one in where if one.rstrip("-").isdecimal()]
        match what, places:
            case "lot+", []:
                self.lots.append_entry(_new_lot(len(self.lots) + 1))
            case "lot-", [lot] if lot < len(self.lots):
                del self.lots.entries[lot]
            case "part+", [lot] if lot < len(self.lots):
                self.lots[lot].form.parts.append_entry(_part_data(PartDraft(name="technical")))
            case "part-", [lot, part] if lot < len(self.lots) and part < len(self.lots[lot].form.parts):
                del self.lots[lot].form.parts.entries[part]
        self.offer()

    def moments(self) -> list[Any]:
        """The fields of the timetable, in their order."""
        return [self[name] for name in MOMENTS]

    def draft(self, before: Draft | None = None) -> dict[str, Any]:
        """What the form cannot show (currency, source) stays as it was. Without any date there is no timetable yet."""
        found: dict[str, Any] = {
            "title": (self.title.data or "").strip(),
            "profile": self.profile.data,
            "description": self.description.data or "",
            "lots": [one.form.draft() for one in self.lots],
            "timetable": self._timetable(),
        }
        if before is not None:
            found |= {"currency": before.currency, "source": before.source}
        return found

    def check_dates(self) -> bool:
        """Some dates, but not those that every timetable has: each that is missing is said beside its field."""
        if not any(self[name].data for name in MOMENTS) and self.validity_days.data is None:
            return True
        lacking = [
            name for name in (*REQUIRED, "validity_days") if self[name].data is None and not self[name].errors
        ]
        for name in lacking:
            self.refuse(name, _("This has to be filled in."))
        return not lacking

    def _timetable(self) -> dict[str, Any] | None:
        given: dict[str, datetime] = {
            name: self[name].data for name in MOMENTS if self[name].data is not None
        }
        if not given:
            return None
        dates = {name: at.isoformat() for name, at in given.items()}
        return {**dates, "validity_days": self.validity_days.data or 0}


for _name in MOMENTS:
    setattr(DraftForm, _name, MomentField(_name))


def moment_label(name: str) -> str:
    """The event of a field of the timetable."""
    return said(EVENTS[name.replace("_", "-")])


def values_of(draft: Draft) -> dict[str, Any]:
    """The draft as the form's data."""
    found: dict[str, Any] = {
        "title": draft.title,
        "profile": draft.profile,
        "description": draft.description,
        "lots": [_lot_data(lot) for lot in draft.lots],
    }
    if draft.timetable is not None:
        found |= {name: getattr(draft.timetable, name) for name in (*MOMENTS, "validity_days")}
    return found


def weights_of(text: str) -> dict[str, int]:
    """Hundredths of a percent by criterion; a line that is none counts as 0, which the rules then refuse by name."""
    found = {}
    for line in text.replace("：", " ").replace(":", " ").replace("%", " ").splitlines():
        name, _space, number = line.strip().rpartition(" ")
        if name or number:
            try:
                found[name.strip() or number] = round(float(number) * 100)
            except ValueError:
                found[line.strip()] = 0
    return found


def _new_lot(number: int) -> dict[str, Any]:
    return {"number": str(number), "parts": [_part_data(PartDraft(name="price", has_price=True))]}


def _lot_data(lot: LotDraft) -> dict[str, Any]:
    method: MethodDraft = lot.method
    found = {name: getattr(lot, name) for name in ("number", "title", "description", "estimate", "ceiling")}
    found |= {
        "bond": lot.bond or None,
        "performance_bond_percent": lot.performance_bond_percent or None,
        "method": method.kind,
        "weights": "\n".join(f"{name} {weight / 100:g}" for name, weight in method.weights.items()),
        "parts": [_part_data(part) for part in lot.parts],
    }
    if method.formula is not None:
        found["formula"] = method.formula.kind
        found |= {name: getattr(method.formula, name) or None for name in _PARAMETERS}
    return found


def _part_data(part: PartDraft) -> dict[str, Any]:
    return {**to_json(part), "max_size": max(1, part.max_size // MIB)}
