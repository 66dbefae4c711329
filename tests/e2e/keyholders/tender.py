"""Lots and bids in a running deployment's ledger: what the platform's other parts will write."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from crypto import age
from crypto.dkg import PublicKeys
from crypto.signatures import SigningKey
from crypto.threshold import recipient_of
from ledger.entries import (
    BidSubmitted,
    BidWithdrawn,
    KeyBound,
    LotClosed,
    LotPart,
    LotPublished,
    Revealed,
    Sealed,
    SealedPart,
    encode,
)
from ledger.entries.signed import UNSIGNED
from ledger.merkle import leaf_hash
from tests.e2e.keyholders.deployment import ORIGIN, Deployment, now
from tests.story import PRICE

Parts = tuple[SealedPart, ...]


def unchanged(parts: Parts) -> Parts:
    return parts


@dataclass
class Bid:
    """One bid: its files by part, what it said, its salt and its place."""

    key: SigningKey
    files: dict[str, bytes]
    fact: BidSubmitted
    salt: bytes
    index: int = -1


@dataclass
class Tender:
    """One lot. `deadline` is in POSIX seconds."""

    at: Deployment
    lot: str
    parts: tuple[LotPart, ...] = (PRICE,)
    keys: dict[str, str] = field(default_factory=dict)
    deadline: int = 0
    bids: list[Bid] = field(default_factory=list)
    closing: str = ""

    def __post_init__(self) -> None:
        self.random = Random(self.lot).randbytes

    def publish(self, seconds: float, *, bound: bool = True, min_bids: int = 3) -> None:
        """With a deadline so many seconds from now, and a key from the pool for each part."""
        self.deadline = int(now().timestamp() + seconds) + 1
        if bound:
            self.keys = {part.name: self.at.take_key(self.lot, part.name) for part in self.parts}
        self.at.append(
            [
                LotPublished(
                    self.lot, "tender", self.at.group, self.deadline, min_bids, self.at.platform, self.parts
                )
            ]
        )

    def public(self, part: str) -> PublicKeys:
        found = self.at.view(lambda view: view.keys.get(self.keys[part]).public)
        assert found is not None
        return found

    def make_bids(
        self,
        count: int,
        *,
        change: Callable[[Parts], Parts] = unchanged,
        size: int = 100,
        key: SigningKey | None = None,
        sequence: int = 1,
    ) -> list[Bid]:
        """Sealed in the ledger, in one batch."""
        made = []
        wraps = {part: recipient_of(self.public(part)).wrap for part in self.keys}
        for _ in range(count):
            own = key or SigningKey(self.random(32))
            files = {}
            for part, wrap in wraps.items():
                target = io.BytesIO()
                content = f"{self.lot} {part} {len(self.bids)}".encode().ljust(size, b".")
                age.encrypt(io.BytesIO(content), target, [wrap], random=self.random)
                files[part] = target.getvalue()
            parts = change(tuple(described(part, file) for part, file in files.items()))
            fact = BidSubmitted(ORIGIN, self.lot, own.verify_key.raw.hex(), sequence, parts, UNSIGNED)
            made.append(Bid(own, files, fact.signed_by(own), self.random(32)))
            self.bids.append(made[-1])
        places = self.at.append([Sealed.of(encode(bid.fact), bid.salt) for bid in made])
        for bid, place in zip(made, places, strict=True):
            bid.index = place
        return made

    def withdraw(self, bid: Bid) -> None:
        fact = BidWithdrawn(ORIGIN, self.lot, bid.fact.bid, UNSIGNED).signed_by(bid.key)
        salt = self.random(32)
        (index,) = self.at.append([Sealed.of(encode(fact), salt)])
        self.at.append([Revealed.of(index, salt, encode(fact))])

    def reveal(self, bids: Sequence[Bid]) -> None:
        self.at.append([_revealed(bid) for bid in bids])

    def close(self, bids: Sequence[Bid] | None = None, *, deadline: int | None = None) -> str:
        """Reveal and list them, in one transaction as at a deadline; what the closing is called."""
        listed = self.bids if bids is None else bids
        at = self.deadline if deadline is None else deadline
        entry = LotClosed(self.lot, at, tuple(bid.index for bid in listed))
        self.at.append([*(_revealed(bid) for bid in listed), entry])
        self.closing = leaf_hash(encode(entry)).hex()
        return self.closing

    def bind(self, key: str, part: str) -> None:
        self.at.append([KeyBound(key, self.lot, part)])
        self.keys[part] = key

    def content(self, bid: Bid, part: str, file_key: bytes) -> bytes:
        source, target = io.BytesIO(bid.files[part]), io.BytesIO()
        age.read_header(source)
        age.open_payload_to(file_key, source, target)
        return target.getvalue()

    def header(self, bid: Bid, part: str) -> bytes:
        return age.read_header(io.BytesIO(bid.files[part])).encode()


def _revealed(bid: Bid) -> Revealed:
    return Revealed.of(bid.index, bid.salt, encode(bid.fact))


def described(part: str, file: bytes) -> SealedPart:
    return SealedPart.of(part, age.read_header(io.BytesIO(file)), hashlib.sha256(file).digest(), len(file))


def with_share_of(bid: Bid, part: str, of: str) -> Callable[[Parts], Parts]:
    """Copies the stanza's share of another file into one's own `part`."""
    stolen = next(one.share for one in bid.fact.parts if one.part == of)
    return lambda parts: tuple(replace(one, share=stolen) if one.part == part else one for one in parts)
