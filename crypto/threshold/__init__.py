"""What t of n keyholders do together with their key: open a sealed bid, or name the seed of a draw.

One primitive, a share `x_i * P` with a proof that it is right (`shares`, `dleq`), serves both (`opening`,
`vrf`). The formats are specified in docs/spec/lot-key.md and docs/spec/draw.md.

A key serves one purpose only. A share for an opening is x_i times a point that a bidder chose; were the
same key also used for draws, a bid whose ephemeral point is the hash of a future draw would give that
draw's seed away at its opening. Callers bind each key to one part of one lot, or to draws.
"""

from crypto.threshold.knowledge import KnownStanza, verify_knowledge
from crypto.threshold.opening import ThresholdIdentity, ephemeral_point, lot_stanza, recipient_of
from crypto.threshold.shares import (
    ShareBatch,
    ShareError,
    VerifiedShares,
    combine,
    combine_each,
    make_shares,
    verify_shares,
)

__all__ = [
    "KnownStanza",
    "ShareBatch",
    "ShareError",
    "ThresholdIdentity",
    "VerifiedShares",
    "combine",
    "combine_each",
    "ephemeral_point",
    "lot_stanza",
    "make_shares",
    "recipient_of",
    "verify_knowledge",
    "verify_shares",
]
