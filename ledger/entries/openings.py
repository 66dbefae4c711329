"""From the closing of a lot to the last share of an opening (docs/spec/opening.md).

A closing is called by the hash of its LotClosed leaf, a bid by the index of the sealed entry that it came with.
"""

from dataclasses import dataclass

from ledger.entries.fields import Hash, Hex, Index, LotId, Member, Origin, PartName, Signature, Time
from ledger.entries.registry import Entry, register
from ledger.entries.signed import SignedEntry


@register("lot-closed/v1")
@dataclass(frozen=True, slots=True)
class LotClosed(Entry):
    """The list of a lot's bids is final. `bids` are the sealed entries that count; all of them are revealed before."""

    lot: LotId
    deadline: Time
    bids: tuple[Index, ...]


@register("part-called/v1")
@dataclass(frozen=True, slots=True)
class PartCalled(SignedEntry):
    """Whoever may call for a later part does: it is to be opened for these bids, and for no others."""

    origin: Origin
    closing: Hash
    part: PartName
    bids: tuple[Index, ...]
    signature: Signature


@register("shares-released/v1")
@dataclass(frozen=True, slots=True)
class SharesReleased(SignedEntry):
    """A keyholder gave its shares of a part under seal; `release` is the SHA-256 of what was sealed."""

    origin: Origin
    closing: Hash
    part: PartName
    member: Member
    release: Hash
    signature: Signature


@register("part-opened/v1")
@dataclass(frozen=True, slots=True)
class PartOpened(Entry):
    """The age header of a public part of a bid, which opened: with t shares of it anyone can open it again."""

    closing: Hash
    part: PartName
    bid: Index
    header: Hex


@register("shares-shown/v1")
@dataclass(frozen=True, slots=True)
class SharesShown(Entry):
    """One keyholder's shares of a public part, of bids that opened, each with its proof.

    `shares` is a batch of one (docs/spec/lot-key.md) for each of `bids` in order.
    """

    closing: Hash
    part: PartName
    member: Member
    bids: tuple[Index, ...]
    shares: Hex
