"""Asking for receipts again: signed by the bid's own key, and fresh. Pure.

signature over encode("sunseal/receipt-request/v1", origin, bid, time)
"""

from datetime import datetime

from bidding.turned_away import Code, TurnedAwayError
from crypto.canonical_json import Json
from crypto.errors import CryptoError
from crypto.signatures import SigningKey, VerifyKey

DOMAIN = "sunseal/receipt-request/v1"
FRESH = 300
"""Seconds to either side: a request that somebody recorded is worth nothing afterwards."""


def make(key: SigningKey, origin: str, *, now: datetime) -> dict[str, Json]:
    """What the bidder sends."""
    time, bid = int(now.timestamp()), key.verify_key.raw
    signature = key.sign_fields(DOMAIN, origin, bid, time)
    return {"bid": bid.hex(), "time": time, "signature": signature.hex()}


def check(value: dict[str, Json], origin: str, *, now: datetime) -> bytes:
    """The bid's key. MALFORMED, STALE, BID_SIGNATURE."""
    bid, time, signature = (value.get(name) for name in ("bid", "time", "signature"))
    if (
        len(value) != 3
        or not isinstance(bid, str)
        or not isinstance(signature, str)
        or isinstance(time, bool)
        or not isinstance(time, int)
        or not 0 <= time < 2**53
    ):
        raise TurnedAwayError(Code.MALFORMED, "a request for receipts has bid, time and signature")
    if abs(time - now.timestamp()) > FRESH:
        raise TurnedAwayError(Code.STALE)
    try:
        raw = bytes.fromhex(bid)
        VerifyKey(raw).verify_fields(bytes.fromhex(signature), DOMAIN, origin, raw, time)
    except (CryptoError, ValueError) as error:
        raise TurnedAwayError(Code.BID_SIGNATURE) from error
    return raw
