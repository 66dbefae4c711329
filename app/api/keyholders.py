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
from http import HTTPStatus

import limits
import msgspec
from flask import Blueprint, Response, request
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from app.api.problem import problem
from crypto import canonical_json
from crypto.errors import EncodingError
from custody import approvals
from custody.board import Board
from custody.errors import NotAllowedError, SequenceError, UnknownKeyholderError
from custody.exchange import Exchange
from custody.reader import Reader
from custody.status import status as status_of
from ledger.errors import LedgerError, LogError, SignatureError
from ledger.exchange import MAX_SIZE, Approval, ExchangeError
from storage.database import Database
from storage.errors import StorageError

MAX_APPROVAL_SIZE = 4096
MESSAGES = "60 per second; 1200 per minute"
"""Of one keyholder: a witness that cosigns ten checkpoints a second, and as much work again, stays below."""
APPROVALS = "20 per second"
"""Of everybody together."""
A_MOMENT = "public, max-age=2"
STATUS_SECONDS = 1.0

_JSON = "application/json"


class _TooOftenError(Exception):
    """`after` is in seconds."""

    def __init__(self, after: int) -> None:
        super().__init__(f"too many requests: come again in {after} s")
        self.after = after


class _Allowance:
    """How often what may be done, per key."""

    def __init__(self, terms: str) -> None:
        self._items = limits.parse_many(terms)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def charge(self, key: str) -> None:
        """_TooOftenError if the key has used up its allowance."""
        for item in self._items:
            if not self._limiter.hit(item, key):
                reset = self._limiter.get_window_stats(item, key).reset_time
                raise _TooOftenError(max(1, math.ceil(reset - time.time())))


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
) -> Blueprint:
    """The routes, for /api/keyholders/v1. Without a reader, because no supervisor is known, all is 503."""
    routes = Blueprint("keyholders", __name__)
    if reader is None:

        @routes.route("/<path:place>", methods=["GET", "POST"])
        def unset(place: str) -> Response:  # noqa: ARG001 - all are alike
            detail = "this platform was set up without a supervisor: SUNSEAL_SUPERVISOR names its key"
            return problem(503, "no-supervisor", detail, retry_after=60)

        return routes
    known = reader
    desk = Exchange(database, known, board or Board(database), clock)
    of_keys, of_all = _Allowance(messages), _Allowance(given)
    shown = _Shown(database, known)

    @routes.errorhandler(_TooOftenError)
    def too_often(error: _TooOftenError) -> Response:
        return problem(429, "too-often", str(error), retry_after=error.after)

    @routes.errorhandler(SQLAlchemyError)
    @routes.errorhandler(StorageError)
    @routes.errorhandler(LogError)
    def not_now(error: Exception) -> Response:  # noqa: ARG001 - what fails inside is not the sender's to know
        return problem(503, "not-now", "the platform cannot take this now: send it again", retry_after=2)

    @routes.post("/exchange")
    def exchange() -> Response:
        try:
            return Response(desk.answer(_body(MAX_SIZE), of_keys.charge), content_type=_JSON)
        except _RefusedBodyError as error:
            return problem(error.status, "body", str(error))
        except UnknownKeyholderError as error:
            return problem(401, "unknown-keyholder", str(error))
        except SequenceError as error:
            return problem(409, "sequence", str(error), last=error.last)
        except ExchangeError:
            return problem(400, "malformed", "this is not a message of a keyholder (docs/spec/opening.md)")
        except NotAllowedError as error:
            return problem(400, "not-allowed", str(error))

    @routes.post("/approvals")
    def approve() -> Response:
        of_all.charge("approvals")
        try:
            approval = _approval(_body(MAX_APPROVAL_SIZE))
            with database.session() as session:
                approvals.give(session, known, approval, now=clock())
                session.commit()
        except _RefusedBodyError as error:
            return problem(error.status, "body", str(error))
        except SignatureError as error:
            return problem(401, "signature", str(error))
        except (ExchangeError, NotAllowedError) as error:
            return problem(400, "not-allowed", str(error))
        return Response(status=204)

    @routes.get("/status")
    def status() -> Response:
        response = Response(shown(), content_type=_JSON)
        response.headers["Cache-Control"] = A_MOMENT
        return response

    return routes


class _RefusedBodyError(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = int(status)


def _body(most: int) -> bytes:
    """The request's body, whose length is said before any of it is read."""
    length = request.content_length
    if length is None:
        raise _RefusedBodyError(HTTPStatus.LENGTH_REQUIRED, "say the body's length: Content-Length")
    if length > most:
        raise _RefusedBodyError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {most} bytes here, not {length}"
        )
    return request.get_data(cache=False)


def _approval(data: bytes) -> Approval:
    """ExchangeError unless `data` is exactly one approval in canonical JSON."""
    try:
        approval = msgspec.convert(canonical_json.loads(data), Approval, strict=True)
        is_exact = canonical_json.dumps(msgspec.to_builtins(approval)) == data
    except (EncodingError, msgspec.ValidationError, LedgerError) as error:
        raise ExchangeError("not an approval (docs/spec/opening.md)") from error
    if not is_exact:
        raise ExchangeError("not an approval: it has a field too many or leaves one out")
    return approval
