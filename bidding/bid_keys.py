"""The keys of one bid, made for it alone: all follow from 32 random bytes, which is what a bidder keeps.

    signing  = the first 32 bytes of SHA-512(encode("sunseal/bid-signing/v1", seed)): an Ed25519 seed
    identity = the first 32 bytes of SHA-512(encode("sunseal/bid-identity/v1", seed)): an X25519 secret

The first signs the submission, its replacement and its withdrawal; the second opens the bidder's own copy. A bidder
that used one key for two bids would link them.
"""

from dataclasses import dataclass
from typing import Self

from crypto.age import X25519Identity
from crypto.encoding import hash512
from crypto.errors import EncodingError
from crypto.signatures import SigningKey

SEED_SIZE = 32
_KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class BidKeys:
    """Neither key prints its secret."""

    signing: SigningKey
    identity: X25519Identity

    @classmethod
    def of_seed(cls, seed: bytes) -> Self:
        """EncodingError unless the seed has 32 bytes."""
        if len(seed) != SEED_SIZE:
            raise EncodingError(f"the seed of a bid's keys has {SEED_SIZE} bytes, not {len(seed)}")
        return cls(
            SigningKey(hash512("sunseal/bid-signing/v1", seed)[:_KEY_SIZE]),
            X25519Identity(hash512("sunseal/bid-identity/v1", seed)[:_KEY_SIZE]),
        )

    @property
    def bid(self) -> str:
        """What the bid is called: its public signing key in hexadecimal."""
        return self.signing.verify_key.raw.hex()
