"""Accounts: opened, found, suspended, and what an administrator resets."""

import uuid
from datetime import datetime

from flask import current_app
from flask_security import hash_password
from flask_security.proxies import _security
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import Account, ApiToken, LoginCertificate, LoginSession
from crypto.randomness import RandomBytes
from parties import members
from parties.errors import TakenError, UnknownError

_HANDLE_SIZE = 32


class PasswordRefusedError(Exception):
    """A password that is too short or known to be bad; the reasons are the library's sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def normal_email(email: str) -> str:
    """The one form in which an address is kept. ValueError for one that is none."""
    return str(_security.mail_util.validate(email)).lower()


def checked_password(password: str) -> str:
    """The hash of a password that is good enough. PasswordRefusedError otherwise."""
    reasons, normal = _security.password_util.validate(password, True)
    if reasons:
        raise PasswordRefusedError([str(reason) for reason in reasons])
    return hash_password(normal)


def open_account(
    session: Session,
    email: str,
    name: str,
    password_hash: str | None,
    *,
    confirmed: bool,
    now: datetime,
    random: RandomBytes,
) -> Account:
    """An account and its person. TakenError if the address has one: not to be told to a stranger."""
    if find(session, email) is not None:
        raise TakenError("there is an account with this address")
    person = members.add_person(session, name, now=now, random=random)
    account = Account(
        id=person.id,
        email=email,
        password=password_hash,
        active=True,
        confirmed_at=now if confirmed else None,
        fs_uniquifier=uuid.uuid4().hex,
        fs_webauthn_user_handle=random(_HANDLE_SIZE).hex(),
        tf_primary_method=None,
        tf_totp_secret=None,
        totp_counter=None,
        mf_recovery_codes=None,
    )
    account.person = person
    session.add(account)
    session.flush()
    return account


def find(session: Session, email: str) -> Account | None:
    """The account of a normal address."""
    return session.execute(
        select(Account).where(func.lower(Account.email) == email.lower())
    ).scalar_one_or_none()


def get(session: Session, email: str) -> Account:
    """UnknownError if there is none; for the operator, who may know."""
    found = find(session, email)
    if found is None:
        raise UnknownError("there is no account with this address")
    return found


def set_suspended(session: Session, account: Account, *, suspended: bool, now: datetime) -> None:
    """A suspended person cannot log in, and whatever it is logged in with ends at once."""
    account.active = not suspended
    account.person.suspended_at = now if suspended else None
    if suspended:
        end_everything(session, account, now=now)
    session.flush()


def reset_second_factor(session: Session, account: Account, *, now: datetime) -> None:
    """Forgets authenticator, passkeys, certificates, recovery codes, sessions and tokens; the password stays.

    Whoever logs in next with the password sets up a new second factor, if the role demands one: so give the password's
    owner no chance to be somebody else.
    """
    account.tf_primary_method = account.tf_totp_secret = account.totp_counter = None
    account.mf_recovery_codes = None
    account.webauthn.clear()
    for certificate in session.scalars(
        select(LoginCertificate).where(LoginCertificate.account_id == account.id)
    ):
        session.delete(certificate)
    end_everything(session, account, now=now)
    session.flush()


def end_everything(session: Session, account: Account, *, now: datetime, tokens: bool = True) -> None:
    """Ends every session of the account, and revokes its tokens if wanted."""
    account.fs_uniquifier = uuid.uuid4().hex
    end_sessions(session, account, now=now)
    if not tokens:
        return
    session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def end_sessions(session: Session, account: Account, *, now: datetime) -> None:
    """Ends every session of the account."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.account_id == account.id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def recovery_token(account: Account) -> str:
    """What a person sets a new password with, once and within an hour: the library's own token."""
    from flask_security.recoverable import generate_reset_password_token  # noqa: PLC0415 - needs the application

    with current_app.test_request_context():
        return str(generate_reset_password_token(account))  # type: ignore[no-untyped-call]
