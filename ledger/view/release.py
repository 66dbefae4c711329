"""What a keyholder gives for an opening, and what the shares in it are for (docs/spec/opening.md).

    release = RFC 8785 of {"batches": [{"batch": hex, "bids": [index, ...]}, ...], "closing", "member", "part", "type"}

In a public part there is a batch for each bid, so that those that opened can be shown alone; in a committee's part one
batch for all, which is faster. It travels sealed to the platform and the supervisor; its SHA-256 stands on the ledger.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.encoding import encode
from crypto.errors import EncodingError
from crypto.threshold import ShareBatch
from ledger.errors import MalformedError

TYPE = "release/v1"
MAX_RELEASE_SIZE = 32 << 20


class ReleaseError(MalformedError):
    """Not a release."""


@dataclass(frozen=True, slots=True)
class Release:
    """One keyholder's shares of one part: batches, each with the bids that its shares are of, in order."""

    closing: str
    part: str
    member: int
    batches: tuple[tuple[tuple[int, ...], ShareBatch], ...]

    def __post_init__(self) -> None:
        bids = [bid for some, _ in self.batches for bid in some]
        if not bids or len(set(bids)) != len(bids):
            raise ReleaseError("a release has shares of one bid or more, each bid once")
        if any(len(some) != len(batch.shares) or batch.index != self.member for some, batch in self.batches):
            raise ReleaseError("a batch in the release has not one share a bid, or is another keyholder's")

    @property
    def bids(self) -> tuple[int, ...]:
        """All bids that it has shares of."""
        return tuple(bid for some, _ in self.batches for bid in some)

    def to_bytes(self) -> bytes:
        """What is sealed."""
        batches: list[Json] = [
            {"batch": batch.encode().hex(), "bids": list(bids)} for bids, batch in self.batches
        ]
        return canonical_json.dumps(
            {
                "batches": batches,
                "closing": self.closing,
                "member": self.member,
                "part": self.part,
                "type": TYPE,
            }
        )

    @property
    def hash(self) -> str:
        """SHA-256 of `to_bytes`, in hexadecimal: what the ledger has of it."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def parse(cls, data: bytes) -> "Release":
        """ReleaseError unless `data` is exactly one release. Its proofs are not verified by that."""
        if len(data) > MAX_RELEASE_SIZE:
            raise ReleaseError(f"a release has at most {MAX_RELEASE_SIZE} bytes")
        try:
            match canonical_json.loads(data):
                case {
                    "batches": list(batches),
                    "closing": str(closing),
                    "member": int(member),
                    "part": str(part),
                    "type": "release/v1",
                    **rest,
                } if not rest and not isinstance(member, bool):
                    return cls(closing, part, member, tuple(_parse_batch(batch) for batch in batches))
        except EncodingError as error:
            raise ReleaseError(f"not a release: {error}") from error
        raise ReleaseError("not a release: it has batches, closing, member, part and type, and nothing else")


def share_context(origin: str, closing: str, lot: str, part: str) -> bytes:
    """What binds a share's proof to one opening."""
    return encode("sunseal/opening-share/v1", origin, bytes.fromhex(closing), lot, part)


def knowledge_context(origin: str, lot: str, part: str, sha256: str) -> bytes:
    """What binds a proof of knowledge to one sealed file of one part of one lot."""
    return encode("sunseal/stanza-knowledge/v1", origin, lot, part, bytes.fromhex(sha256))


def _parse_batch(value: Any) -> tuple[tuple[int, ...], ShareBatch]:
    match value:
        case {"batch": str(batch), "bids": list(bids), **rest} if not rest and all(
            type(bid) is int for bid in bids
        ):
            try:
                raw = bytes.fromhex(batch)
            except ValueError as error:
                raise ReleaseError("a batch in the release is not hexadecimal") from error
            return tuple(bids), ShareBatch.parse(raw)
        case _:
            raise ReleaseError("a batch in the release has batch and bids, and nothing else")
