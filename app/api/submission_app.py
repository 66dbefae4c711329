"""The submission application: uploads and final requests, and nothing that knows a login.

It is mounted into the main application under PREFIX, and can be served alone under another host name, with the same
paths (`sunseal serve --only submissions`).
"""

from dataclasses import dataclass

from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import door, errors, intake_problems
from app.api import blind_tokens, document, submissions, uploads
from app.api.private_token import challenge_header
from app.api.quiet import Application, Environ, StartResponse, log_fault, quiet
from app.api.submission_setting import SubmissionSetting
from app.permissions import require_all_listed
from app.place import ConfigurationError, Place
from bidding.submission.desk import SubmissionDesk
from bidding.tokens import keys
from bidding.turned_away import TurnedAwayError
from bidding.uploads.receiving import Receiver
from ledger import log
from ledger.errors import LogError
from ledger.opening import identity
from ledger.proof import Policy
from ledger.waiting import Desk
from storage.database import Database

PREFIX = "/api/submission"
MOUNTED = "sunseal.submission"
"""Among the extensions of the main application: the SubmissionApp before it."""

_ALLOWED = "Authorization, Content-Type, Idempotency-Key, Tus-Resumable, Upload-Checksum, Upload-Length, Upload-Offset"
_EXPOSED = (
    "Location, Retry-After, Tus-Resumable, Upload-Expires, Upload-Length, Upload-Offset, WWW-Authenticate"
)


@dataclass(frozen=True, slots=True)
class SubmissionApp:
    """The application as it is served and as Flask has it, and the desk for receipts, to be closed with it."""

    wsgi: Application
    receipts: Desk
    flask: Flask

    def close(self) -> None:
        self.receipts.close()


def create_submission_app(place: Place) -> SubmissionApp:
    """Over the database and the files of `place`. ConfigurationError without witnesses, LogError without a log."""
    return make_app(setting_of(place, place.database()))


def setting_of(place: Place, database: Database) -> SubmissionSetting:
    """What the place's environment says. ConfigurationError without witnesses, LogError without a log."""
    with database.session() as session:
        policy = Policy(identity(log.head(session)), place.policy().quorum)
    return SubmissionSetting(database, place.blobs(), place.public_files(), policy, place.token_terms)


def mount(main: Flask, place: Place, database: Database) -> None:
    """Puts the application before `main`, under PREFIX, and so the public side of the issuer.

    A place without a log or without witnesses takes no bids yet, and is served without them.
    """
    try:
        setting = setting_of(place, database)
    except (ConfigurationError, LogError):
        return
    submission = make_app(setting)
    main.extensions[MOUNTED] = submission
    document.join(main, submission.flask, PREFIX)
    both = DispatcherMiddleware(main.wsgi_app, {PREFIX: submission.wsgi})
    public = blind_tokens.public_app(setting)
    main.extensions[blind_tokens.MOUNTED] = public
    document.join(main, public)
    main.wsgi_app = blind_tokens.with_directory(both, public)  # type: ignore[method-assign, assignment]


def alone(application: Application) -> Application:
    """The application under its prefix, and nothing beside it."""
    return DispatcherMiddleware(_nothing, {PREFIX: application})


def make_app(setting: SubmissionSetting) -> SubmissionApp:
    app = Flask("sunseal.submission.app", static_folder=None)
    app.logger.disabled = True  # Flask's own lines have the path
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # a method that the table does not list is not there
    door.install(app)
    errors.register(app, log_fault)
    api = document.begin(app, served=False)
    receipts = Desk(setting.database, setting.files, setting.policy)
    receiver = Receiver(setting.database, setting.blobs, setting.limits, setting.clock, setting.random)
    desk = SubmissionDesk(
        setting.database, setting.blobs, receiver, setting.token_terms, setting.clock, setting.random
    )
    app.register_blueprint(uploads.blueprint(setting, receiver), url_prefix="/uploads")
    app.register_blueprint(submissions.blueprint(setting, desk, receipts))

    @app.before_request
    def asked_by_a_browser_first() -> Response | None:
        """The question that a page of another host's browser asks before each of its requests (CORS preflight)."""
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return Response(status=204) if asks else None

    @app.errorhandler(TurnedAwayError)
    def turned_away(error: TurnedAwayError) -> Response:
        answer = errors.ProblemError(intake_problems.of(error.code), error.detail or None)
        response = answer.response()
        if response.status_code == 401:
            with setting.database.session() as session:
                present = keys.issuable(session, now=setting.clock())
            if present:
                challenge = setting.token_terms.challenge
                response.headers["WWW-Authenticate"] = challenge_header(challenge, present[0].spki)
        return response

    @app.after_request
    def for_other_hosts(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"  # there is no cookie to be misused
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "POST, HEAD, PATCH, DELETE, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = _ALLOWED
        return response

    require_all_listed(app)
    document.finish(app, api)
    return SubmissionApp(quiet(app.wsgi_app), receipts, app)


def _nothing(environ: Environ, start_response: StartResponse) -> list[bytes]:  # noqa: ARG001
    start_response("404 NOT FOUND", [("Content-Type", "text/plain")])
    return [b"nothing is served here\n"]
