"""`create_desk_app(desk)`: the Flask application that a bank's own systems call."""

import logging

from flask import Flask

from app import errors
from app.api import document
from app.desk_api import amending
from app.desk_api import desk as gate
from app.desk_api.desk import DESCRIBED, SCOPE_OF, Desk
from app.errors import of_error

log = logging.getLogger("sunseal.desk")


class UnlistedDeskRouteError(Exception):
    """A route that SCOPE_OF does not list: nobody has said who may call it."""


def create_desk_app(desk: Desk) -> Flask:
    """UnlistedDeskRouteError if a route has no scope."""
    app = Flask("app.desk_api", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json.sort_keys = False  # type: ignore[attr-defined] # of Flask's default provider
    gate.install(app, desk)
    errors.register(app, note)
    api = document.begin(app)
    api.spec.components.security_scheme(
        "signature",
        {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "A signed request (RFC 9421), as docs/spec/bank-api.md says.",
        },
    )
    api.spec.options["security"] = [{"signature": []}]
    api.register_blueprint(amending.routes)  # with all that app/desk_api/routes.py put on it before
    missing = {one.endpoint for one in app.url_map.iter_rules()} - set(SCOPE_OF) - DESCRIBED
    if missing:
        raise UnlistedDeskRouteError(f"app/desk_api/desk.py does not say who may call {', '.join(missing)}")
    return app


def note(error: Exception) -> None:
    """Without what was asked: the bank's log need not know an applicant's lot."""
    log.error("%s", type(error).__name__, exc_info=error if of_error(error) is None else None)
