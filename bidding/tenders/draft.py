"""A tender as it is written before its publication, and as its notice then keeps it: pure values, read strictly.

Amounts are whole hundredths of the currency. A draft may lack its timetable or its lots; its publication needs both.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, cast

import msgspec

from bidding.evaluation import Comprehensive, LowestEvaluatedPrice, Method
from bidding.lot import Audience, Lot, Part
from bidding.package.fields import Currency
from bidding.package.sheet import Asked, GuaranteeHere
from bidding.price_formulas import DeviationFromLowest, DeviationFromMean, PriceFormula, RatioToLowest
from bidding.tenders.errors import DraftError
from bidding.timetable import Timetable
from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError

LotNumber = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,39}$(?!\n)", max_length=40)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Words = Annotated[str, msgspec.Meta(max_length=20_000)]
DEFAULT_MAX_SIZE = 100 << 20
Size = Annotated[int, msgspec.Meta(ge=1 << 10, le=1 << 31)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    """A part of every bid: what bidding.lot.Part says, and what a bidder's program must know beside (LotSheet)."""

    name: Annotated[str, msgspec.Meta(max_length=32)]
    audience: Audience = Audience.PUBLIC
    has_price: bool = False
    after: str | None = None
    knowledge: bool = False
    asks: tuple[Asked, ...] = ()
    guarantee: GuaranteeHere = GuaranteeHere.NONE
    max_size: Size = DEFAULT_MAX_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaDraft:
    """A price formula by its name, and its parameters (bidding/price_formulas.py)."""

    kind: Literal["ratio-to-lowest", "deviation-from-lowest", "deviation-from-mean"]
    per_percent: int = 0
    above: int = 0
    below: int = 0
    trims_from: int = 0
    reduction: int = 0

    def formula(self) -> PriceFormula:
        match self.kind:
            case "ratio-to-lowest":
                return RatioToLowest()
            case "deviation-from-lowest":
                return DeviationFromLowest(self.per_percent)
            case "deviation-from-mean":
                return DeviationFromMean(self.above, self.below, self.trims_from, self.reduction)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDraft:
    """How bids are evaluated. `weights` are hundredths of a percent."""

    kind: Literal["lowest", "comprehensive"] = "lowest"
    weights: Mapping[str, int] = field(default_factory=dict)
    formula: FormulaDraft | None = None

    def method(self) -> Method:
        """DraftError for a comprehensive method without its formula."""
        if self.kind == "lowest":
            return LowestEvaluatedPrice()
        if self.formula is None:
            raise DraftError("a comprehensive method names the formula that scores the price")
        return Comprehensive(dict(self.weights), self.formula.formula())


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDraft:
    """A lot; what its fields mean, bidding.lot.Lot says. `number` is unique in the tender."""

    number: LotNumber
    title: Title
    estimate: int
    parts: tuple[PartDraft, ...] = (PartDraft(name="price", has_price=True),)
    method: MethodDraft = MethodDraft()
    description: Words = ""
    ceiling: int | None = None
    minimum: int | None = None
    bond: int = 0
    performance_bond_percent: int = 0

    def lot(self) -> Lot:
        """As the rules see it."""
        return Lot(
            id=self.number,
            title=self.title,
            estimate=self.estimate,
            parts=tuple(
                Part(name=part.name, audience=part.audience, has_price=part.has_price, after=part.after)
                for part in self.parts
            ),
            method=self.method.method(),
            ceiling=self.ceiling,
            minimum=self.minimum,
            bond=self.bond,
            performance_bond_percent=self.performance_bond_percent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A tender. `profile` names the body of rules; `source` is what it was imported from, such as an ocid."""

    title: Title
    profile: Annotated[str, msgspec.Meta(max_length=64)] = "cn-tender"
    description: Words = ""
    currency: Currency = "CNY"
    lots: tuple[LotDraft, ...] = ()
    timetable: Timetable | None = None
    source: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def required_timetable(self) -> Timetable:
        """DraftError if there is none."""
        if self.timetable is None:
            raise DraftError("the draft has no timetable yet: a publication needs one")
        return self.timetable

    def again(self) -> "Draft":
        """The draft of a tender that holds this one again: its dates are planned anew."""
        return replace(self, timetable=None)


def parse_draft(value: object) -> Draft:
    """A draft from decoded JSON or TOML. DraftError names the field that does not fit, and where."""
    if isinstance(value, dict):
        _refuse_unknown(value)
    try:
        draft = msgspec.convert(value, Draft, strict=True)
    except msgspec.ValidationError as error:
        raise DraftError(f"not a draft of a tender: {error}") from error
    if draft.timetable is not None:
        _check_instants(draft.timetable)
    if not _prints(to_json(draft)):
        raise DraftError("a text has a character that no text may have, such as NUL")
    return draft


def to_json(value: object) -> dict[str, Any]:
    """As the database and the notice keep it."""
    return cast("dict[str, Any]", msgspec.to_builtins(value))


def timetable_from(value: Mapping[str, Any]) -> Timetable:
    """The timetable that `to_json` wrote."""
    return msgspec.convert(dict(value), Timetable, strict=True)


def notice_bytes(draft: Draft) -> bytes:
    """The notice: RFC 8785 JSON of the draft as it was published."""
    return canonical_json.dumps({"type": "tender-notice/v1", **to_json(draft)})


def notice_hash(draft: Draft) -> str:
    return hashlib.sha256(notice_bytes(draft)).hexdigest()


def _check_instants(timetable: Timetable) -> None:
    for name, at in to_json(timetable).items():
        found = getattr(timetable, name)
        if isinstance(found, datetime):
            if found.utcoffset() is None:
                raise DraftError(f"timetable.{name} has no time zone: write it as 2026-03-25T09:30:00+08:00")
            if found.microsecond:
                raise DraftError(f"timetable.{name} is not a whole second: {at}")


_KNOWN: dict[str, type] = {
    "": Draft,
    "timetable": Timetable,
    "lots": LotDraft,
    "lots.parts": PartDraft,
    "lots.method": MethodDraft,
    "lots.method.formula": FormulaDraft,
}


def _refuse_unknown(value: dict[str, Any], where: str = "") -> None:
    """A misspelt field would otherwise be passed over: DraftError names it."""
    allowed = set(getattr(_KNOWN[where], "__dataclass_fields__", ()))
    for name, inner in value.items():
        path = f"{where}.{name}" if where else name
        if name not in allowed:
            raise DraftError(f"a draft has no field {path!r}")
        if path in _KNOWN:
            for one in inner if isinstance(inner, list) else [inner]:
                if isinstance(one, dict):
                    _refuse_unknown(one, path)


def _prints(value: Json) -> bool:
    try:
        encoded = canonical_json.dumps(value)
    except EncodingError:
        return False
    return b"\\u0000" not in encoded
