"""Accounts: opened by anyone, and what one's own is like."""

from typing import Any

from flask_security import hash_password
from flask_security.confirmable import send_confirmation_instructions

from app.api.document import ApiRoutes
from app.api.schemas import parties as schemas
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.login import accounts
from parties.errors import TakenError

routes = ApiRoutes("accounts", __name__, url_prefix="/api/accounts", description="Accounts of persons")


@routes.operation("POST", "", takes=schemas.NewAccount, gives=schemas.Accepted, status=202, refuses=(400,))
def open_account(given: dict[str, Any]) -> dict[str, str]:
    """Open an account

    The answer is the same whether the address has one already. Where the platform sends mail, the address has to be
    confirmed before the first login; where it sends none, whoever opens an account and then tries to log in can find
    out that the address was taken.
    """
    try:
        email = accounts.normal_email(given["email"])
        hashed = accounts.checked_password(given["password"])
    except ValueError as error:
        hash_password(given["password"])
        raise ProblemError("invalid", errors={"email": ["Not an address."]}) from error
    except accounts.PasswordRefusedError as error:
        raise ProblemError("password-refused", errors={"password": error.reasons}) from error
    by_mail = parts().settings.mail is not None
    try:
        account = accounts.open_account(
            session(),
            email,
            given["name"],
            hashed,
            confirmed=not by_mail,
            now=now(),
            random=parts().random,
        )
    except TakenError:
        session().rollback()
    else:
        session().commit()
        if by_mail:
            send_confirmation_instructions(account)  # type: ignore[no-untyped-call]
    return {"said": "if the address was free, the account is open"}


@routes.operation("GET", "/me", gives=schemas.Me, refuses=(401, 403))
def me() -> dict[str, Any]:
    """What one's own account is like"""
    account = caller().account
    return {
        "person": account.id,
        "name": account.person.name,
        "email": account.email,
        "has_authenticator": bool(account.tf_totp_secret and account.tf_primary_method),
        "passkeys": sorted(key.name for key in account.webauthn),
        "recovery_codes_left": len(account.mf_recovery_codes or ()),
        "needs_second_factor": account.needs_second_factor,
    }
