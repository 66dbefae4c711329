"""The gate before every route: app.permissions enforced, in this order.

1 to 3. What app.door checks, also where there is no login: the line, what is not wanted with NO_COOKIE, the body.
4. On routes with a session: the scope of a token or of a signature's key; or the session, with its CSRF token if the
   method changes something.
5. PERSON: somebody is logged in. Roles: the caller acts in one of them, with a second factor where it is demanded.
"""

from flask import Flask, g, request
from flask_login import current_user, logout_user

from app import caller, door
from app.errors import ProblemError
from app.login.security import csrf
from app.permissions import PERSON, Door, Rule

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Puts the gate before every request."""
    app.before_request(_check)


def _check() -> None:
    rule = door.check()  # 1 to 3
    if rule is not None and rule.has_session:
        _check_session(rule)


def _check_session(rule: Rule) -> None:
    who = caller.find()
    # 4
    if who is not None and who.via != "session":
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
