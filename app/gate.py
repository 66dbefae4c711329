"""The gate before every route: app.permissions enforced, in this order.

1. The route has a line in the table, or there is no such route.
2. NO_COOKIE: a cookie or a credential is refused, so that no client links by accident what it does to who it is.
3. The body is not longer than the line says.
4. On routes with a session: a token's scope; or the session, with its CSRF token if the method changes something.
5. PERSON: somebody is logged in. Roles: the caller acts in one of them, with a second factor where it is demanded.
"""

from flask import Flask, Response, g, request
from flask_login import current_user, logout_user
from werkzeug.exceptions import NotFound

from app import caller
from app.errors import ProblemError
from app.login.security import csrf
from app.permissions import CLOSED, NO_COOKIE, PERSON, Door, Rule, rule_for

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Puts the gate before every request."""
    app.before_request(_check)


def _check() -> Response | None:
    if request.endpoint is None:  # 404, 405: nothing runs
        return None
    rule = rule_for(request.endpoint, request.method)
    if rule is None or rule.who is CLOSED:  # 1
        raise NotFound
    if rule.who is NO_COOKIE and ("Cookie" in request.headers or _has_token()):  # 2
        raise ProblemError("cookie-not-wanted")
    request.max_content_length = rule.body  # 3
    if rule.has_session:
        _check_session(rule)
    return None


def _has_token() -> bool:
    return (
        request.headers.get("Authorization", "").lower().startswith("bearer ")
    )  # blind tokens have another scheme


def _check_session(rule: Rule) -> None:
    who = caller.find()
    # 4
    if who is not None and who.via == "token":
        if rule.scope is None or rule.scope not in who.scopes:
            raise ProblemError("scope-not-allowed")
    elif request.method not in _SAFE:
        csrf.protect()
    if who is None and current_user.is_authenticated:
        # The cookie is right, but its session was ended: the library must not take it for a login either
        logout_user()
    g.caller = who
    # 5
    if isinstance(rule.who, Door):
        if rule.who is PERSON and who is None:
            raise ProblemError("login-needed")
        return
    if who is None:
        raise ProblemError("login-needed")
    if who.role is None and rule.who.intersection(one.role for one in who.may_act_as):
        raise ProblemError("membership-needed")
    if who.role not in rule.who:
        raise ProblemError("role-not-allowed")
    caller.require_second_factor(who)
