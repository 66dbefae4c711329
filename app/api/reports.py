"""Reports without a name, and the interference register, over HTTP (docs/spec/report.md).

    GET  where            the log's origin, and the supervisor's own signed word on where reports are sealed to
    POST messages         a line of JSON and sealed bytes, from a reporter; the answer is the receipt
    POST replies          the same, from the supervisor
    POST fetch, inbox     what is in one mailbox, in all: for whoever signs the question
    GET  sealed/<sha256>  sealed bytes

No login and no cookie is taken, and nothing that could tell who asks is read: before any route runs, what browsers and
proxies add is taken out of the request. Nothing here writes a log.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import limits
from flask import Blueprint, Response, request
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from app.api.problem import problem
from app.api.quiet import NOBODY, TELLING
from crypto.randomness import RandomBytes
from custody.reader import Reader
from ledger import log
from ledger.entries import encode
from ledger.errors import LogError
from oversight import mailboxes
from oversight.errors import NotFoundError, ReportError
from oversight.mailboxes import Held
from oversight.reports import MAX_HEAD, MAX_SEALED
from storage.blobs import BlobStore
from storage.database import Database
from storage.errors import BlobNotFoundError, StorageError

MAX_QUESTION = 1024
MESSAGES = "5 per second; 60 per minute"
"""Of everybody together: there is nobody to tell apart."""

_JSON = "application/json"


def blueprint(
    database: Database,
    blobs: BlobStore,
    reader: Reader | None,
    clock: Callable[[], datetime],
    random: RandomBytes,
    *,
    allowed: str = MESSAGES,
) -> Blueprint:
    """The routes, for /api/reports/v1. Without a reader, because no supervisor is known, all is 503."""
    routes = Blueprint("reports", __name__)
    items, limiter = limits.parse_many(allowed), FixedWindowRateLimiter(MemoryStorage())

    @routes.before_request
    def forget() -> Response | None:
        if "Cookie" in request.headers or "Authorization" in request.headers:
            return problem(
                400, "cookie-not-wanted", "send no cookie and no credential here: nobody wants to know you"
            )
        for name in [*TELLING, "REMOTE_ADDR"]:
            request.environ.pop(name, None)
        request.environ["REMOTE_ADDR"] = NOBODY
        if reader is None:
            return problem(
                503, "no-supervisor", "this platform was set up without a supervisor", retry_after=60
            )
        return None

    @routes.errorhandler(ReportError)
    def refused(error: ReportError) -> Response:
        return problem(400, "report", str(error))

    @routes.errorhandler(NotFoundError)
    @routes.errorhandler(BlobNotFoundError)
    def absent(error: Exception) -> Response:
        sentence = str(error) if isinstance(error, NotFoundError) else "there is no such message"
        return problem(404, "not-found", sentence)

    @routes.errorhandler(SQLAlchemyError)
    @routes.errorhandler(StorageError)
    @routes.errorhandler(LogError)
    def not_now(error: Exception) -> Response:  # noqa: ARG001 - what fails inside is not the sender's to know
        return problem(503, "not-now", "the platform cannot take this now: send it again", retry_after=2)

    @routes.get("/where")
    def where() -> Response:
        known = _known(reader)
        with database.session() as session, known.reading(session) as view:
            proposals = [encode(group.proposal).decode() for group in view.groups]
            body = {"origin": view.origin, "group": proposals[-1] if proposals else None}
        return Response(json.dumps(body, ensure_ascii=False), content_type=_JSON)

    @routes.post("/messages")
    def post() -> Response:
        if not all(limiter.hit(item, "messages") for item in items):
            return problem(
                429, "too-often", "too many messages at once: send it again in a minute", retry_after=60
            )
        data = _body(MAX_SEALED + MAX_HEAD)
        with database.session() as session:
            origin = log.head(session).origin
            held = mailboxes.post(session, blobs, origin, data, now=clock(), random=random)
            session.commit()
        return _answer([held])

    @routes.post("/replies")
    def reply() -> Response:
        data, supervisor = _body(MAX_SEALED + MAX_HEAD), _known(reader).supervisor
        with database.session() as session:
            origin = log.head(session).origin
            held = mailboxes.reply(session, blobs, origin, supervisor, data, now=clock(), random=random)
            session.commit()
        return _answer([held])

    @routes.post("/fetch")
    def fetch() -> Response:
        key, at, signature = _question("key", "at", "signature")
        with database.session() as session:
            origin = log.head(session).origin
            return _answer(mailboxes.of_mailbox(session, origin, key, at, signature, now=clock()))

    @routes.post("/inbox")
    def inbox() -> Response:
        at, signature = _question("at", "signature")
        supervisor = _known(reader).supervisor
        with database.session() as session:
            origin = log.head(session).origin
            return _answer(mailboxes.inbox(session, origin, supervisor, at, signature, now=clock()))

    @routes.get("/sealed/<sha256>")
    def sealed(sha256: str) -> Response:
        try:
            name = bytes.fromhex(sha256)
        except ValueError as error:
            raise NotFoundError("there is no such message") from error
        with database.session() as session:
            if not mailboxes.is_held(session, name):
                raise NotFoundError("there is no such message")
        return Response(blobs.stream(name), content_type="application/octet-stream")

    return routes


def _known(reader: Reader | None) -> Reader:
    if reader is None:  # pragma: no cover - before_request has answered
        raise ReportError("this platform was set up without a supervisor")
    return reader


def _answer(held: Sequence[Held]) -> Response:
    response = Response(json.dumps([asdict(one) for one in held]), content_type=_JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def _question(*names: str) -> list[Any]:
    """The fields of a small JSON object: `at` a number, the others text. ReportError for anything else."""
    try:
        value = json.loads(_body(MAX_QUESTION))
    except ValueError as error:
        raise ReportError("a question is a JSON object") from error
    if not isinstance(value, dict) or set(value) != set(names):
        raise ReportError(f"a question has the fields {', '.join(names)}")
    if any(type(value[name]) is not (int if name == "at" else str) for name in names):
        raise ReportError("a field of the question is of another kind")
    return [value[name] for name in names]


def _body(most: int) -> bytes:
    length = request.content_length
    if length is None or length > most:
        raise ReportError(f"a body says its length, and has at most {most} bytes here")
    request.max_content_length = most
    return request.get_data(cache=False)
