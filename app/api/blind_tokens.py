"""The issuer of blind tokens over HTTP (RFC 9578 sections 4 and 6).

    GET  /.well-known/private-token-issuer-directory    the keys, for everybody the same
    GET  /api/blind-tokens/keys/<key id>                the receipt of a key's entry on the ledger, a .tlog-proof
    POST /api/blind-tokens/request                      a TokenRequest for a TokenResponse, by a verified organisation

The first two are public and know no login (`with_directory`). The third is for the application in which people are
logged in (`blueprint`). Spending is elsewhere (`submission_app`), and neither side tells the other anything.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app.api.private_token import encode
from app.api.problems import fault, problem
from app.api.quiet import Application, quiet
from app.api.submission_setting import SubmissionSetting
from bidding.tokens import keys
from bidding.tokens.issuing import Issuer
from bidding.turned_away import TurnedAwayError
from crypto.tokens.privacy_pass import TOKEN_TYPE
from ledger import receipts
from ledger.errors import LedgerError

DIRECTORY = "/.well-known/private-token-issuer-directory"
REQUEST = "/api/blind-tokens/request"
KEYS = "/api/blind-tokens/keys"
_ANSWER = "application/private-token-response"
_MAX_REQUEST = 1024

Requester = Callable[[], str]
"""The id of the organisation whose member is logged in; raises what app answers with 401 or 403."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues, and how it is known who asks."""

    issuer: Issuer
    requester: Requester


def with_directory(main: Application, setting: SubmissionSetting) -> Application:
    """`main`, with the public routes before it."""
    return DispatcherMiddleware(main, {DIRECTORY: _directory_app(setting), KEYS: _keys_app(setting)})


def blueprint(setting: SubmissionSetting, issuing: Issuing) -> Blueprint:
    """The route for those who are logged in."""
    routes = Blueprint("issuer", __name__)

    @routes.errorhandler(TurnedAwayError)
    def turned_away(error: TurnedAwayError) -> Response:
        return problem(error)

    @routes.post(REQUEST)
    def issue() -> Response:
        organisation = issuing.requester()
        content = request.stream.read(_MAX_REQUEST)
        with setting.database.session() as session:
            response = issuing.issuer.issue(
                session, organisation, content, now=setting.clock(), random=setting.random
            )
            session.commit()
        return Response(response, content_type=_ANSWER)

    return routes


def _directory_app(setting: SubmissionSetting) -> Application:
    app = Flask("sunseal.issuer.directory", static_folder=None)

    @app.get("/")
    def directory() -> Response:
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
        response = Response(body, content_type="application/private-token-issuer-directory")
        response.headers["Cache-Control"] = "public, max-age=600"
        return response

    return quiet(_without_slash(app.wsgi_app))


def _keys_app(setting: SubmissionSetting) -> Application:
    app = Flask("sunseal.issuer.keys", static_folder=None)

    @app.get("/<key_id>")
    def key_receipt(key_id: str) -> Response:
        with setting.database.session() as session:
            known = {key.key_id.hex(): key for key in keys.issuable(session, now=setting.clock())}
            if key_id not in known:
                return fault(404, "token-key-unknown", "No such key is issued with now or later.")
            try:
                proof = receipts.receipt_of(session, setting.files, setting.policy, known[key_id].entry_id)
            except LedgerError:
                return fault(503, "receipt-pending", "The key's entry has no published checkpoint yet.")
        return Response(proof, content_type="text/plain; charset=utf-8")

    return quiet(app.wsgi_app)


def _without_slash(application: Application) -> Application:
    """The path of the mount itself is the route, without a redirect to one with a slash."""

    def wrapped(environ: dict[str, object], start_response: Callable[..., object]) -> object:
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        return application(environ, start_response)

    return wrapped  # type: ignore[return-value]
