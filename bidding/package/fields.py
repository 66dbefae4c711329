"""The kinds of values in a bid's JSON, beside those that ledger entries have (ledger/entries/fields.py)."""

from typing import Annotated

import msgspec

from ledger.printable import line

Line = Annotated[str, line(300, "one line of text that prints, without white space at its ends")]
CreditCode = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}$(?!\n)",
        min_length=18,
        max_length=18,
        description="a unified social credit code (GB 32100), with its check digit",
    ),
]
Amount = Annotated[
    str,
    msgspec.Meta(
        pattern="^(0|[1-9][0-9]{0,15})\\.[0-9]{2}$(?!\n)",
        max_length=19,
        description="an amount of the currency: whole units, a point, two decimals",
    ),
]
Quantity = Annotated[
    str,
    msgspec.Meta(
        pattern="^(0|[1-9][0-9]{0,15})(\\.[0-9]{0,5}[1-9])?$(?!\n)",
        max_length=23,
        description="a decimal number of at most six decimals, without zeros at its end",
    ),
]
Currency = Annotated[
    str, msgspec.Meta(pattern="^[A-Z]{3}$(?!\n)", max_length=3, description="a code of ISO 4217, such as CNY")
]
Days = Annotated[int, msgspec.Meta(ge=1, le=36_500, description="calendar days")]
Date = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", max_length=10, description="a day (ISO 8601)"),
]
MemberName = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=512, description="the name of a member: a safe relative path in NFC"
    ),
]
