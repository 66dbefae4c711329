"""The fallback from the bidder's side: the file key of one's own bid, for the platform, when keyholders fell silent.

A file key opens one file and no other. It is given for a file that the ledger lists, and only after the ledger itself
says that the keyholders' window went by: before that, whoever asks for it asks for too much.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bid_client import records
from app.bid_client.channel import Channel
from app.bid_client.errors import BidClientError
from app.bid_client.ledger import LedgerFacts
from app.bidder.folder import BidFolder, PartFolder
from bidding.bid_keys import BidKeys
from crypto import age, canonical_json
from ledger.entries import BidSubmitted, BidWithdrawn, FallbackBegun
from ledger.proof import Policy, verify_receipt


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The 16 bytes that open a part of one's own bid, and for which opening."""

    closing: str
    part: str
    bid: int
    file_key: bytes


def due(folder: BidFolder, keys: BidKeys, facts: LedgerFacts, policy: Policy) -> Iterator[OwnKey]:
    """For each part of the bid for which the fallback has begun. Nothing if it has begun for none.

    BidClientError if nothing that was submitted is here, or it was withdrawn; CryptoError for a file that is damaged.
    """
    done = [one for one in records.records(folder.path) if one.is_done]
    if any(isinstance(one.fact, BidWithdrawn) for one in done):
        raise BidClientError("the bid was withdrawn, and is opened by nobody")
    sent = [(one, one.fact) for one in done if isinstance(one.fact, BidSubmitted)]
    if not sent:
        raise BidClientError("this folder has no receipt of a bid: fetch it with sunseal bid receipt")
    record, fact = sent[-1]
    index = verify_receipt(record.receipt.read_bytes(), policy).index
    for begun in facts.fallbacks(fact.lot, index):
        hashes = {part.part: part.sha256 for part in fact.parts}
        part = next(one for one in folder.parts if one.part.name == begun.part)
        yield _key(begun, part, hashes[begun.part], index, keys)


def give(channel: Channel, key: OwnKey) -> None:
    """RefusedByPlatformError, with the code, if it does not take it; UnreachableError."""
    content = canonical_json.dumps({"bid": key.bid, "file_key": key.file_key.hex()})
    path = f"/api/openings/{key.closing}/{key.part}/keys"
    channel.ask("POST", path, {"Content-Type": "application/json"}, content)


def _key(begun: FallbackBegun, part: PartFolder, sha256: str, index: int, keys: BidKeys) -> OwnKey:
    with _submitted(part, sha256).open("rb") as file:
        file_key = age.unlock(age.read_header(file), [keys.identity.unwrap])
    return OwnKey(begun.closing, begun.part, index, file_key)


def _submitted(part: PartFolder, sha256: str) -> Path:
    """The sealed file that was submitted, which may have been replaced here by another one since."""
    for path in sorted(part.path.glob("*.age")):
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                return path
    raise BidClientError(f"the sealed file of the part {part.part.name} that was submitted is not here")
