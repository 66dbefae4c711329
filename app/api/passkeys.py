"""Passkeys (WebAuthn): registered, used in place of a password or beside one, removed."""

import hashlib
import hmac
from typing import Any

from flask import Response
from flask import session as cookie
from flask_security import webauthn

from app.api.login_routes import answered, routes
from app.api.schemas import login as schemas
from app.caller import caller
from app.errors import ProblemError
from app.login.second_factor import has_second_factor

_STATE = "passkey_state"


@routes.operation(
    "POST", "/passkeys", takes=schemas.PasskeyName, gives=schemas.PasskeyOptions, refuses=(400, 401, 403, 409)
)
def wan_register(given: dict[str, Any]) -> Response:  # noqa: ARG001 - the library reads it
    """Begin to register a passkey

    Give `credential_options` to navigator.credentials.create. Needs a login that is fresh.
    """
    return _remembering(answered(webauthn.webauthn_register()))


@routes.operation(
    "POST", "/passkeys/answer", takes=schemas.PasskeyAnswer, gives=schemas.Step, refuses=(400, 401)
)
def wan_register_response(given: dict[str, Any]) -> Response:
    """Register the passkey that the browser made"""
    return answered(webauthn.webauthn_register_response(_once(given["state"])))


@routes.operation(
    "POST", "/passkeys/removal", takes=schemas.JustName, gives=schemas.Step, refuses=(400, 401, 403, 409)
)
def wan_delete(given: dict[str, Any]) -> Response:
    """Remove a passkey

    Not the last second factor of somebody whose role demands one.
    """
    account = caller().account
    if account.needs_second_factor and not has_second_factor(account, without_passkey=given["name"]):
        raise ProblemError("last-second-factor")
    return answered(webauthn.webauthn_delete())


@routes.operation("POST", "/passkey", takes=schemas.Nothing, gives=schemas.PasskeyOptions, refuses=(400, 409))
def wan_signin(given: dict[str, Any]) -> Response:  # noqa: ARG001 - nothing is given
    """Begin to log in with a passkey

    By itself, or as the second step after a password. Give `credential_options` to navigator.credentials.get.
    """
    return _remembering(answered(webauthn.webauthn_signin()))


@routes.operation(
    "POST", "/passkey/answer", takes=schemas.PasskeyAnswer, gives=schemas.Step, refuses=(400, 401, 409)
)
def wan_signin_response(given: dict[str, Any]) -> Response:
    """Log in with what the browser signed"""
    return answered(webauthn.webauthn_signin_response(_once(given["state"])))


def _remembering(response: Response) -> Response:
    """The library's state is good for anybody and for minutes; here for this session, and once."""
    if response.status_code == 200:
        cookie[_STATE] = _digest(response.get_json()["wan_state"])
    return response


def _once(state: str) -> str:
    expected = cookie.pop(_STATE, "")
    if not hmac.compare_digest(str(expected), _digest(state)):
        raise ProblemError("login-step")
    return state


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
