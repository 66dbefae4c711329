"""Everything that stands around and behind the platform's own routes: login, permissions, problems, the API's
description.

    begin(app, parts)    before any blueprint is registered
    finish(app)          after the last one; the application does not start with a route that nobody may call
"""

from flask import Flask

from app import context, errors, gate, request_log
from app.api import (
    accounts,
    certificate_login,
    document,
    duties,
    health,
    keys,
    login,
    login_routes,
    members,
    openings,
    organisations,
    passkeys,
    reference,
    request_keys,
    second_factors,
    tender_moves,
    tender_routes,
    tenders,
    tokens,
)
from app.api.complaints import routes as complaint_routes
from app.api.guarantees import ALL as GUARANTEES
from app.context import Parts
from app.login import security
from app.permissions import require_all_listed
from app.web.pages import setup as pages

LOGIN = (login, second_factors, passkeys, certificate_login)
"""These put their operations on app.api.login_routes.routes when they are imported."""
TENDERS = (tenders, tender_moves, duties)
"""These put theirs on app.api.tender_routes.routes."""
_API = "sunseal.api"


def begin(app: Flask, parts: Parts) -> None:
    """Installs what runs around every request, and the API's routes."""
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # a method that the table does not list is not there
    app.json.sort_keys = False  # type: ignore[attr-defined] # of Flask's default provider
    context.install(app, parts)
    request_log.install(app)
    gate.install(app)  # before the libraries, which look at the request too
    security.set_up(app, parts.settings)
    errors.register(app)
    api = document.begin(app)
    for module in (
        login_routes,
        accounts,
        organisations,
        members,
        keys,
        tokens,
        health,
        tender_routes,
        openings,
        request_keys,
        *GUARANTEES,
        complaint_routes,
    ):
        api.register_blueprint(module.routes)
    app.register_blueprint(reference.blueprint(api))
    pages.install(app)
    app.extensions[_API] = api


def finish(app: Flask) -> None:
    """Completes the description. UnlistedRouteError for a route that app.permissions does not list."""
    require_all_listed(app)
    document.finish(app, app.extensions[_API])
