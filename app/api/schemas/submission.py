"""Final requests and their answers. Their bodies are entries of the ledger, read in their exact form by the routes."""

from typing import Any

from app.api.content import JSON, Content, wire
from ledger.entries import BidSubmitted, BidWithdrawn

BID, HASH, SIGNATURE = "d7" * 32, "9f" * 32, "5a" * 64
_ORIGIN, _LOT = "ledger.example.org", "2026031700001.1"

_PART = {
    "part": "price",
    "sha256": HASH,
    "size": 1_000_000,
    "header": "2c" * 32,
    "share": "fc" * 32,
    "knowledge": "",
}
_SUBMITTED: dict[str, Any] = {
    "type": "bid-submitted/v1",
    "origin": _ORIGIN,
    "lot": _LOT,
    "bid": BID,
    "sequence": 1,
    "parts": [_PART],
    "signature": SIGNATURE,
}
_WITHDRAWN = {"type": "bid-withdrawn/v1", "origin": _ORIGIN, "lot": _LOT, "bid": BID, "signature": SIGNATURE}


def _object(**properties: Any) -> dict[str, Any]:
    """An object with exactly these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _hex(size: int) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[0-9a-f]{{{2 * size}}}$"}


SUBMISSION = Content(
    JSON,
    _object(
        body=wire(BidSubmitted),
        uploads={
            "type": "object",
            "additionalProperties": _hex(32),
            "description": "of each part that is new, the last part of its upload's address",
        },
    ),
    {"body": _SUBMITTED, "uploads": {"price": "c0" * 32}},
)
WITHDRAWAL = Content(JSON, _object(body=wire(BidWithdrawn)), {"body": _WITHDRAWN})
RECEIPT_REQUEST = Content(
    JSON,
    _object(
        bid=_hex(32),
        time={"type": "integer", "minimum": 0, "maximum": 2**53 - 1, "description": "POSIX seconds"},
        signature=_hex(64),
    ),
    {"bid": BID, "time": 1_782_867_600, "signature": SIGNATURE},
)

_FACT = _object(
    body={"oneOf": [wire(BidSubmitted), wire(BidWithdrawn)]},
    salt=_hex(32),
    receipt={"type": ["string", "null"], "description": "a .tlog-proof; null while it is not cosigned"},
)
_SHOWN = {"body": _SUBMITTED, "salt": "6e" * 32, "receipt": "c2sp.org/tlog-proof@v1\nextra ...\nindex 4711\n"}
FACT = Content(JSON, _FACT, _SHOWN)
FACTS = Content(JSON, _object(facts={"type": "array", "items": _FACT}), {"facts": [_SHOWN]})
