"""What keyholders, approvers and the public ask of custody over HTTP (docs/spec/opening.md).

    POST exchange    one message of a keyholder, one answer; it may wait for MAX_WAIT seconds
    POST approvals   a person's approval of an opening, for the keyholders who trust its key
    GET  status      groups, pool, runs that failed and whose fault it was, reports: public JSON

A message is charged to its sender's key once its signature holds, so nobody uses up another's allowance. The counts
are of one process. What a stranger can make us do is bounded by the size of a body and one signature; to bound
strangers by address is the reverse proxy's business, which alone knows the address.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from datetime import datetime

import limits
import msgspec
from flask import Response, request
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from app.api.content import JSON, Content, wire
from app.api.document import ApiRoutes
from app.api.examples import example_of
from app.api.schemas import custody as schemas
from app.errors import ProblemError
from crypto import canonical_json
from crypto.errors import EncodingError
from custody import approvals
from custody.board import Board
from custody.errors import NotAllowedError
from custody.exchange import Exchange
from custody.reader import Reader
from custody.status import status as status_of
from ledger.errors import LedgerError, LogError, SignatureError
from ledger.exchange import MAX_SIZE, Answer, Approval, ExchangeError, Message
from storage.database import Database
from storage.errors import StorageError

MAX_APPROVAL_SIZE = 4096
MESSAGES = "60 per second; 1200 per minute"
"""Of one keyholder: a witness that cosigns ten checkpoints a second, and as much work again, stays below."""
APPROVALS = "20 per second"
"""Of everybody together."""
A_MOMENT = "public, max-age=2"
STATUS_SECONDS = 1.0


class Allowance:
    """How often what may be done, per key."""

    def __init__(self, terms: str) -> None:
        self._items = limits.parse_many(terms)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def charge(self, key: str) -> None:
        """ProblemError if the key has used up its allowance."""
        for item in self._items:
            if not self._limiter.hit(item, key):
                reset = self._limiter.get_window_stats(item, key).reset_time
                after = max(1, math.ceil(reset - time.time()))
                raise ProblemError(
                    "too-many", f"come again in {after} s", headers={"Retry-After": str(after)}
                )


class _Shown:
    """The status, made anew every few seconds however many ask: anybody may."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self._database = database
        self._reader = reader
        self._making = threading.Lock()
        self._made: tuple[float, str] = (-math.inf, "")

    def __call__(self) -> str:
        with self._making:
            at, text = self._made
            if time.monotonic() - at >= STATUS_SECONDS:
                with self._database.session() as session, self._reader.reading(session) as view:
                    text = json.dumps(status_of(session, view), ensure_ascii=False)
                self._made = time.monotonic(), text
            return text


def blueprint(
    database: Database,
    reader: Reader | None,
    clock: Callable[[], datetime],
    *,
    board: Board | None = None,
    messages: str = MESSAGES,
    given: str = APPROVALS,
) -> ApiRoutes:
    """The routes, for /api/keyholders/v1. Without a reader, because no supervisor is known, all is 503."""
    routes = ApiRoutes("keyholders", __name__, description="Keyholders", wires=(Message, Answer, Approval))
    desk = None if reader is None else Exchange(database, reader, board or Board(database), clock)
    of_keys, of_all = Allowance(messages), Allowance(given)
    shown = None if reader is None else _Shown(database, reader)

    @routes.errorhandler(SQLAlchemyError)
    @routes.errorhandler(StorageError)
    @routes.errorhandler(LogError)
    def not_now(error: Exception) -> Response:  # noqa: ARG001 - what fails inside is not the sender's to know
        sentence = "the platform cannot take this now: send it again"
        return ProblemError("unavailable", sentence, headers={"Retry-After": "2"}).response()

    @routes.operation(
        "POST",
        "/exchange",
        takes=Content(JSON, wire(Message), schemas.MESSAGE),
        gives=Content(JSON, wire(Answer), schemas.ANSWER),
        refuses=(400, 401, 409, 411, 413, 429, 503),
    )
    def exchange() -> Response:
        """Hand in one message of a keyholder, for one answer (docs/spec/opening.md)

        Message and answer are RFC 8785 JSON. The answer may take as long as the message allows.
        """
        if desk is None:
            raise _unset()
        try:
            return Response(desk.answer(_body(MAX_SIZE), of_keys.charge), content_type=JSON)
        except ExchangeError as error:
            sentence = "this is not a message of a keyholder (docs/spec/opening.md)"
            raise ProblemError("malformed", sentence) from error

    @routes.operation(
        "POST",
        "/approvals",
        takes=Content(JSON, wire(Approval), schemas.APPROVAL),
        status=204,
        refuses=(400, 401, 411, 413, 429, 503),
    )
    def approve() -> Response:
        """Approve an opening, as a person whose key a keyholder trusts

        RFC 8785 JSON, signed by that key.
        """
        if reader is None:
            raise _unset()
        of_all.charge("approvals")
        try:
            approval = read_approval(_body(MAX_APPROVAL_SIZE))
            with database.session() as session:
                approvals.give(session, reader, approval, now=clock())
                session.commit()
        except SignatureError as error:
            raise ProblemError("signature", str(error)) from error
        except (ExchangeError, NotAllowedError) as error:
            raise ProblemError("not-allowed", str(error)) from error
        return Response(status=204)

    @routes.operation(
        "GET",
        "/status",
        gives=Content(JSON, schemas.StatusShown, example_of(schemas.StatusShown)),
        refuses=(503,),
    )
    def status() -> Response:
        """Show groups, pools of keys, runs that failed and whose fault it was, and what keyholders report"""
        if shown is None:
            raise _unset()
        response = Response(shown(), content_type=JSON)
        response.headers["Cache-Control"] = A_MOMENT
        return response

    return routes


def _unset() -> ProblemError:
    sentence = "this platform was set up without a supervisor: SUNSEAL_SUPERVISOR names its key"
    return ProblemError("no-supervisor", sentence, headers={"Retry-After": "60"})


def _body(most: int) -> bytes:
    """The request's body, whose length is said before any of it is read."""
    length = request.content_length
    if length is None:
        raise ProblemError("length-required", "say the body's length: Content-Length")
    if length > most:
        raise ProblemError("too-large", f"a body has at most {most} bytes here, not {length}")
    return request.get_data(cache=False)


def read_approval(data: bytes) -> Approval:
    """ExchangeError unless `data` is exactly one approval in canonical JSON."""
    try:
        approval = msgspec.convert(canonical_json.loads(data), Approval, strict=True)
        is_exact = canonical_json.dumps(msgspec.to_builtins(approval)) == data
    except (EncodingError, msgspec.ValidationError, LedgerError) as error:
        raise ExchangeError("not an approval (docs/spec/opening.md)") from error
    if not is_exact:
        raise ExchangeError("not an approval: it has a field too many or leaves one out")
    return approval
