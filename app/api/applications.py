"""Guarantors, their products, and sealed letters between applicants and them (docs/spec/guarantee-letter.md).

    GET  where, guarantors, products, lots     public lists; each is fetched whole, so that nobody asks for one lot
    POST acts                                  an act of the supervisor about a guarantor, which it signed
    POST products, withdrawals                 a product that its guarantor signed; that it is offered no more
    POST lookups                               by what a guarantee is found: its guarantor tells, signed
    POST letters, replies                      a line of JSON and sealed bytes, from an applicant, from a guarantor
    POST fetch, inbox                          what is in one mailbox, in all of a guarantor's: for who signs
    GET  sealed/<sha256>                       sealed bytes

No login and no cookie is taken, and nothing that could tell who asks is read: what comes proves itself by signatures.
"""

from collections.abc import Callable
from datetime import datetime

import limits
from flask import Response, request
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.orm import Session

from app import guarantee_notices
from app.api import nameless, private_token
from app.api.content import BYTES, JSON, Content, wire
from app.api.document import ApiRoutes
from app.api.examples import example_of
from app.api.mail_bodies import answer, body, question
from app.api.schemas import applications as schemas
from app.errors import ProblemError
from crypto.randomness import RandomBytes
from crypto.signatures import VerifyKey
from guarantees import mail
from guarantees.errors import FormatError, NotFoundError
from guarantees.letters.scheme import MAX_SEALED, SMALLEST, LetterError
from guarantees.lot_notice import to_list
from guarantees.register import listing, lookups, products
from ledger import log
from ledger.entries import GuarantorListed, GuarantorResumed, GuarantorSuspended, decode
from ledger.errors import LedgerError
from mailboxes.scheme import MAX_HEAD
from storage.blobs import BlobStore
from storage.database import Database

LETTERS = "10 per second; 300 per minute"
"""Of all who bring no token, together: there is nobody to tell apart."""

UNITS = "1024 per minute; 16384 per hour"
"""What their letters may come to together, in units of the smallest letter: 64 MiB a minute, 1 GiB an hour."""

Spend = Callable[[Session, bytes, datetime], None]
"""Spends a bidder's blind token in the caller's transaction. Raises TurnedAwayError for one that is none, or spent."""

MAX_RECORD = 32 << 10
_SEALED = Content(BYTES)
_ACTS = (GuarantorListed, GuarantorSuspended, GuarantorResumed)
_EXAMPLE = {
    "type": "guarantor-suspended/v1",
    "origin": "ledger.example.org",
    "guarantor": "91110000600037341L",
    "reason": "capital",
    "supervisor": "ab" * 32,
    "signature": "5a" * 64,
}
_ACT = Content(JSON, {"oneOf": [wire(cls) for cls in _ACTS]}, _EXAMPLE)


def blueprint(
    database: Database,
    blobs: BlobStore,
    supervisor: VerifyKey | None,
    clock: Callable[[], datetime],
    random: RandomBytes,
    *,
    allowed: str = LETTERS,
    units: str = UNITS,
    spend: Spend | None = None,
) -> ApiRoutes:
    """The routes, for /api/applications/v1. Without a supervisor nobody can be listed; without `spend` no token is
    taken, and all letters are within what is allowed."""
    routes = ApiRoutes("applications", __name__, description="Applications for guarantees", wires=_ACTS)
    turn = _Turn(allowed, units)

    nameless.install(routes, "letter")

    @routes.operation("GET", "/where", gives=schemas.Origin, refuses=(400, 503))
    def where() -> dict[str, str]:
        """Say which log letters are signed for"""
        with database.session() as session:
            return {"origin": log.head(session).origin}

    @routes.operation("GET", "/guarantors", gives=schemas.ListedShown, many=True, refuses=(400, 503))
    def guarantors() -> list[dict[str, object]]:
        """List the guarantors that the supervisor has listed, each as the supervisor signed it"""
        with database.session() as session:
            found = listing.all_of(session, now=clock())
        return [{"leaf": one.leaf.decode(), "licensed": one.licensed} for one in found]

    @routes.operation("GET", "/products", gives=schemas.ProductShown, many=True, refuses=(400, 503))
    def offered() -> list[dict[str, str]]:
        """List all products that are offered, each as its guarantor signed it"""
        with database.session() as session:
            return [
                {"content": row.content.decode(), "signature": row.signature.hex()}
                for row in products.offered(session)
            ]

    @routes.operation("GET", "/lots", gives=schemas.LotShown, many=True, refuses=(400, 503))
    def lots() -> Response:
        """List what each open lot asks of a guarantee. The list is fetched whole: who asks for one lot tells which"""
        with database.session() as session:
            content = to_list(guarantee_notices.open_lots(session, now=clock()))
        return Response(content, content_type=JSON)

    @routes.operation("POST", "/acts", takes=_ACT, status=204, refuses=(400, 404, 409, 503))
    def act() -> Response:
        """List, suspend or resume a guarantor: an entry that the supervisor signed, as its canonical JSON"""
        if supervisor is None:
            raise ProblemError("no-supervisor", headers={"Retry-After": "60"})
        try:
            entry = decode(body(FormatError, MAX_RECORD))
        except LedgerError as error:
            raise FormatError("the body is no entry in its canonical form") from error
        if not isinstance(entry, GuarantorListed | GuarantorSuspended | GuarantorResumed):
            raise FormatError("the entry is no act about a guarantor")
        with database.session() as session:
            listing.take(session, entry, supervisor, now=clock())
            session.commit()
        return Response(status=204)

    @routes.operation(
        "POST",
        "/products",
        takes=Content(JSON, schemas.ProductShown, example_of(schemas.ProductShown)),
        status=204,
        refuses=(400, 404, 409, 503),
    )
    def publish() -> Response:
        """Publish a product or its next version, which its guarantor signed"""
        content, signature = question(FormatError, "content", "signature", most=MAX_RECORD)
        with database.session() as session:
            products.publish(session, content.encode(), _bytes(signature), now=clock())
            session.commit()
        return Response(status=204)

    @routes.operation(
        "POST",
        "/withdrawals",
        takes=Content(JSON, schemas.WithdrawnProduct, example_of(schemas.WithdrawnProduct)),
        status=204,
        refuses=(400, 404, 503),
    )
    def withdraw() -> Response:
        """Offer a product no more, which its guarantor signs"""
        guarantor, product, version, signature = question(
            FormatError, "guarantor", "product", "version", "signature"
        )
        with database.session() as session:
            products.withdraw(session, guarantor, product, version, _bytes(signature), now=clock())
            session.commit()
        return Response(status=204)

    @routes.operation(
        "POST",
        "/lookups",
        takes=Content(JSON, schemas.LookupTold, example_of(schemas.LookupTold)),
        status=204,
        refuses=(400, 404, 409, 503),
    )
    def tell() -> Response:
        """Tell by what the public check finds a guarantee before its opening, which its guarantor signs"""
        guarantor, guarantee, lookup, signature = question(
            FormatError, "guarantor", "guarantee", "lookup", "signature", most=8192
        )
        with database.session() as session:
            lookups.tell(session, guarantor, _bytes(guarantee), _bytes(lookup), _bytes(signature))
            session.commit()
        return Response(status=204)

    @routes.operation(
        "POST",
        "/letters",
        takes=_SEALED,
        gives=schemas.LetterShown,
        many=True,
        refuses=(400, 401, 404, 409, 429, 503),
    )
    def post() -> Response:
        """Send a letter to a guarantor: a line of JSON that its mailbox's key signed, and the sealed bytes

        The answer is the receipt. With a blind token (`Authorization: PrivateToken token="..."`) it is taken whatever
        others send; the token is spent if the letter is taken.
        """
        token = private_token.token_of(request.headers.get("Authorization"))
        if token is None or spend is None:
            turn.take(MAX_SEALED if request.content_length is None else request.content_length)
            token = None
        data = body(LetterError, MAX_SEALED + MAX_HEAD)
        with database.session() as session:
            if token is not None and spend is not None:
                spend(session, token, clock())
            origin = log.head(session).origin
            held = mail.post(session, blobs, origin, data, now=clock(), random=random)
            session.commit()
        return answer([held])

    @routes.operation(
        "POST", "/replies", takes=_SEALED, gives=schemas.LetterShown, many=True, refuses=(400, 404, 503)
    )
    def reply() -> Response:
        """Send a guarantor's letter into an applicant's mailbox, which the guarantor's listed key signed"""
        data = body(LetterError, MAX_SEALED + MAX_HEAD)
        with database.session() as session:
            origin = log.head(session).origin
            held = mail.reply(session, blobs, origin, data, now=clock(), random=random)
            session.commit()
        return answer([held])

    @routes.operation(
        "POST",
        "/fetch",
        takes=Content(JSON, schemas.LetterboxQuestion, example_of(schemas.LetterboxQuestion)),
        gives=schemas.LetterShown,
        many=True,
        refuses=(400, 404, 503),
    )
    def fetch() -> Response:
        """List what is in one mailbox, for whoever signs with its key"""
        key, at, signature = question(LetterError, "key", "at", "signature")
        with database.session() as session:
            origin = log.head(session).origin
            return answer(mail.of_mailbox(session, origin, key, at, signature, now=clock()))

    @routes.operation(
        "POST",
        "/inbox",
        takes=Content(JSON, schemas.GuarantorsQuestion, example_of(schemas.GuarantorsQuestion)),
        gives=schemas.LetterShown,
        many=True,
        refuses=(400, 404, 503),
    )
    def inbox() -> Response:
        """List all letters of a guarantor's mailboxes, for the guarantor, which signs the question"""
        guarantor, at, signature = question(LetterError, "guarantor", "at", "signature", most=8192)
        with database.session() as session:
            origin = log.head(session).origin
            return answer(mail.inbox(session, origin, guarantor, at, signature, now=clock()))

    @routes.operation("GET", "/sealed/<sha256>", gives=Content(BYTES), refuses=(400, 404, 503))
    def sealed(sha256: str) -> Response:
        """Download the sealed bytes of a letter"""
        name = _bytes(sha256)
        with database.session() as session:
            if not mail.is_held(session, name):
                raise NotFoundError("there is no such letter")
        return Response(blobs.stream(name), content_type=BYTES)

    return routes


class _Turn:
    """What strangers may send together. Bidders with a token do not wait for it."""

    def __init__(self, letters: str, units: str) -> None:
        self._letters, self._units = limits.parse_many(letters), limits.parse_many(units)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def take(self, size: int) -> None:
        """A letter of that many bytes. ProblemError if it is too much now."""
        cost = max(1, -(-size // SMALLEST))
        asked = [(item, "letters", 1) for item in self._letters] + [
            (item, "units", cost) for item in self._units
        ]
        if not all(self._limiter.hit(item, name, cost=count) for item, name, count in asked):
            sentence = "too many letters at once: send it again in a minute, or with a token"
            raise ProblemError("too-many", sentence, headers={"Retry-After": "60"})


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise FormatError("a field is in hexadecimal") from error
