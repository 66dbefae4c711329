"""The guarantee of a withdrawn bid, or of one that nobody opened, handed in out of the bid's folder (条35)."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from app.bid_client import records
from app.bid_client.channel import Channel
from app.bid_client.errors import BidClientError
from app.bid_client.records import Record
from crypto import canonical_json
from crypto.canonical_json import Json
from ledger.entries import BidSubmitted, BidWithdrawn, encode
from ledger.proof import Policy, verify_receipt

PATH = "/api/guarantees/given-back"


def request(folder: Path, guarantee: bytes, policy: Policy, *, early: bool) -> bytes:
    """The body of the request: the guarantee, and what the folder's receipts reveal. BidClientError without a receipt
    of the bid; LedgerError for one that does not hold under `policy`."""
    done = [one for one in records.records(folder) if one.is_done]
    sent = [one for one in done if isinstance(one.fact, BidSubmitted)]
    if not sent:
        raise BidClientError("this folder has no receipt of a bid: fetch it with sunseal bid receipt")
    withdrawn = [one for one in done if isinstance(one.fact, BidWithdrawn)]
    body: dict[str, Json] = {
        "content": b64encode(guarantee).decode(),
        "submitted": _reveal(sent[-1], policy),
        "early": early,
    }
    if withdrawn:
        body["withdrawn"] = _reveal(withdrawn[-1], policy)
    return canonical_json.dumps(body)


def hand_in(channel: Channel, body: bytes, credentials: Mapping[str, str]) -> str:
    """The guarantee's id on chain. RefusedByPlatformError with its reason; UnreachableError."""
    answer = channel.ask("POST", PATH, {"Content-Type": "application/json", **credentials}, body)
    return str(answer.json()["id"])


def _reveal(record: Record, policy: Policy) -> dict[str, Json]:
    index = verify_receipt(record.receipt.read_bytes(), policy).index
    salt = bytes.fromhex((record.path / "salt").read_text("ascii"))
    return {
        "index": index,
        "salt": b64encode(salt).decode(),
        "body": b64encode(encode(record.fact)).decode(),
    }
