"""Login by the certificate of a configured CA (app.login.certificates)."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user
from flask_security.proxies import _security
from flask_security.utils import check_and_update_authn_fresh
from flask_wtf.csrf import generate_csrf

from app.api.login_routes import routes
from app.api.schemas import login as schemas
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from app.login import certificates
from app.login.security import FRESH, GRACE
from parties.errors import KeyRefusedError


@routes.operation("POST", "/certificate/challenge", takes=schemas.Nothing, gives=schemas.CertificateChallenge)
def certificate_challenge(given: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - nothing is given
    """Take a challenge to be signed by a certificate's key

    Sign encode("sunseal/login-by-certificate/v1", address, challenge) to log in, or the same under
    "sunseal/bind-certificate/v1" to bind the certificate to the account that is logged in. `encode` is that of
    docs/spec/encoding.md. The address is to be the one that the signer knows the platform by.
    """
    challenge = certificates.new_challenge(session(), now=now(), random=parts().random)
    session().commit()
    life = int(certificates.LIFE.total_seconds())
    return {"challenge": challenge, "address": _address(), "expires_in": life}


@routes.operation(
    "POST", "/certificate", takes=schemas.SignedChallenge, gives=schemas.Step, refuses=(400, 401, 409)
)
def certificate_login(given: dict[str, Any]) -> ResponseReturnValue:
    """Log in with a certificate

    Its chain and the CA's revocation list are checked now. If a second factor is due, the answer says which.
    """
    if current_user.is_authenticated:
        raise ProblemError("already-logged-in")
    try:
        key_id = _proven(given, certificates.login_message(_address(), given["challenge"]))
        account: Any = certificates.account_of(session(), key_id)
    except KeyRefusedError as error:
        raise ProblemError("certificate-refused") from error
    asked = _security.two_factor_plugins.tf_enter(account, False, "certificate", None)
    if asked is not None:
        return asked
    login_user(account, authn_via=["certificate"])
    session().commit()
    return jsonify({"csrf_token": generate_csrf(), "tf_required": False})


@routes.operation(
    "POST", "/certificates", takes=schemas.SignedChallenge, gives=schemas.Step, refuses=(400, 401, 403, 409)
)
def certificate_enrol(given: dict[str, Any]) -> ResponseReturnValue:
    """Bind a certificate to the account that is logged in

    Needs a login that is fresh.
    """
    if not check_and_update_authn_fresh(FRESH, GRACE, "session"):
        raise ProblemError("fresh-login-needed")
    key_id = _proven(given, certificates.bind_message(_address(), given["challenge"]))
    certificates.bind(session(), caller().account, key_id, now=now())
    session().commit()
    return jsonify({"csrf_token": generate_csrf()})


def _proven(given: dict[str, Any], message: bytes) -> bytes:
    try:
        certificates.spend(session(), given["challenge"], now=now())
    finally:
        session().commit()  # used up, whatever comes of it
    return certificates.proven_key(
        given["certificate"],
        given["intermediates"],
        given["signature"],
        message,
        parts().settings.authorities,
        now=now(),
    )


def _address() -> str:
    return parts().settings.url or request.host_url.rstrip("/")
