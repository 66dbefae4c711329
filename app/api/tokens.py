"""Tokens for programs, made by the person whom they act for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_security.utils import check_and_update_authn_fresh

from app.api.document import ApiRoutes
from app.api.schemas import parties as schemas
from app.caller import caller, require_second_factor
from app.context import now, parts, session
from app.errors import ProblemError
from app.login import tokens
from app.login.security import FRESH, GRACE
from app.models import ApiToken

routes = ApiRoutes("tokens", __name__, url_prefix="/api/tokens", description="Tokens for programs")


@routes.operation("GET", "", gives=schemas.Token, many=True, refuses=(401,))
def list_tokens() -> Sequence[ApiToken]:
    """List one's own live tokens"""
    return tokens.of_account(session(), caller().account, now=now())


@routes.operation(
    "POST", "", takes=schemas.NewToken, gives=schemas.TokenMade, status=201, refuses=(400, 401, 403, 409)
)
def make_token(given: dict[str, Any]) -> dict[str, Any]:
    """Make a token for the membership that you act in

    It is shown this once. Needs a login that is fresh.
    """
    who = caller()
    if who.membership is None:
        raise ProblemError("membership-needed")
    require_second_factor(who)
    if not check_and_update_authn_fresh(FRESH, GRACE, "session"):
        raise ProblemError("fresh-login-needed")
    row, token = tokens.make(
        session(),
        who.account,
        who.membership,
        given["name"],
        given["scopes"],
        life=timedelta(days=given["days"]),
        second_factor=who.second_factor,
        now=now(),
        random=parts().random,
    )
    session().commit()
    return {
        **{
            name: getattr(row, name)
            for name in ("id", "name", "scopes", "membership_id", "created_at", "expires_at")
        },
        "token": token,
    }


@routes.operation("DELETE", "/<uuid:token_id>", status=204, refuses=(400, 401, 404))
def revoke_token(token_id: UUID) -> None:
    """Revoke a token"""
    tokens.revoke(session(), caller().account, token_id, now=now())
    session().commit()
