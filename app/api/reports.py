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
from collections.abc import Callable
from datetime import datetime

import limits
from flask import Response
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.api import nameless
from app.api.content import BYTES, JSON, Content
from app.api.document import ApiRoutes
from app.api.examples import example_of
from app.api.mail_bodies import answer, body, question
from app.api.schemas import reports as schemas
from app.errors import ProblemError
from crypto.randomness import RandomBytes
from custody.reader import Reader
from ledger import log
from ledger.entries import encode
from oversight import mailboxes
from oversight.errors import NotFoundError, ReportError
from oversight.reports import MAX_HEAD, MAX_SEALED
from storage.blobs import BlobStore
from storage.database import Database

MESSAGES = "5 per second; 60 per minute"
"""Of everybody together: there is nobody to tell apart."""

_SEALED = Content(BYTES)


def blueprint(
    database: Database,
    blobs: BlobStore,
    reader: Reader | None,
    clock: Callable[[], datetime],
    random: RandomBytes,
    *,
    allowed: str = MESSAGES,
) -> ApiRoutes:
    """The routes, for /api/reports/v1. Without a reader, because no supervisor is known, all is 503."""
    routes = ApiRoutes("reports", __name__, description="Reports without a name")
    items, limiter = limits.parse_many(allowed), FixedWindowRateLimiter(MemoryStorage())

    nameless.install(routes, "message", refuses_credentials=True)

    @routes.before_request
    def require_supervisor() -> None:
        if reader is None:
            raise ProblemError("no-supervisor", headers={"Retry-After": "60"})

    @routes.operation(
        "GET", "/where", gives=Content(JSON, schemas.Where, example_of(schemas.Where)), refuses=(400, 503)
    )
    def where() -> Response:
        """Say where reports go: the log's origin, and the supervisor's own signed word on what to seal them to"""
        known = _known(reader)
        with database.session() as session, known.reading(session) as view:
            proposals = [encode(group.proposal).decode() for group in view.groups]
            said = {"origin": view.origin, "group": proposals[-1] if proposals else None}
        return Response(json.dumps(said, ensure_ascii=False), content_type=JSON)

    @routes.operation(
        "POST", "/messages", takes=_SEALED, gives=schemas.HeldShown, many=True, refuses=(400, 429, 503)
    )
    def post() -> Response:
        """Send a report: a line of JSON that its mailbox's key signed, and the sealed bytes (docs/spec/report.md)

        The answer is the receipt.
        """
        if not all(limiter.hit(item, "messages") for item in items):
            sentence = "too many messages at once: send it again in a minute"
            raise ProblemError("too-many", sentence, headers={"Retry-After": "60"})
        data = body(ReportError, MAX_SEALED + MAX_HEAD)
        with database.session() as session:
            origin = log.head(session).origin
            held = mailboxes.post(session, blobs, origin, data, now=clock(), random=random)
            session.commit()
        return answer([held])

    @routes.operation(
        "POST", "/replies", takes=_SEALED, gives=schemas.HeldShown, many=True, refuses=(400, 404, 503)
    )
    def reply() -> Response:
        """Send a reply, which the supervisor's key signed"""
        data, supervisor = body(ReportError, MAX_SEALED + MAX_HEAD), _known(reader).supervisor
        with database.session() as session:
            origin = log.head(session).origin
            held = mailboxes.reply(session, blobs, origin, supervisor, data, now=clock(), random=random)
            session.commit()
        return answer([held])

    @routes.operation(
        "POST",
        "/fetch",
        takes=Content(JSON, schemas.MailboxQuestion, example_of(schemas.MailboxQuestion)),
        gives=schemas.HeldShown,
        many=True,
        refuses=(400, 404, 503),
    )
    def fetch() -> Response:
        """List what is in one mailbox, for whoever signs with its key"""
        key, at, signature = question(ReportError, "key", "at", "signature")
        with database.session() as session:
            origin = log.head(session).origin
            return answer(mailboxes.of_mailbox(session, origin, key, at, signature, now=clock()))

    @routes.operation(
        "POST",
        "/inbox",
        takes=Content(JSON, schemas.InboxQuestion, example_of(schemas.InboxQuestion)),
        gives=schemas.HeldShown,
        many=True,
        refuses=(400, 503),
    )
    def inbox() -> Response:
        """List everything, for the supervisor, who signs the question"""
        at, signature = question(ReportError, "at", "signature")
        supervisor = _known(reader).supervisor
        with database.session() as session:
            origin = log.head(session).origin
            return answer(mailboxes.inbox(session, origin, supervisor, at, signature, now=clock()))

    @routes.operation("GET", "/sealed/<sha256>", gives=Content(BYTES), refuses=(400, 404, 503))
    def sealed(sha256: str) -> Response:
        """Download the sealed bytes of a message"""
        try:
            name = bytes.fromhex(sha256)
        except ValueError as error:
            raise NotFoundError("there is no such message") from error
        with database.session() as session:
            if not mailboxes.is_held(session, name):
                raise NotFoundError("there is no such message")
        return Response(blobs.stream(name), content_type=BYTES)

    return routes


def _known(reader: Reader | None) -> Reader:
    if reader is None:  # pragma: no cover - before_request has answered
        raise ReportError("this platform was set up without a supervisor")
    return reader
