"""Final requests: submit or replace, withdraw, and ask for receipts again.

    POST /submissions   {"body": bid-submitted, "uploads": {part: capability}}, a token in Authorization
    POST /withdrawals   {"body": bid-withdrawn}
    POST /receipts      {"bid", "time", "signature"}, signed by the bid's own key

All answers, refusals too, are padded with spaces to a multiple of PADDING bytes, so that their length tells little.
"""

import json

from flask import Response, request

from app.api.arrival import arrived_at
from app.api.content import JSON, Header
from app.api.document import ApiRoutes
from app.api.private_token import token_of
from app.api.schemas import submission as schemas
from app.api.submission_setting import SubmissionSetting
from bidding.submission import receipt_request
from bidding.submission.acceptance import Accepted
from bidding.submission.desk import FinalRequest, SubmissionDesk
from bidding.turned_away import Code, TurnedAwayError
from bidding.uploads import capability
from crypto.canonical_json import Json
from ledger import log
from ledger.entries import BidSubmitted, BidWithdrawn
from ledger.errors import LedgerError
from ledger.waiting import Desk
from storage.errors import StorageError

MAX_REQUEST = 1 << 17
PADDING = 1 << 15
_TOKEN = Header("Authorization", "a blind token (RFC 9577)", 'PrivateToken token="AAIC..."')


def blueprint(setting: SubmissionSetting, desk: SubmissionDesk, receipts: Desk) -> ApiRoutes:
    """The routes."""
    routes = ApiRoutes(
        "submissions", __name__, description="Final requests", wires=(BidSubmitted, BidWithdrawn)
    )

    @routes.after_request
    def pad(response: Response) -> Response:
        return padded(response)

    @routes.operation(
        "POST",
        "/submissions",
        takes=schemas.SUBMISSION,
        gives=schemas.FACT,
        also={202: schemas.FACT},
        reads=(_TOKEN,),
        refuses=(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def submit() -> Response:
        """Submit a bid, all its parts in one act, or replace it, for a blind token

        202, with `receipt` null: it is in, but not cosigned yet. Send the same request again for the receipt.
        """
        value, arrived = _json(), arrived_at()
        uploads = value.get("uploads")
        if set(value) != {"body", "uploads"} or not isinstance(uploads, dict):
            raise TurnedAwayError(Code.MALFORMED, "a submission is a body and uploads by part")
        named = {part: capability.parse(text) for part, text in uploads.items() if isinstance(text, str)}
        if len(named) != len(uploads):
            raise TurnedAwayError(Code.MALFORMED, "an upload is named by 64 hexadecimal digits")
        token = token_of(request.headers.get("Authorization"))
        accepted = desk.submit(FinalRequest(value["body"], named, token, arrived))
        return _one(accepted)

    @routes.operation(
        "POST",
        "/withdrawals",
        takes=schemas.WITHDRAWAL,
        gives=schemas.FACT,
        also={202: schemas.FACT},
        refuses=(400, 403, 404, 409, 422),
    )
    def withdraw() -> Response:
        """Withdraw a bid before the deadline, with its own key: that is final"""
        value, arrived = _json(), arrived_at()
        if set(value) != {"body"}:
            raise TurnedAwayError(Code.MALFORMED, "a withdrawal is a body")
        return _one(desk.withdraw(value["body"], arrived_at=arrived))

    @routes.operation(
        "POST", "/receipts", takes=schemas.RECEIPT_REQUEST, gives=schemas.FACTS, refuses=(400, 403, 404)
    )
    def again() -> Response:
        """Ask for the receipts of a bid again, with its own key"""
        value = _json()
        with setting.database.session() as session:
            origin = log.head(session).origin
        bid = receipt_request.check(value, origin, now=setting.clock())
        facts = [_fact(accepted) for accepted in desk.accepted(bid)]
        return Response(json.dumps({"facts": facts}), content_type=JSON)

    def _one(accepted: Accepted) -> Response:
        fact = _fact(accepted)
        response = Response(json.dumps(fact), content_type=JSON)
        if fact["receipt"] is None:
            response.status_code = 202
            response.headers["Retry-After"] = "1"
        return response

    def _fact(accepted: Accepted) -> dict[str, object]:
        try:
            receipt = receipts.wait(accepted.entry_id, timeout=setting.receipt_seconds).decode("utf-8")
        except (LedgerError, StorageError):
            receipt = None  # it is in; whoever waits asks again
        return {"body": json.loads(accepted.body), "salt": accepted.salt.hex(), "receipt": receipt}

    return routes


def padded(response: Response) -> Response:
    """With spaces to a multiple of PADDING bytes; JSON allows them at its end."""
    content = response.get_data()
    response.set_data(content + b" " * (-len(content) % PADDING))
    response.headers["Cache-Control"] = "no-store"
    return response


def _json() -> dict[str, Json]:
    if (request.content_length or 0) > MAX_REQUEST:
        raise TurnedAwayError(Code.MALFORMED, f"a request has at most {MAX_REQUEST} bytes")
    data = request.stream.read(MAX_REQUEST + 1)
    try:
        value = json.loads(data) if len(data) <= MAX_REQUEST else None
    except (ValueError, RecursionError) as error:
        raise TurnedAwayError(Code.MALFORMED, "the request is not JSON") from error
    if not isinstance(value, dict):
        raise TurnedAwayError(Code.MALFORMED, "the request is a JSON object")
    return value
