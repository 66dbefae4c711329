"""What a bidder puts on the ledger under seal: never a leaf of its own, but the body behind a `sealed` entry.

At the closing each is revealed. The bid's own key, made for this bid alone, signs, so that nobody else replaces or
withdraws it and nobody learns from it whose it is.
"""

import hashlib
from dataclasses import dataclass

from crypto.age import Header
from crypto.age.x25519 import ephemeral_share
from crypto.threshold import lot_stanza
from ledger.entries.fields import Count, Hash, Hex, LotId, Origin, PartName, PublicKey, Signature
from ledger.entries.registry import register
from ledger.entries.signed import SignedEntry


@dataclass(frozen=True, slots=True)
class SealedPart:
    """One sealed file of a bid.

    sha256:    of the whole file, which has `size` bytes.
    header:    SHA-256 of its age header, to the newline after the MAC.
    share:     the ephemeral share of its first X25519 stanza: a u-coordinate.
    knowledge: the proof that its maker knows the share's secret (64 bytes), or "".
    """

    part: PartName
    sha256: Hash
    size: Count
    header: Hash
    share: Hash
    knowledge: Hex

    @classmethod
    def of(cls, part: str, header: Header, sha256: bytes, size: int, knowledge: bytes = b"") -> "SealedPart":
        """How a sealed file stands in a bid. HeaderError if it is not sealed to any X25519 recipient."""
        share = ephemeral_share(lot_stanza(header)).hex()
        header_hash = hashlib.sha256(header.encode()).hexdigest()
        return cls(part, sha256.hex(), size, header_hash, share, knowledge.hex())


@register("bid-submitted/v1")
@dataclass(frozen=True, slots=True)
class BidSubmitted(SignedEntry):
    """Behind a seal: a bid for a lot, all its parts. Of several with one key the highest `sequence` counts."""

    origin: Origin
    lot: LotId
    bid: PublicKey
    sequence: Count
    parts: tuple[SealedPart, ...]
    signature: Signature


@register("bid-withdrawn/v1")
@dataclass(frozen=True, slots=True)
class BidWithdrawn(SignedEntry):
    """Behind a seal: the bid with this key is withdrawn, whatever was submitted before."""

    origin: Origin
    lot: LotId
    bid: PublicKey
    signature: Signature
