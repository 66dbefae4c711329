"""A scanned paper guarantee, as a marked fallback: guarantee.json says what the scan is, staff examine it. Pure.

    RFC 8785 of {"amount", "currency", "expiry", "guarantor", "number", "scan", "type": "paper-guarantee/v1"}

Nothing in it is signed by the guarantor and nothing of it stands on chain: what it states is the bidder's word alone.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Self

import msgspec

from guarantees.errors import FormatError
from guarantees.fields import Cents, Number
from guarantees.undertaking import Party
from ledger import records
from ledger.entries.fields import Hash, Time
from ledger.entries.results import Currency
from ledger.records import RecordFormError, record
from statutes.counting import CHINA

PAPER_TYPE = "paper-guarantee/v1"

DocumentPath = Annotated[
    str,
    msgspec.Meta(
        pattern="^documents/[^\\x00-\\x1f\\x7f]+$(?!\n)",
        max_length=512,
        description="the member of the bid's package that has the scan",
    ),
]
Size = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1, description="bytes")]


_SUFFIX = re.compile(r".(\.[A-Za-z0-9]{1,8})\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scan:
    """The member of the same package that has the scan, its SHA-256 and its size in bytes."""

    name: DocumentPath
    sha256: Hash
    size: Size

    @classmethod
    def of(cls, file: str, content: bytes) -> Self:
        """Of a file of that name: the member's name is ours, and keeps only what kind of file it is."""
        suffix = _SUFFIX.search(file)
        name = f"documents/guarantee-scan{suffix[1].lower() if suffix else ''}"
        return cls(name, hashlib.sha256(content).hexdigest(), len(content))


def last_second(day: date) -> int:
    """POSIX seconds of the last second of a day in Beijing: an expiry as it is written on paper."""
    end = datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(days=1)
    return int(end.timestamp()) - 1


@record(PAPER_TYPE)
@dataclass(frozen=True, slots=True)
class PaperGuarantee:
    """What a bidder says of a paper guarantee. The amount is in hundredths of the currency."""

    guarantor: Party
    number: Number
    amount: Cents
    currency: Currency
    expiry: Time
    scan: Scan

    def to_bytes(self) -> bytes:
        """FormatError for a value that a field cannot have."""
        try:
            return records.to_bytes(self)
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """FormatError for anything but exactly one."""
        try:
            return records.parse(cls, data, of="guarantee.json")
        except RecordFormError as error:
            raise FormatError(str(error)) from error
