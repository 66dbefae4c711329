"""A lot's sheet: all that a bidder's program needs to prepare and seal a bid, offline.

The platform serves it. Nothing in it is secret, and nothing in it proves itself: a sheet with a wrong recipient would
have a bid sealed to a stranger, so a program that has the ledger compares the recipients with its `key-bound` entries.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bidding.package import records
from bidding.package.errors import RecordError, SealedFileError
from bidding.package.fields import Amount, Currency, Line
from bidding.package.limits import Limits
from bidding.package.manifest import Binding
from bidding.package.records import record
from crypto.age import X25519Recipient
from crypto.errors import EncodingError
from ledger.entries.fields import Count, LotId, Origin, PartName, Recipient, Time
from statutes.money import parse_yuan


class Asked(StrEnum):
    """A field of a form that is null or empty unless the lot asks for it."""

    PERIOD = "period_days"
    QUALITY = "quality"
    MANAGER = "manager"
    LINES = "lines"
    CERTIFICATES = "certificates"


class GuaranteeHere(StrEnum):
    """Whether a part carries the bid guarantee."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One part of every bid of the lot.

    recipient: what it is sealed to, first of all recipients.
    knowledge: whether the sealer must prove that it knows the stanza's secret.
    priced:    whether the price stands in it; exactly one part has it.
    asks:      the fields of bid.json that are to be filled in, beside bidder and price.
    max_size:  of the sealed file, and of all that is in it unpacked, in bytes.
    """

    name: PartName
    recipient: Recipient
    knowledge: bool
    priced: bool
    asks: tuple[Asked, ...]
    guarantee: GuaranteeHere
    max_size: Count

    def limits(self) -> Limits:
        """How much of a package of this part is read: unpacked, no more than the sealed file may have."""
        try:
            return Limits(size=self.max_size)
        except ValueError as error:
            raise RecordError("schema", SHEET, reason=f"part {self.name}: {error}") from error

    def parsed_recipient(self) -> X25519Recipient:
        """RecordError if the recipient is no age recipient."""
        try:
            return X25519Recipient.parse(self.recipient)
        except EncodingError as error:
            raise RecordError("schema", SHEET, reason=f"part {self.name}: {error}") from error


@record("lot-sheet/v1")
@dataclass(frozen=True, slots=True)
class LotSheet:
    """A lot as a bidder's program sees it. `ceiling` is the highest price that is not rejected, or null."""

    origin: Origin
    lot: LotId
    tender: LotId
    title: Line
    deadline: Time
    currency: Currency
    ceiling: Amount | None
    parts: tuple[SheetPart, ...]

    def to_bytes(self) -> bytes:
        return records.to_bytes(self)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The sheet whose canonical bytes are exactly `data`; RecordError for anything else."""
        sheet = records.parse(cls, data, of=SHEET)
        for part in sheet.parts:
            part.limits()
        names = [part.name for part in sheet.parts]
        keys = [part.parsed_recipient().public for part in sheet.parts]
        if len(set(names)) < len(names) or len(set(keys)) < len(keys):
            raise RecordError("schema", SHEET, reason="two parts have one name or one recipient")
        if sum(part.priced for part in sheet.parts) != 1:
            raise RecordError("schema", SHEET, reason="not exactly one part has the price")
        return sheet

    def part(self, name: str) -> SheetPart:
        """SealedFileError if the lot has no such part."""
        for part in self.parts:
            if part.name == name:
                return part
        raise SealedFileError("unknown-part", found=name, parts=", ".join(part.name for part in self.parts))

    def binding(self, part: str, bid: str) -> Binding:
        return Binding(self.origin, self.lot, part, bid)

    @property
    def ceiling_fen(self) -> int | None:
        """In hundredths of the currency."""
        return None if self.ceiling is None else parse_yuan(self.ceiling)


SHEET = "lot sheet"
