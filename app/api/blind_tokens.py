"""The issuer of blind tokens over HTTP (RFC 9578 sections 4 and 6).

    GET  /.well-known/private-token-issuer-directory    the keys, for everybody the same
    GET  /api/blind-tokens/keys/<key id>                the receipt of a key's entry on the ledger, a .tlog-proof
    POST /api/blind-tokens/request                      a TokenRequest for a TokenResponse, by a verified organisation

The first two are public and know no login (`with_directory`). The third is for the application in which people are
logged in (`blueprint`). Spending is elsewhere (`submission_app`), and neither side tells the other anything.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response, request

from app import door, errors
from app.api import document
from app.api.content import PLAIN, TEXT, Content
from app.api.document import ApiRoutes
from app.api.private_token import encode
from app.api.quiet import Application, Environ, StartResponse, log_fault, quiet
from app.api.schemas.blind_tokens import DIRECTORY as DIRECTORY_SHOWN
from app.api.submission_setting import SubmissionSetting
from app.errors import ProblemError
from app.permissions import require_all_listed
from bidding.tokens import keys
from bidding.tokens.issuing import Issuer
from crypto.randomness import RandomBytes
from crypto.tokens.privacy_pass import TOKEN_TYPE
from ledger import receipts
from ledger.errors import LedgerError
from storage.database import Database

DIRECTORY = "/.well-known/private-token-issuer-directory"
REQUEST = "/api/blind-tokens/request"
KEYS = "/api/blind-tokens/keys"
MOUNTED = "sunseal.issuer"
"""Among the extensions of the main application: the public routes before it, as Flask has them."""
_ASKED, _ANSWER = "application/private-token-request", "application/private-token-response"
_MAX_REQUEST = 1024

Requester = Callable[[], str]
"""The id of the organisation whose member is logged in; raises what app answers with 401 or 403."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues, and how it is known who asks."""

    issuer: Issuer
    requester: Requester


def with_directory(main: Application, public: Flask) -> Application:
    """`main`, with the public routes before it."""
    directory = quiet(public.wsgi_app)

    def both(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        is_public = path == DIRECTORY or path.startswith(f"{KEYS}/")
        return (directory if is_public else main)(environ, start_response)

    return both


def blueprint(
    database: Database, issuing: Issuing, clock: Callable[[], datetime], random: RandomBytes
) -> ApiRoutes:
    """The route for those who are logged in. Without a published key at hand every request is refused, TOKEN_KEY."""
    routes = ApiRoutes("issuer", __name__, description="Blind tokens")

    @routes.operation(
        "POST",
        REQUEST,
        takes=Content(_ASKED),
        gives=Content(_ANSWER),
        refuses=(400, 401, 403, 409, 422, 429),
    )
    def issue() -> Response:
        """Draw a blind token from the month's allowance: a TokenRequest for a TokenResponse (RFC 9578 section 6)"""
        organisation = issuing.requester()
        content = request.stream.read(_MAX_REQUEST)
        with database.session() as session:
            response = issuing.issuer.issue(session, organisation, content, now=clock(), random=random)
            session.commit()
        return Response(response, content_type=_ANSWER)

    return routes


def public_app(setting: SubmissionSetting) -> Flask:
    """The routes for everybody."""
    app = Flask("sunseal.issuer.public", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    door.install(app)
    errors.register(app, log_fault)
    api = document.begin(app, served=False)
    app.register_blueprint(_public_routes(setting))
    require_all_listed(app)
    document.finish(app, api)
    return app


def _public_routes(setting: SubmissionSetting) -> ApiRoutes:
    routes = ApiRoutes("token_keys", __name__, description="The issuer's keys")

    @routes.operation("GET", DIRECTORY, gives=DIRECTORY_SHOWN)
    def directory() -> Response:
        """List the keys that tokens are issued with now and later (RFC 9578 section 4)"""
        with setting.database.session() as session:
            published = keys.issuable(session, now=setting.clock())
        listed = [
            {
                "token-type": TOKEN_TYPE,
                "token-key": encode(key.spki),
                "not-before": int(key.period.not_before.timestamp()),
            }
            for key in published
        ]
        body = json.dumps({"issuer-request-uri": REQUEST, "token-keys": listed})
        response = Response(body, content_type=DIRECTORY_SHOWN.media)
        response.headers["Cache-Control"] = "public, max-age=600"
        return response

    @routes.operation(
        "GET",
        f"{KEYS}/<string(maxlength=64):key_id>",
        gives=Content(TEXT, PLAIN, "c2sp.org/tlog-proof@v1\nindex 4711\n..."),
        refuses=(404, 503),
    )
    def key_receipt(key_id: str) -> Response:
        """Get the receipt of a key's entry on the ledger, a .tlog-proof"""
        with setting.database.session() as session:
            known = {key.key_id.hex(): key for key in keys.issuable(session, now=setting.clock())}
            if key_id not in known:
                raise ProblemError("token-key-unknown")
            try:
                proof = receipts.receipt_of(session, setting.files, setting.policy, known[key_id].entry_id)
            except LedgerError as error:
                raise ProblemError("receipt-pending", headers={"Retry-After": "1"}) from error
        return Response(proof, content_type=TEXT)

    return routes
