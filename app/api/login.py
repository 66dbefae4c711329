"""Logging in and out with a password, and what follows a forgotten one. The flows are Flask-Security's own views."""

from typing import Any

from flask import Response, jsonify
from flask import session as cookie
from flask_security import hash_password, logout_user, views
from flask_security.confirmable import confirm_email_token_status, confirm_user
from flask_security.recoverable import reset_password_token_status
from flask_wtf.csrf import generate_csrf

from app.api.login_routes import answered, charge, forgive, routes
from app.api.schemas import login as schemas
from app.api.schemas.parties import Accepted
from app.caller import Caller, caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.login import accounts, sessions
from app.models import LoginSession


def present_state(who: Caller | None) -> dict[str, Any]:
    """Who is logged in, for `schemas.Present`."""
    return {
        "csrf_token": generate_csrf(),
        "person": None if who is None else who.person_id,
        "name": None if who is None else who.account.person.name,
        "second_factor": who is not None and who.second_factor,
        "membership": None if who is None else who.membership,
        "memberships": [] if who is None else who.may_act_as,
    }


@routes.operation("GET", "", gives=schemas.Present)
def present() -> dict[str, Any]:
    """Who is logged in

    Begins a session if there is none. Every change that a session asks for carries `csrf_token` as X-CSRFToken.
    """
    try:
        who: Caller | None = caller()
    except ProblemError:
        who = None
    return present_state(who)


@routes.operation("POST", "/password", takes=schemas.Password, gives=schemas.Step, refuses=(400, 401, 409))
def login(given: dict[str, Any]) -> Response:
    """Log in with a password

    A wrong name, a wrong password, an account that is suspended or not confirmed, and one that is locked after too many
    failures all get the same answer. If a second factor is due, the answer says which, and nobody is logged in yet.
    """
    if not charge(given["email"]):
        hash_password(given["password"])  # as long as a look at the password would take
        raise ProblemError("credentials-refused")
    return answered(views.login())


@routes.operation("POST", "/logout", gives=schemas.Step, refuses=(400,))
def logout() -> Response:
    """Log out

    The session ends on the server: a copy of its cookie is of no use any more.
    """
    row = sessions.present()
    if row is not None:
        sessions.end(row)
        session().commit()
    logout_user()
    cookie.clear()
    return jsonify({})


@routes.operation("POST", "/verify", takes=schemas.PasswordAgain, gives=schemas.Step, refuses=(400, 401))
def verify(given: dict[str, Any]) -> Response:
    """Give the password again

    What changes how somebody logs in needs a login of the last 15 minutes, or this.
    """
    who = caller()
    if not who.account.password or not charge(who.account.email):
        hash_password(given["password"])
        raise ProblemError("credentials-refused")
    response = answered(views.verify())
    if response.status_code == 200:
        forgive(who.account)
    return response


@routes.operation(
    "POST", "/password/change", takes=schemas.NewPassword, gives=schemas.Step, refuses=(400, 401, 403)
)
def change_password(given: dict[str, Any]) -> Response:
    """Change the password

    Every other session ends.
    """
    who = caller()
    if not charge(who.account.email):
        hash_password(given["password"])
        raise ProblemError("credentials-refused")
    account = who.account
    if not account.verify_and_update_password(given["password"]):  # type: ignore[attr-defined] # of UserMixin
        raise ProblemError("credentials-refused")
    hashed = _checked(given["new_password"])
    keep = sessions.present()
    accounts.end_everything(session(), account, now=now(), tokens=False)
    account.password = hashed
    if keep is not None:
        keep.ended_at = None
    session().commit()
    forgive(who.account)
    cookie["_user_id"] = account.fs_uniquifier  # this session goes on; the others' cookies name the old one
    return jsonify({"csrf_token": generate_csrf()})


@routes.operation("POST", "/password/forgotten", takes=schemas.Email, gives=Accepted, refuses=(400, 409))
def forgot_password(given: dict[str, Any]) -> Response:  # noqa: ARG001 - the library reads it
    """Ask for a way to a new password by mail

    Only where the platform sends mail. The answer is the same whether the address has an account.
    """
    if parts().settings.mail is None:
        raise ProblemError("no-mail")
    views.forgot_password()
    return jsonify({"said": "if there is such an account, a mail is on its way"})


@routes.operation("POST", "/password/reset", takes=schemas.ResetPassword, gives=Accepted, refuses=(400,))
def reset_password(given: dict[str, Any]) -> Response:
    """Set a new password with the token of a mail, or one that an administrator made

    Good once and for an hour. Every session ends; a second factor is still asked for at the next login.
    """
    expired, invalid, account = reset_password_token_status(given["token"])  # type: ignore[no-untyped-call]
    if expired or invalid or account is None:
        raise ProblemError("link-refused")
    account.password = _checked(given["password"])
    accounts.end_everything(session(), account, now=now(), tokens=False)
    session().commit()
    return jsonify({"said": "the password is changed: log in with it"})


@routes.operation("POST", "/confirm", takes=schemas.LinkToken, gives=Accepted, refuses=(400,))
def confirm_email(given: dict[str, Any]) -> Response:
    """Confirm an address with the token of a mail"""
    expired, invalid, account = confirm_email_token_status(given["token"])  # type: ignore[no-untyped-call]
    if expired or invalid or account is None:
        raise ProblemError("link-refused")
    confirm_user(account)  # type: ignore[no-untyped-call]
    session().commit()
    return jsonify({"said": "the address is confirmed: log in"})


@routes.operation(
    "PUT", "/membership", takes=schemas.ChooseMembership, gives=schemas.Present, refuses=(400, 401, 403, 404)
)
def choose_membership(given: dict[str, Any]) -> dict[str, Any]:
    """Say for which organisation and in which role to act

    Needed by whoever has several; who has one acts in that.
    """
    who = caller()
    chosen = next((one for one in who.may_act_as if one.id == given["membership"]), None)
    row: LoginSession | None = sessions.present()
    if chosen is None or row is None:
        raise ProblemError("unknown")
    row.membership_id = chosen.id
    session().commit()
    return {**present_state(who), "membership": chosen}


@routes.operation("DELETE", "/sessions", status=204, refuses=(400, 401))
def end_sessions() -> None:
    """End all sessions, this one too"""
    accounts.end_sessions(session(), caller().account, now=now())
    session().commit()
    cookie.clear()


def _checked(password: str) -> str:
    try:
        return accounts.checked_password(password)
    except accounts.PasswordRefusedError as error:
        raise ProblemError("password-refused", errors={"password": error.reasons}) from error
