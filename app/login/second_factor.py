"""The second factors: authenticator codes that work once, recovery codes, and what passkeys must prove."""

import hmac
from typing import Any, cast

from flask import request
from flask_security import MfRecoveryCodesUtil, Totp, UserMixin, WebauthnUtil
from passlib.totp import TotpMatch
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.context import parts
from app.models import Account


class OnceTotp(Totp):
    """RFC 6238 codes, of which each is taken once: also one that somebody looked over a shoulder."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        return cast("Account", user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        cast("Account", user).totp_counter = tmatch.counter


class RecoveryCodes(MfRecoveryCodesUtil):
    """One-time codes, encrypted at rest; compared in constant time."""

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        given = code.strip().lower().encode("utf-8", "surrogatepass")
        return _among(given, self.get_recovery_codes(user))


def _among(given: bytes, codes: list[str]) -> bool:
    found = False
    for known in codes:  # all of them, whichever it is
        found |= hmac.compare_digest(known.encode("ascii"), given)
    return found


class Passkeys(WebauthnUtil):
    """What passkeys prove, and to whom."""

    def origin(self) -> str:
        """The platform's address; without one configured, the request's own, which is for development."""
        return parts().settings.url or request.host_url.rstrip("/")

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        """In place of a password a passkey verifies the person too (a PIN, a finger); beside one, having it
        suffices."""
        first = usage == "first"
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED if first else ResidentKeyRequirement.PREFERRED,
            user_verification=_verification(first),
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002
        return _verification("secondary" not in usage)


def _verification(first: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if first else UserVerificationRequirement.DISCOURAGED


def has_second_factor(account: Account, *, without_passkey: str | None = None) -> bool:
    """Whether the account has one, after the passkey of that name would be gone."""
    others: list[Any] = [key for key in account.webauthn if key.name != without_passkey]
    return bool(account.tf_totp_secret and account.tf_primary_method) or any(
        key.usage == "secondary" for key in others
    )
