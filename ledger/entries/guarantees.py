"""Guarantors, what they offer, and the life of guarantees from the opening on (docs/spec/guarantee-letter.md).

Before the opening nothing of any guarantee stands here but `sealed` entries that look like all others: letters between
applicants and guarantors (ledger.entries.MessageReceived behind them). A guarantee is called by its id on chain; an
amount is in hundredths of its currency. What persons wrote stands here as a hash alone.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from crypto.errors import CryptoError
from crypto.party_keys import parse_spki
from crypto.signatures import VerifyKey
from ledger.entries.fields import (
    Count,
    Hash,
    Hex,
    Index,
    LotId,
    Name,
    Origin,
    PublicKey,
    Recipient,
    Signature,
    Text,
    Time,
)
from ledger.entries.registry import Entry, register
from ledger.entries.results import CreditCodeText, Currency, Word
from ledger.entries.signed import SignedEntry
from ledger.errors import EntryError

Account = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9a-f]{40}$(?!\n)", description="an account on chain: 20 bytes in hexadecimal"),
]
Outcome = Annotated[
    str,
    msgspec.Meta(
        pattern="^(valid|invalid|examine|accepted|refused)$(?!\n)",
        description="valid, invalid; of a scan: examine (by hand), then accepted or refused",
    ),
]


class SupervisorSigned(SignedEntry):
    """An entry with the supervisor's key in it, which signed it.

    Whether that key is the supervisor's is for whoever reads it to know.
    """

    __slots__ = ()

    supervisor: str

    def check(self) -> None:
        """EntryError for a key that is none, SignatureError unless the key in it signed it."""
        try:
            key = VerifyKey(bytes.fromhex(self.supervisor))
        except CryptoError as error:
            raise EntryError(f"the supervisor's key is none: {error}") from error
        self.check_signature(key)


@register("guarantor-listed/v1")
@dataclass(frozen=True, slots=True)
class GuarantorListed(SupervisorSigned):
    """The supervisor lists a guarantor: the terms of its licence and its keys. A later one takes this one's place.

    account: which it issues with on chain.   key: SubjectPublicKeyInfo of what it signs guarantees with.
    recipient: the age recipient that applications are sealed to.   until: the first second it is licensed no more.
    """

    origin: Origin
    guarantor: CreditCodeText
    name: Name
    account: Account
    key: Hex
    recipient: Recipient
    since: Time
    until: Time
    supervisor: PublicKey
    signature: Signature

    def check(self) -> None:
        """EntryError for a licence or a key that cannot be, SignatureError unless the key in it signed it."""
        if self.since >= self.until:
            raise EntryError("a licence ends after it begins")
        try:
            parse_spki(bytes.fromhex(self.key))
        except CryptoError as error:
            raise EntryError(f"the guarantor's key is none: {error}") from error
        SupervisorSigned.check(self)


@register("guarantor-suspended/v1")
@dataclass(frozen=True, slots=True)
class GuarantorSuspended(SupervisorSigned):
    """The supervisor lets a guarantor issue no more until it is resumed; what it issued stands."""

    origin: Origin
    guarantor: CreditCodeText
    reason: Text
    supervisor: PublicKey
    signature: Signature


@register("guarantor-resumed/v1")
@dataclass(frozen=True, slots=True)
class GuarantorResumed(SupervisorSigned):
    """The supervisor lets a suspended guarantor issue again."""

    origin: Origin
    guarantor: CreditCodeText
    reason: Text
    supervisor: PublicKey
    signature: Signature


@register("guarantee-product-published/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeProductPublished(Entry):
    """A guarantor offers a product, or changes one: `content` is the SHA-256 of its signed record."""

    guarantor: CreditCodeText
    product: Word
    version: Count
    content: Hash


@register("guarantee-product-withdrawn/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeProductWithdrawn(Entry):
    """A guarantor offers a product no more; what was quoted by it stands."""

    guarantor: CreditCodeText
    product: Word
    version: Count


@register("guarantee-checked/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeChecked(Entry):
    """What was found of the guarantee in a bid, with the codes of all that is wrong.

    content: SHA-256 of guarantee.json, or of the scan.   guarantee: the id on chain; zeros if it has none.
    """

    lot: LotId
    bid: Index
    content: Hash
    guarantee: Hash
    outcome: Outcome
    findings: tuple[Word, ...]


@register("guarantee-presented/v1")
@dataclass(frozen=True, slots=True)
class GuaranteePresented(Entry):
    """A valid guarantee is presented: from here on everyone sees it live.

    document: SHA-256 of the undertaking, to which the commitment on chain binds.
    """

    guarantee: Hash
    lot: LotId
    bid: Index
    guarantor: CreditCodeText
    number: Name
    document: Hash
    amount: Count
    currency: Currency
    expiry: Time


@register("guarantee-released/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeReleased(Entry):
    """The beneficiary lets the guarantor go: by which clock, and when that ran out at the latest."""

    guarantee: Hash
    clock: Word
    due: Time
    at: Time


@register("guarantee-demanded/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeDemanded(Entry):
    """The beneficiary demands money, or an extension in its place. `statement` is the hash that the chain has too."""

    guarantee: Hash
    number: Count
    amount: Count
    extension_days: Count
    statement: Hash
    examine_by: Time
    at: Time


@register("guarantee-paid/v1")
@dataclass(frozen=True, slots=True)
class GuaranteePaid(Entry):
    """The guarantor states that it paid a demand; `payment` is the SHA-256 of the proof."""

    guarantee: Hash
    number: Count
    payment: Hash
    at: Time


@register("guarantee-demand-refused/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeDemandRefused(Entry):
    """The guarantor refuses a demand; `grounds` is the SHA-256 of its notice, which states each discrepancy."""

    guarantee: Hash
    number: Count
    grounds: Hash
    at: Time


@register("guarantee-extended/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeExtended(Entry):
    """The guarantor takes the extension that a demand offers, and the demand is gone."""

    guarantee: Hash
    number: Count
    expiry: Time
    at: Time


@register("guarantee-amended/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeAmended(Entry):
    """Guarantor, applicant and beneficiary agree on a change; `content` is the hash of it with their signatures."""

    guarantee: Hash
    number: Count
    content: Hash


@register("guarantee-expired/v1")
@dataclass(frozen=True, slots=True)
class GuaranteeExpired(Entry):
    """The last second for a demand is over, and none is open."""

    guarantee: Hash
    expiry: Time


@register("guarantees-reconciled/v1")
@dataclass(frozen=True, slots=True)
class GuaranteesReconciled(Entry):
    """Chain, ledger and database were compared up to a block: how many guarantees, and how many differences stand."""

    block: Count
    guarantees: Count
    differences: Count
