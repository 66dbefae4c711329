"""The undertaking: what a guarantor promises, in the fields of URDG 758 article 8 and of ISO 20022's Undertaking.

    undertaking  RFC 8785 of {"type": "guarantee/v1", ...}; its SHA-256 is the document that the chain commits to
    signed       encode("sunseal/guarantee/v1", the undertaking's bytes), by a key of the guarantor

Pure. docs/spec/guarantee-letter.md has the bytes and a worked example. What an undertaking must say so that a lot takes
it is in guarantees/undertaking_rules.py; the file that goes into a bid is guarantees/signed.py's.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Self

import msgspec

from guarantees.chain.terms import Terms
from guarantees.errors import FormatError
from guarantees.fields import (
    Address,
    Cents,
    ChainId,
    Code,
    Country,
    CreditCode,
    Kind,
    Language,
    Line,
    LineOrNone,
    Medium,
    Number,
    PaidBy,
    Paragraph,
    Rules,
)
from ledger import records
from ledger.entries.fields import LotId, Time
from ledger.entries.results import Currency
from ledger.records import RecordFormError, record

BID = "bid"
ELECTRONIC, PAPER = "electronic", "paper"
URDG, NO_RULES = "urdg-758", "none"

WITHDRAWN, NOT_SIGNED, NO_PERFORMANCE_BOND = "bid-withdrawn", "contract-not-signed", "no-performance-bond"
GROUNDS = (WITHDRAWN, NOT_SIGNED, NO_PERFORMANCE_BOND)
"""For what a bid guarantee is demanded: the bid was withdrawn after the deadline (条35), the winner does not sign the
contract or asks for other terms, or gives no performance bond (条74)."""


@dataclass(frozen=True, slots=True)
class Party:
    """A legal person: its name and its unified social credit code."""

    name: Line
    credit_code: CreditCode


@dataclass(frozen=True, slots=True)
class OnChain:
    """Where the commitment stands, and the accounts that act: the guarantor's issues and answers, the beneficiary's
    demands and releases."""

    chain_id: ChainId
    registry: Address
    guarantor: Address
    beneficiary: Address


@dataclass(frozen=True, slots=True)
class Demand:
    """The terms of demand.

    on_first_demand: paid against the statement, without proof of its truth.   irrevocable: ends before its expiry only
    by the beneficiary's release.   grounds: words of GROUNDS.   documents: what goes with a demand beside the statement
    of breach (URDG 758 article 15).   partial, multiple: whether less than the whole, and more than once, may be asked.
    """

    on_first_demand: bool
    irrevocable: bool
    grounds: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1, max_length=10)]
    documents: Annotated[tuple[Line, ...], msgspec.Meta(max_length=20)]
    partial: bool
    multiple: bool


@dataclass(frozen=True, slots=True)
class Presentation:
    """How and where a demand is presented. `place` is an address: the platform's, or a counter's."""

    form: Medium
    place: Line


@record("guarantee/v1")
@dataclass(frozen=True, slots=True)
class Undertaking:
    """A guarantee as its guarantor signs it. Nothing in it is left open: what it does not say is not promised.

    amount: the most that is paid, in hundredths of `currency`.
    applied, issued: when the guarantor had the application, and when it signed.
    expiry: the last second in which it can be demanded.   expiry_event: what ends it before, in words; or empty.
    law: the country whose law governs it, beside `rules`.
    text: what the guarantor adds in its own words; or empty. It takes nothing from the fields: where it differs from
    them, they hold.
    """

    number: Number
    kind: Kind
    issuer: Party
    applicant: Party
    beneficiary: Party
    tender: LotId
    tender_title: Line
    lot: LotId
    lot_title: Line
    amount: Cents
    currency: Currency
    applied: Time
    issued: Time
    expiry: Time
    expiry_event: LineOrNone
    demand: Demand
    presentation: Presentation
    rules: Rules
    law: Country
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=2)]
    charges: PaidBy
    transferable: bool
    on_chain: OnChain
    text: Paragraph | None

    def to_bytes(self) -> bytes:
        """The canonical bytes. FormatError for a value that a field cannot have."""
        try:
            return records.to_bytes(self)
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The undertaking whose bytes are exactly `data`; FormatError for anything else."""
        try:
            return records.parse(cls, data, of="undertaking")
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @property
    def document(self) -> bytes:
        """SHA-256 of the bytes: what the commitment on chain stands for."""
        return hashlib.sha256(self.to_bytes()).digest()

    def terms(self, salt: bytes) -> Terms:
        """What the commitment hides (docs/spec/guarantee.md). MalformedError for a salt that is not 32 bytes."""
        at = self.on_chain
        return Terms(
            bytes.fromhex(at.guarantor), bytes.fromhex(at.beneficiary), self.amount, self.document, salt
        )
