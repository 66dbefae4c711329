"""Tokens for programs: for one membership and some scopes, until a day at most a year away.

    sunseal_<43 characters of base64url>      32 random bytes; the database has their SHA-256 alone

Sent as `Authorization: Bearer sunseal_...`. The prefix lets scanners find one that was published by mistake.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, ApiToken
from crypto.randomness import RandomBytes
from parties.errors import StateError, UnknownError
from parties.models import Membership
from parties.organisations import new_id

PREFIX = "sunseal_"
LONGEST_LIFE = timedelta(days=366)
MAX_TOKENS = 50
_FORM = re.compile(r"sunseal_[A-Za-z0-9_-]{43}", re.ASCII)


def make(
    session: Session,
    account: Account,
    membership: Membership,
    name: str,
    scopes: Collection[str],
    *,
    life: timedelta,
    second_factor: bool,
    now: datetime,
    random: RandomBytes,
) -> tuple[ApiToken, str]:
    """The token's row, and the token itself, which is shown this once. StateError if there are MAX_TOKENS already."""
    if len(of_account(session, account, now=now)) >= MAX_TOKENS:
        raise StateError(f"an account has at most {MAX_TOKENS} tokens: revoke one")
    token = PREFIX + urlsafe_b64encode(random(32)).decode("ascii").rstrip("=")
    row = ApiToken(
        id=new_id(random),
        account_id=account.id,
        membership_id=membership.id,
        name=name,
        token_hash=_hash(token),
        scopes=sorted(set(scopes)),
        second_factor=second_factor,
        created_at=now,
        expires_at=now + min(life, LONGEST_LIFE),
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return row, token


def find(session: Session, token: str, *, now: datetime) -> ApiToken | None:
    """The live token, whose account and membership are for the caller to look at; None for any other text."""
    if not _FORM.fullmatch(token):
        return None
    found = session.execute(select(ApiToken).where(ApiToken.token_hash == _hash(token))).scalar_one_or_none()
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        return None
    return found


def of_account(session: Session, account: Account, *, now: datetime) -> Sequence[ApiToken]:
    """The live ones, oldest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
        .order_by(ApiToken.created_at, ApiToken.id)
    ).all()


def revoke(session: Session, account: Account, token_id: UUID, *, now: datetime) -> None:
    """UnknownError if the account has no such live token."""
    found = session.get(ApiToken, token_id)
    if found is None or found.account_id != account.id or found.revoked_at is not None:
        raise UnknownError("you have no such token")
    found.revoked_at = now
    session.flush()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
