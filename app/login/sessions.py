"""Sessions: the cookie names a row, and the row can be ended.

The cookie is signed, Secure, HttpOnly and SameSite=Lax, under a __Host- name: no other host can set it. It is good
for an hour after the last request and twelve hours after the login. On routes that need no session it is neither read
nor set.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, g
from flask import session as cookie
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_security import user_authenticated
from werkzeug.exceptions import HTTPException

from app.context import now, parts, session
from app.login import lockout
from app.models import Account, LoginSession
from app.permissions import rule_for
from parties.organisations import new_id

COOKIE = "__Host-sunseal"
IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_ID = "login"


class OnlyWhereNeeded(SecureCookieSessionInterface):
    """Flask's signed cookie, on routes that have a session; elsewhere there is none, whatever the browser sends."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        adapter = app.create_url_adapter(request)
        try:
            endpoint = adapter.match(method=request.method)[0] if adapter is not None else None
        except HTTPException:
            return None
        rule = rule_for(endpoint, request.method)
        return super().open_session(app, request) if rule is not None and rule.has_session else None

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return bool(session) and super().should_set_cookie(app, session)


def name_of(account: Account) -> bytes:
    """What failures of the account are counted under."""
    return counted_name(account.email)


def counted_name(email: str) -> bytes:
    return lockout.name_hash(email, parts().settings.derived("attempts"))


def connect(app: Flask) -> None:
    """Has the library tell us when somebody has logged in."""
    user_authenticated.connect(_begin, app)


def present() -> LoginSession | None:
    """The request's live session, as its cookie names it."""
    named = cookie.get(_ID)
    if not isinstance(named, str):
        return None
    found = session().get(LoginSession, UUID(named))
    if found is None or found.ended_at is not None or found.began_at + LONGEST <= now():
        return None
    return found


def end(row: LoginSession) -> None:
    """Ends it: its cookie is of no use any more, wherever a copy of it is. The caller commits."""
    row.ended_at = now()
    cookie.pop(_ID, None)


def _begin(_: Flask, user: Account, authn_via: list[str] | None = None, **__: Any) -> None:
    """A new session. What proved it: the library says nothing after a second factor, and ["webauthn"] after a passkey,
    which alone is two factors if the library did not go on to ask for another one (it verified the person)."""
    by_passkey = authn_via == ["webauthn"] and not g.get("second_factor_considered", False)
    row = LoginSession(
        id=new_id(parts().random),
        account_id=user.id,
        began_at=now(),
        ended_at=None,
        second_factor=authn_via is None or by_passkey,
        membership_id=None,
    )
    session().add(row)
    lockout.forgive(session(), name_of(user))
    session().commit()
    cookie.permanent = True
    cookie[_ID] = str(row.id)
