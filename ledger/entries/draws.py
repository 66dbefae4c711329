"""Draws by the keyholders' seed (docs/spec/draw.md). A draw is called by the hash of its DrawRequested leaf."""

from dataclasses import dataclass

from ledger.entries.fields import Count, Hash, Hex, Member, Name, Origin, Signature
from ledger.entries.registry import Entry, register
from ledger.entries.signed import SignedEntry


@register("draw-requested/v1")
@dataclass(frozen=True, slots=True)
class DrawRequested(Entry):
    """A draw is asked for; this leaf is the message that the seed is made of.

    population: the Merkle root of who or what may be drawn, `size` leaves in their order.
    terms:      SHA-256 of what is asked for: how many of which kind, who is to be avoided and why.
    """

    key: Hash
    subject: Name
    population: Hash
    size: Count
    terms: Hash


@register("draw-share/v1")
@dataclass(frozen=True, slots=True)
class DrawShare(SignedEntry):
    """A keyholder's share of a draw's seed, a batch of one point with its proof."""

    origin: Origin
    request: Hash
    member: Member
    share: Hex
    signature: Signature
