"""The kinds of letters, each a record. Amounts are cents, times POSIX seconds. Pure.

    applicant    application (the mailbox's first), acceptance, cancellation
    guarantor    quote, invoice, receipt, delivery (with guarantee.json), refusal

The application is signed by the applicant's party key, for one mailbox and one guarantor: nobody can hand it on as its
own. What follows in the mailbox is the applicant's by the mailbox's key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from crypto import party_keys
from crypto.encoding import encode
from crypto.errors import CryptoError
from guarantees.fields import Cents, CentsOrNone, Code, CreditCode, Line, Number, Paragraph
from guarantees.letters.scheme import LetterError
from guarantees.undertaking import Party
from ledger import records
from ledger.entries.fields import Count, Hash, Hex, LotId, PublicKey, Time
from ledger.entries.results import Currency
from ledger.records import RecordFormError, record

APPLICATION_DOMAIN = "sunseal/guarantee-application/v1"


@record("guarantee-application/v1")
@dataclass(frozen=True, slots=True)
class Application:
    """A bidder asks a guarantor for a guarantee of a lot.

    mailbox: the key of the mailbox, which signs all that follows.   expiry: the earliest that will do.
    contact: where a person is reached.   key: SubjectPublicKeyInfo of the applicant's registered key; whose it is,
    the guarantor learns from the documents that come with it.
    """

    guarantor: CreditCode
    mailbox: PublicKey
    applicant: Party
    tender: LotId
    lot: LotId
    product: Code
    amount: Cents
    currency: Currency
    expiry: Time
    contact: Line
    key: Hex
    signature: Hex

    def message(self) -> bytes:
        """What the applicant signs."""
        return encode(APPLICATION_DOMAIN, to_text(replace(self, signature="")))

    def signed(self, sign: Callable[[bytes], bytes]) -> Self:
        return replace(self, signature=sign(self.message()).hex())

    def check(self) -> None:
        """LetterError unless the key in it signed it. Whose the key is, is not said by that."""
        try:
            key = party_keys.parse_spki(bytes.fromhex(self.key))
            party_keys.verify(key, bytes.fromhex(self.signature), self.message())
        except CryptoError as error:
            raise LetterError("the application is not signed by the key that it names") from error


@record("guarantee-acceptance/v1")
@dataclass(frozen=True, slots=True)
class Acceptance:
    """The applicant takes a quote, by its number, and the premium with it."""

    quote: Count
    premium: CentsOrNone


@record("guarantee-cancellation/v1")
@dataclass(frozen=True, slots=True)
class Cancellation:
    """The applicant wants it no more. What was paid is between the two."""

    reason: Line


@record("guarantee-quote/v1")
@dataclass(frozen=True, slots=True)
class Quote:
    """The guarantor's offer: it may be accepted until `valid_until`."""

    number: Count
    amount: Cents
    premium: CentsOrNone
    currency: Currency
    expiry: Time
    valid_until: Time
    note: Paragraph | None


@record("guarantee-invoice/v1")
@dataclass(frozen=True, slots=True)
class Invoice:
    """The premium is due; the payment names `number`. `pay_to` is the guarantor's account in a bank, in words."""

    number: Number
    amount: CentsOrNone
    currency: Currency
    due: Time
    pay_to: Paragraph


@record("guarantee-receipt/v1")
@dataclass(frozen=True, slots=True)
class Receipt:
    """The premium of an invoice is paid in full."""

    invoice: Number
    amount: CentsOrNone
    currency: Currency
    paid: Time


@record("guarantee-delivery/v1")
@dataclass(frozen=True, slots=True)
class Delivery:
    """The guarantee, as the file guarantee.json beside this; its commitment stands on chain since `block`."""

    number: Number
    guarantee: Hash
    block: Count


@record("guarantee-refusal/v1")
@dataclass(frozen=True, slots=True)
class Refusal:
    """The guarantor does not guarantee, or could not issue."""

    reason: Paragraph


AnyLetter = Application | Acceptance | Cancellation | Quote | Invoice | Receipt | Delivery | Refusal
_KINDS: tuple[type[AnyLetter], ...] = (
    Application,
    Acceptance,
    Cancellation,
    Quote,
    Invoice,
    Receipt,
    Delivery,
    Refusal,
)
_BY_TYPE = {records.type_of(cls): cls for cls in _KINDS}


def to_text(letter: AnyLetter) -> str:
    """The canonical JSON. LetterError for a value that a field cannot have."""
    try:
        return records.to_bytes(letter).decode()
    except RecordFormError as error:
        raise LetterError(str(error)) from error


def parse(text: str) -> AnyLetter:
    """The letter whose text this is, by its type; LetterError for anything else."""
    try:
        data = text.encode()
        type_ = records.parse_object(data, of="letter").get("type")
        if not isinstance(type_, str) or type_ not in _BY_TYPE:
            raise LetterError("there is no letter of that type")
        found: AnyLetter = records.parse(_BY_TYPE[type_], data, of="letter")
    except (RecordFormError, UnicodeEncodeError) as error:
        raise LetterError("the letter is not of its form") from error
    return found
