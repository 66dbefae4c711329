"""What is checked before every route, also where there is no login: the first three steps of the gate (app.gate).

1. The route has a line in app.permissions, or there is no such route; nor is there one for a place in the path that
   does not print, such as NUL, which no identifier has.
2. NO_COOKIE: a cookie or a credential, a signature among them, is refused, so that no client links by accident what it
   does to who it is.
3. The body is not longer than the line says.
"""

from flask import Flask, request
from werkzeug.exceptions import NotFound

from app.errors import ProblemError
from app.permissions import CLOSED, NO_COOKIE, Rule, rule_for

COOKIE = "sunseal.cookie"
"""In the WSGI environment, where no client can put it: there was a cookie, which app.api.quiet has taken away."""


def check() -> Rule | None:
    """The request's line; None for 404 and 405, where nothing runs."""
    if request.endpoint is None:
        return None
    rule = rule_for(request.endpoint, request.method)
    if rule is None or rule.who is CLOSED:  # 1
        raise NotFound
    if any(
        isinstance(value, str) and not value.isprintable() for value in (request.view_args or {}).values()
    ):
        raise NotFound
    if rule.who is NO_COOKIE and (_has_cookie() or _has_credential()):  # 2
        raise ProblemError("cookie-not-wanted")
    request.max_content_length = rule.body  # 3
    return rule


def install(app: Flask) -> None:
    """For an application without logins: a route with a session is not there."""

    def before() -> None:
        rule = check()
        if rule is not None and rule.has_session:
            raise NotFound

    app.before_request(before)


def _has_cookie() -> bool:
    return "Cookie" in request.headers or COOKIE in request.environ


def _has_credential() -> bool:
    if "Signature-Input" in request.headers:  # app.signed_request
        return True
    scheme = request.headers.get("Authorization", "").lower()
    return scheme.startswith("bearer ")  # blind tokens have another scheme
