"""Who calls: found once a request from a token, a signature or the session, and asked for by every route that needs to
know."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask import g, request
from flask_login import current_user

from app import signed_request
from app.context import now, session
from app.errors import ProblemError
from app.login import sessions, tokens
from app.models import Account
from parties import members
from parties.models import Membership
from parties.roles import SECOND_FACTOR_ROLES, Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who has proved to be one. `membership` is what it acts as, if anything."""

    account: Account
    via: Literal["session", "token", "signature"]
    second_factor: bool
    membership: Membership | None
    may_act_as: tuple[Membership, ...]
    scopes: frozenset[str] = frozenset()

    @property
    def person_id(self) -> UUID:
        return self.account.id

    @property
    def role(self) -> Role | None:
        return None if self.membership is None else Role(self.membership.role)


def caller() -> Caller:
    """The caller; ProblemError on a route that lets in who is not logged in, if this one is not."""
    found: Caller | None = g.get("caller")
    if found is None:
        raise ProblemError("login-needed")
    return found


def find() -> Caller | None:
    """Who calls, by a token or a signature if there is one in the request, else by the session. ProblemError for one
    that is bad, and for both at once."""
    if signed_request.is_signed():
        if "Authorization" in request.headers:
            raise ProblemError("signature-refused", "a request has a token or a signature, not both")
        return _by_signature()
    if "Authorization" in request.headers:
        return _by_token()
    row = sessions.present()
    if row is None or not current_user.is_authenticated or current_user.id != row.account_id:
        return None
    account: Account = current_user._get_current_object()  # noqa: SLF001 - Flask-Login's proxy
    acting = tuple(members.acting(session(), account.id))
    chosen = next((one for one in acting if one.id == row.membership_id), None)
    if chosen is None and len(acting) == 1:
        chosen = acting[0]
    return Caller(account, "session", row.second_factor, chosen, acting)


def _by_token() -> Caller:
    scheme, _, value = request.headers["Authorization"].partition(" ")
    found = tokens.find(session(), value.strip(), now=now()) if scheme.lower() == "bearer" else None
    if found is None or not found.account.active:
        raise ProblemError("token-refused", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    acting = tuple(members.acting(session(), found.account_id))
    chosen = next((one for one in acting if one.id == found.membership_id), None)
    if chosen is None:
        raise ProblemError("token-refused", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return Caller(found.account, "token", found.second_factor, chosen, (chosen,), frozenset(found.scopes))


def _by_signature() -> Caller:
    row = signed_request.key_of_request()
    chosen = next(
        (one for one in members.acting(session(), row.account_id) if one.id == row.membership_id), None
    )
    if chosen is None:
        raise ProblemError(
            "signature-refused", "whoever registered the key no longer acts for the organisation"
        )
    return Caller(row.account, "signature", False, chosen, (chosen,), frozenset(row.scopes))


def require_second_factor(who: Caller) -> None:
    """ProblemError if the caller acts in a role that demands two factors and has shown one."""
    if who.role in SECOND_FACTOR_ROLES and not who.second_factor:
        raise ProblemError("second-factor-needed")
