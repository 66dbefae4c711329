"""How a key is made and what it is for (docs/spec/lot-key.md): a run of COCKTAIL-DKG, entry by entry.

A run, and the key that it makes, is called by the hash of its KeyRunOpened leaf, which is also the run's session id.
"""

from dataclasses import dataclass

from ledger.entries.fields import Hash, Hex, LotId, Member, Origin, PartName, Signature, Text
from ledger.entries.registry import Entry, register
from ledger.entries.signed import SignedEntry


@register("key-run-opened/v1")
@dataclass(frozen=True, slots=True)
class KeyRunOpened(Entry):
    """The platform asks a group for one more key. `nonce` is random and new."""

    group: Hash
    nonce: Hash


@register("key-dealt/v1")
@dataclass(frozen=True, slots=True)
class KeyDealt(SignedEntry):
    """Round 1 of a keyholder: its whole message msg1 of COCKTAIL-DKG."""

    origin: Origin
    run: Hash
    member: Member
    message: Hex
    signature: Signature


@register("key-certified/v1")
@dataclass(frozen=True, slots=True)
class KeyCertified(SignedEntry):
    """Round 3 of a keyholder: it verified all that was dealt to it, and signs the run's transcript."""

    origin: Origin
    run: Hash
    member: Member
    certificate: Signature
    signature: Signature


@register("key-complained/v1")
@dataclass(frozen=True, slots=True)
class KeyComplained(SignedEntry):
    """A keyholder shows that what `against` dealt to it is no right share; anyone can check (crypto.dkg.complaint)."""

    origin: Origin
    run: Hash
    member: Member
    against: Member
    complaint: Hex
    signature: Signature


@register("key-run-ended/v1")
@dataclass(frozen=True, slots=True)
class KeyRunEnded(Entry):
    """The platform gives up a run that is not complete; nothing of it is ever used. `missing` never answered."""

    run: Hash
    missing: tuple[Member, ...]
    reason: Text


@register("key-bound/v1")
@dataclass(frozen=True, slots=True)
class KeyBound(Entry):
    """A key serves one part of one lot from now on, and nothing else ever."""

    key: Hash
    lot: LotId
    part: PartName


@register("draw-key-bound/v1")
@dataclass(frozen=True, slots=True)
class DrawKeyBound(Entry):
    """A key serves draws from now on, and nothing else ever."""

    key: Hash
