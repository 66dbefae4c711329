"""`bid.json`: what the bidder says in one part of its bid, for machines to read out at the opening.

The part that has the price holds a `PriceForm`, every other part a `PartForm`. Fields that a lot does not ask for are
null or empty; which ones it asks for stands in its sheet (bidding/package/sheet.py).
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from stdnum.cn import uscc

from bidding.package import records
from bidding.package.errors import RecordError
from bidding.package.fields import Amount, CreditCode, Currency, Date, Days, Line, Quantity
from bidding.package.names import FORM
from bidding.package.records import record
from ledger.entries.fields import LotId, PartName
from statutes.money import parse_yuan

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bidder:
    """Who bids: the name as registered, and the 18-character credit code."""

    name: Line
    credit_code: CreditCode

    def __post_init__(self) -> None:
        if not uscc.is_valid(self.credit_code):
            raise ValueError("the check digit of the credit code is wrong")


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the priced list: quantity times unit price, rounded to two decimals, is the amount."""

    item: Line
    unit: Line
    quantity: Quantity
    unit_price: Amount
    amount: Amount

    @property
    def product(self) -> Decimal:
        """What the amount should be. Whether it is, the evaluation committee judges."""
        return (Decimal(self.quantity) * Decimal(self.unit_price)).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A qualification that the bidder claims; its copy is among the documents."""

    name: Line
    number: Line
    valid_until: Date | None

    def __post_init__(self) -> None:
        if self.valid_until is not None:
            date.fromisoformat(self.valid_until)


@record("price-form/v1")
@dataclass(frozen=True, slots=True)
class PriceForm:
    """The part with the price: total, currency, the priced list (may be empty), period, quality, project manager."""

    lot: LotId
    part: PartName
    bidder: Bidder
    total: Amount
    currency: Currency
    lines: tuple[PriceLine, ...]
    period_days: Days | None
    quality: Line | None
    manager: Line | None

    @property
    def fen(self) -> int:
        """The total in hundredths of the currency."""
        return parse_yuan(self.total)


@record("part-form/v1")
@dataclass(frozen=True, slots=True)
class PartForm:
    """Any part without the price: technical, qualification and so on."""

    lot: LotId
    part: PartName
    bidder: Bidder
    period_days: Days | None
    quality: Line | None
    manager: Line | None
    certificates: tuple[Certificate, ...]


Form = PriceForm | PartForm


def parse_form(data: bytes) -> Form:
    """The form whose canonical bytes are exactly `data`. RecordError for anything else."""
    kind = records.parse_object(data, of=FORM).get("type")
    if kind == records.type_of(PriceForm):
        return records.parse(PriceForm, data, of=FORM)
    if kind == records.type_of(PartForm):
        return records.parse(PartForm, data, of=FORM)
    raise RecordError("schema", FORM, reason='its "type" is neither "price-form/v1" nor "part-form/v1"')
