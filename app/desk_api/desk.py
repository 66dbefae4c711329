"""What the desk's routes work with, and who calls: the gate of every route."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from app.desk_api.callers import ANSWER, ISSUE, PAYMENTS, READ, UNDERWRITE, SystemCaller
from app.errors import ProblemError
from app.login import request_keys
from app.signed_request import HEADERS, arrived
from crypto import http_signatures
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from guarantees.desk.issuing import Guarantor
from guarantees.lot_notice import LotNotice
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from storage.database import Database

_KEY = "sunseal-desk"
MAX_BODY = 16 << 20


@dataclass(frozen=True, slots=True)
class Desk:
    """`url` is where the systems reach it: part of what they sign. `products` and `lots`: as of the last round."""

    database: Database
    url: str
    callers: Mapping[str, SystemCaller]
    guarantor: Guarantor = field(repr=False)
    products: Callable[[], Mapping[str, Product]]
    lots: Callable[[], list[LotNotice]]
    letter: Callable[[SignedGuarantee], bytes]
    clock: Callable[[], datetime]
    random: RandomBytes


SCOPE_OF = {
    "desk.list_applications": READ,
    "desk.get_application": READ,
    "desk.get_issued": READ,
    "desk.get_issued_letter": READ,
    "desk.get_issued_iso20022": READ,
    "desk.get_exposure": READ,
    "desk.get_desk_statistics": READ,
    "desk.quote_application": UNDERWRITE,
    "desk.decline_application": UNDERWRITE,
    "desk.set_limit": UNDERWRITE,
    "desk.record_payment": PAYMENTS,
    "desk.record_payments": PAYMENTS,
    "desk.issue_guarantees": ISSUE,
    "desk.list_demands": READ,
    "desk.answer_demand": ANSWER,
    "desk.draft_amendment": ISSUE,
    "desk.sign_amendment": ISSUE,
    "desk.commit_amendment": ISSUE,
    "desk.list_drafts": READ,
    "desk.get_successor": READ,
}
"""By the endpoint; a route that is not here is nobody's."""
DESCRIBED = frozenset({"api-docs.openapi_json"})


def install(app: Flask, desk: Desk) -> None:
    """Makes `desk` the application's, and puts the gate before every route."""
    provide(app, desk)
    app.before_request(_check)


def provide(app: Flask, desk: Desk) -> None:
    """Makes `desk` the application's, whose gate is another."""
    app.extensions[_KEY] = desk
    app.teardown_request(_close)


def desk() -> Desk:
    return cast("Desk", current_app.extensions[_KEY])


def session() -> Session:
    """The request's; what the route does not commit is rolled back."""
    if "desk_session" not in g:
        g.desk_block = desk().database.session()
        g.desk_session = g.desk_block.__enter__()
    return cast("Session", g.desk_session)


def system() -> str:
    """Who calls, for the desk's audit trail: no underwriter's name for logging in has a colon."""
    return f"api:{g.desk_system}"


def now() -> datetime:
    return desk().clock()


def _check() -> None:
    if request.endpoint is None or request.endpoint in DESCRIBED:
        return
    request.max_content_length = MAX_BODY
    at = desk()
    received = arrived(at.url)
    try:
        key_id = http_signatures.named_key(received)
        caller = at.callers.get(key_id)
        if caller is None:
            raise ProblemError("signature-refused", "callers.toml has no such key", headers=HEADERS)
        signed = http_signatures.verify(received, key_id, caller.key, now=at.clock())
    except CryptoError as error:
        raise ProblemError("signature-refused", str(error), headers=HEADERS) from error
    with at.database.session() as own:
        is_new = request_keys.spend(own, signed, now=at.clock())
        own.commit()
    if not is_new:
        raise ProblemError("signature-replayed", headers=HEADERS)
    if SCOPE_OF.get(request.endpoint) not in caller.scopes:
        raise ProblemError("scope-not-allowed")
    g.desk_system = caller.name


def _close(_: BaseException | None) -> None:
    block = g.pop("desk_block", None)
    g.pop("desk_session", None)
    if block is not None:
        block.__exit__(None, None, None)
