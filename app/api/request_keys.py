"""Keys that sign a guarantor's requests (docs/spec/bank-api.md): registered and revoked by its managers.

First ask what the key has to sign (`.../preparation`), sign it, then send key and signature.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_security.utils import check_and_update_authn_fresh

from app import signed_request
from app.api.document import ApiRoutes
from app.api.schemas import request_keys as schemas
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.login import request_keys
from app.login.security import FRESH, GRACE
from app.models import RequestKey
from crypto import party_keys
from parties import members
from parties.models import Membership

routes = ApiRoutes(
    "request_keys", __name__, url_prefix="/api/request-keys", description="Keys that sign requests"
)


@routes.operation("GET", "", gives=schemas.RequestKeyShown, many=True, refuses=(401, 403))
def list_request_keys() -> Sequence[RequestKey]:
    """List the organisation's live request keys"""
    return request_keys.of_organisation(session(), _acting().organisation_id, now=now())


@routes.operation(
    "POST",
    "/preparation",
    takes=schemas.RequestKeyMaterial,
    gives=schemas.RequestKeyConsent,
    refuses=(400, 401, 403),
)
def prepare_request_key(given: dict[str, Any]) -> dict[str, Any]:
    """Ask what a new request key has to sign"""
    message = request_keys.consent(signed_request.address(), _acting(), given["key"])
    return {"message": message, "key_id": party_keys.key_id(given["key"])}


@routes.operation(
    "POST",
    "",
    takes=schemas.NewRequestKey,
    gives=schemas.RequestKeyShown,
    status=201,
    refuses=(400, 401, 403, 409),
)
def register_request_key(given: dict[str, Any]) -> RequestKey:
    """Register a key that signs requests

    It acts for the organisation as you do now, with the scopes that you give it, and ends when you leave. Needs a login
    that is fresh.
    """
    membership = _managing()
    if not check_and_update_authn_fresh(FRESH, GRACE, "session"):
        raise ProblemError("fresh-login-needed")
    row = request_keys.register(
        session(),
        caller().account,
        membership,
        given["name"],
        given["key"],
        given["signature"],
        given["scopes"],
        address=signed_request.address(),
        life=timedelta(days=given["days"]),
        now=now(),
        random=parts().random,
    )
    session().commit()
    return row


@routes.operation("DELETE", "/<uuid:request_key_id>", status=204, refuses=(400, 401, 403, 404))
def revoke_request_key(request_key_id: UUID) -> None:
    """Revoke a request key"""
    request_keys.revoke(session(), _managing().organisation_id, request_key_id, now=now())
    session().commit()


def _acting() -> Membership:
    found = caller().membership
    if found is None:
        raise ProblemError("membership-needed")
    return found


def _managing() -> Membership:
    found = _acting()
    members.require_manager(session(), found.organisation, caller().person_id)
    return found
