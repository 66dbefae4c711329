"""Second factors: authenticators (RFC 6238) and one-time recovery codes."""

from typing import Any

from flask import Response
from flask import session as cookie
from flask_login import current_user
from flask_security import recovery_codes, tf_plugin, views
from flask_security.proxies import _datastore
from sqlalchemy import select

from app.api.login_routes import answered, charge, routes
from app.api.schemas import login as schemas
from app.context import session
from app.errors import ProblemError
from app.models import Account


@routes.operation("POST", "/code", takes=schemas.Code, gives=schemas.Step, refuses=(400, 401, 409))
def two_factor_token_validation(given: dict[str, Any]) -> Response:  # noqa: ARG001 - the library reads it
    """Give the authenticator's code: the second step of a login

    Each code is taken once. Wrong ones count like wrong passwords.
    """
    if current_user.is_authenticated:
        raise ProblemError("already-logged-in")
    _charge_pending()
    return answered(views.two_factor_token_validation())


@routes.operation(
    "POST", "/authenticator", takes=schemas.Nothing, gives=schemas.AuthenticatorSetUp, refuses=(400, 403, 409)
)
def two_factor_setup(given: dict[str, Any]) -> Response:  # noqa: ARG001 - nothing is given
    """Begin to set up an authenticator

    In the middle of a login that demands one, or logged in with a login that is fresh. Nothing changes until its
    first code is given.
    """
    return answered(views.two_factor_setup())


@routes.operation(
    "POST", "/authenticator/confirm", takes=schemas.CodeWithState, gives=schemas.Step, refuses=(400, 401, 409)
)
def two_factor_confirm(given: dict[str, Any]) -> Response:
    """Give the new authenticator's first code

    In the middle of a login this logs in. Logged in already, it replaces the authenticator that was there.
    """
    if not current_user.is_authenticated:
        _charge_pending()
        return answered(views.two_factor_token_validation())
    if "state" not in given:
        raise ProblemError("login-step")
    return answered(views.two_factor_setup_validate(given["state"]))


@routes.operation("POST", "/second-factor", takes=schemas.Which, gives=schemas.Step, refuses=(400, 409))
def tf_select(given: dict[str, Any]) -> Response:  # noqa: ARG001 - the library reads it
    """Choose one of several second factors"""
    return answered(tf_plugin.tf_select())


@routes.operation(
    "POST", "/recovery-codes", takes=schemas.Nothing, gives=schemas.Codes, refuses=(400, 401, 403)
)
def mf_recovery_codes(given: dict[str, Any]) -> Response:  # noqa: ARG001 - nothing is given
    """Make new one-time recovery codes

    The earlier ones are void. Each serves once in the place of a second factor.
    """
    return answered(recovery_codes.mf_recovery_codes())


@routes.operation(
    "POST", "/recovery-code", takes=schemas.RecoveryCode, gives=schemas.Step, refuses=(400, 401, 409)
)
def mf_recovery(given: dict[str, Any]) -> Response:  # noqa: ARG001 - the library reads it
    """Give a recovery code in the place of a second factor"""
    account = _charge_pending()
    # Of two requests with one code at once the second waits here, and then the code is gone.
    session().execute(select(Account.id).where(Account.id == account.id).with_for_update())
    session().refresh(account)
    return answered(recovery_codes.mf_recovery())


def _charge_pending() -> Account:
    """Counts an attempt for whoever has given the first factor; the account. ProblemError if nobody has."""
    pending = cookie.get("tf_user_id")
    account: Any = _datastore.find_user(fs_uniquifier=pending) if pending else None
    if account is None:
        raise ProblemError("login-step")
    if not charge(account.email):
        raise ProblemError("code-refused")
    found: Account = account
    return found
