"""A product: on which terms a guarantor guarantees. A record that the guarantor signs. Pure.

signature   the key's, over encode("sunseal/guarantee-product/v1", RFC 8785 of the product)
withdrawal  the key's, over encode("sunseal/guarantee-product-withdrawal/v1", guarantor, product, version)
"""

from dataclasses import dataclass
from typing import Annotated, Self

import msgspec

from crypto import party_keys
from crypto.encoding import encode
from crypto.errors import CryptoError
from guarantees.errors import FormatError, SignatureError
from guarantees.fields import Cents, CentsOrNone, Code, CreditCode, Line, Paragraph
from ledger import records
from ledger.entries.results import Currency
from ledger.records import RecordFormError, record

DOMAIN = "sunseal/guarantee-product/v1"
WITHDRAWAL_DOMAIN = "sunseal/guarantee-product-withdrawal/v1"
MILLION = 1_000_000

Rate = Annotated[
    int, msgspec.Meta(ge=0, le=MILLION, description="the premium, in millionths of the amount guaranteed")
]
Days = Annotated[int, msgspec.Meta(ge=1, le=3650, description="calendar days")]
Version = Annotated[
    int, msgspec.Meta(ge=1, le=1_000_000, description="counts the product's versions from 1 on")
]


@record("guarantee-product/v1")
@dataclass(frozen=True, slots=True)
class Product:
    """One version of a product. Amounts are in cents.

    rate, minimum: the premium is `rate` of the amount, `minimum` at least.   least, most: amounts it is offered for.
    days: how long a guarantee may last at most, from its issue.   documents: what an applicant hands in.
    """

    guarantor: CreditCode
    product: Code
    version: Version
    name_zh: Line
    name_en: Line
    currency: Currency
    rate: Rate
    minimum: CentsOrNone
    least: Cents
    most: Cents
    days: Days
    documents: Annotated[tuple[Line, ...], msgspec.Meta(max_length=20)]
    text: Paragraph | None

    def to_bytes(self) -> bytes:
        """FormatError for a value that a field cannot have."""
        try:
            return records.to_bytes(self)
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The product whose bytes are exactly `data`; FormatError for anything else."""
        try:
            found = records.parse(cls, data, of="product")
        except RecordFormError as error:
            raise FormatError(str(error)) from error
        if found.least > found.most:
            raise FormatError("product: its least amount is above its most")
        return found

    def premium(self, amount: int) -> int:
        """What guaranteeing `amount` costs, in cents, rounded up."""
        return max(self.minimum, -(-amount * self.rate // MILLION))


def signed_bytes(content: bytes) -> bytes:
    """What is signed of a product's bytes."""
    return encode(DOMAIN, content)


def withdrawal_bytes(guarantor: str, product: str, version: int) -> bytes:
    """What is signed to withdraw it."""
    return encode(WITHDRAWAL_DOMAIN, guarantor, product, version)


def check(spki: bytes, signature: bytes, message: bytes) -> None:
    """SignatureError unless the guarantor's key made it."""
    try:
        party_keys.verify(party_keys.parse_spki(spki), signature, message)
    except CryptoError as error:
        raise SignatureError("this is not signed by the guarantor's listed key") from error
