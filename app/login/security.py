"""Flask-Security, set up: which of its features are on, with which keys, and how its answers look.

Its views run behind our own routes (app/api/login.py and its neighbours), which say what they take and give in OpenAPI;
its own blueprint, with HTML forms and tokens in URLs, is not registered.
"""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore, TwoFactorSetupForm
from flask_security.utils import aware_utcnow
from flask_wtf import CSRFProtect

from app.context import RequestDatabase
from app.errors import answer
from app.login import sessions
from app.login.mail import Mailer
from app.login.second_factor import OnceTotp, Passkeys, RecoveryCodes
from app.models import Account, AccountRole, Passkey
from app.problems import CATALOGUE
from app.settings import Settings

ISSUER = "Sunseal"
FRESH, GRACE = timedelta(minutes=15), timedelta(minutes=5)
"""How old a login may be that changes how somebody logs in, and how long it then counts on."""
csrf = CSRFProtect()


def set_up(app: Flask, settings: Settings) -> None:
    """Configures the application's login. `app.context.install` comes first."""
    app.config.update(_config(settings))
    app.session_interface = sessions.OnlyWhereNeeded()
    csrf.init_app(app)
    datastore = SQLAlchemyUserDatastore(
        RequestDatabase(),  # all that it asks of it is `.session`
        Account,  # type: ignore[arg-type] # a UserMixin at run time: app.models says why
        AccountRole,
        Passkey,  # type: ignore[arg-type]
    )
    security = Security(
        app,
        datastore,
        register_blueprint=False,
        two_factor_setup_form=AuthenticatorOnly,
        mail_util_cls=Mailer,
        totp_cls=OnceTotp,
        webauthn_util_cls=Passkeys,
        mf_recovery_codes_util_cls=RecoveryCodes,
    )
    security.render_json(_rendered)
    security.want_json(lambda _: True)
    # The library's own tokens would be taken from the query and the body too: ours are app.login.tokens
    security.login_manager.request_loader(lambda _: None)
    sessions.connect(app)


class AuthenticatorOnly(TwoFactorSetupForm):
    """There is one method to choose, so nobody has to; and none to switch a second factor off with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setup.data = "authenticator"


def _config(settings: Settings) -> dict[str, Any]:
    has_mail = settings.mail is not None
    return {
        "SECRET_KEY": settings.derived("cookie"),
        "SESSION_COOKIE_NAME": sessions.COOKIE,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_PROTECTION": None,  # of Flask-Login: it would bind the session to the network address
        "PERMANENT_SESSION_LIFETIME": sessions.IDLE,
        # CSRF: app.gate asks for the token on every change that a cookie authorises
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_SECRET_KEY": settings.derived("csrf"),
        "WTF_CSRF_TIME_LIMIT": None,
        # The Referer's check guards against another host setting our cookie, which its __Host- name prevents
        "WTF_CSRF_SSL_STRICT": False,
        "SECURITY_PASSWORD_HASH": "argon2",  # nosec B105
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SALT": settings.derived("pepper").hex(),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,  # nosec B105
        "SECURITY_HASHING_SCHEMES": ["sha256_crypt"],
        "SECURITY_DATETIME_FACTORY": aware_utcnow,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_PLAINTEXT": False,  # app.login.mail words them
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": GRACE,
        "SECURITY_CONFIRMABLE": has_mail,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,  # nosec B105
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,  # nosec B105
        # Second factors
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TOTP_SECRETS": {"1": settings.derived("totp").hex()},
        "SECURITY_TOTP_ISSUER": ISSUER,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [urlsafe_b64encode(settings.derived("recovery"))],
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": ISSUER,
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # they would tell who has an account
        "SECURITY_WAN_ALLOW_AS_VERIFY": [],
    }


_PROBLEM_OF = {
    "security.login": "credentials-refused",
    "security.verify": "credentials-refused",
    "security.two_factor_token_validation": "code-refused",  # nosec B105
    "security.two_factor_confirm": "code-refused",
    "security.mf_recovery": "code-refused",
    "security.wan_register_response": "passkey-refused",
    "security.wan_signin_response": "passkey-refused",
}
_TOLD = frozenset({"security.wan_register", "security.wan_delete"})
"""Where the library's reasons help an honest person and tell a dishonest one nothing."""


_CREDENTIALS = frozenset({"security.login", "security.verify"})
_ANONYMOUS = frozenset(
    {"security.login", "security.mf_recovery", "security.wan_signin", "security.wan_signin_response"}
)


_SHOWN = (
    "csrf_token",
    "tf_required",
    "tf_state",
    "tf_method",
    "tf_select",
    "tf_setup_methods",
    "tf_authr_b32key",
    "tf_authr_uri",
    "tf_state_token",
    "recovery_codes",
    "credential_options",
    "wan_state",
)
"""What app/api/schemas/login.py describes of the library's answers; the rest is for its own pages."""


def _rendered(payload: dict[str, Any], code: int, headers: dict[str, str] | None, _: Any) -> Response:
    """The library's answer as ours: its payload without an envelope, or a problem."""
    if code < 400:
        shown = {name: payload[name] for name in _SHOWN if payload.get(name) is not None}
        return Response(json.dumps(shown), code, headers, content_type="application/json")
    if payload.get("reauth_required"):
        return answer(CATALOGUE["fresh-login-needed"])
    if code == 401:
        return answer(CATALOGUE["login-needed"])
    endpoint = g.get("asks_for_step") or request.endpoint or ""  # a page takes the step of an API's route
    if endpoint in _ANONYMOUS and current_user.is_authenticated:
        return answer(CATALOGUE["already-logged-in"])
    fields = {name: reasons for name, reasons in payload.get("field_errors", {}).items() if name}
    if not fields and endpoint not in _CREDENTIALS:
        return answer(CATALOGUE["login-step"])
    told = {name: [str(one) for one in reasons] for name, reasons in fields.items()}
    return answer(CATALOGUE[_PROBLEM_OF.get(endpoint, "invalid")], errors=told if endpoint in _TOLD else None)
