"""Spending a token: verified by its key, then spent once, also by two requests at the same instant.

    nullifier = SHA-256(encode("sunseal/token-nullifier/v1", token key id, nonce))

The nullifier is a primary key. The second of two transactions that insert it waits for the first, and then finds it.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.tokens import keys
from bidding.tokens.challenge import TokenTerms
from bidding.tokens.models import SpentRow
from bidding.turned_away import Code, TurnedAwayError
from crypto.encoding import encode
from crypto.errors import CryptoError
from crypto.tokens.privacy_pass import Token, verify_token

DOMAIN = "sunseal/token-nullifier/v1"


@dataclass(frozen=True, slots=True)
class GoodToken:
    """A token that was verified; whether it was spent only `spend` says."""

    token: Token
    nullifier: bytes = field(repr=False)


def verify(session: Session, raw: bytes, terms: TokenTerms, *, now: datetime) -> GoodToken:
    """TOKEN_INVALID for what is no token of ours, TOKEN_EXPIRED for one whose key is not redeemed any more."""
    try:
        token = Token.parse(raw)
    except CryptoError as error:
        raise TurnedAwayError(Code.TOKEN_INVALID) from error
    key = keys.redeemable(session, token.token_key_id)
    if key is None or now < key.period.not_before:
        raise TurnedAwayError(Code.TOKEN_INVALID)
    if now >= key.period.redeem_until:
        raise TurnedAwayError(Code.TOKEN_EXPIRED)
    try:
        verify_token(key.public, token, terms.challenge)
    except CryptoError as error:
        raise TurnedAwayError(Code.TOKEN_INVALID) from error
    return GoodToken(token, nullifier_of(token))


def spend(session: Session, good: GoodToken) -> None:
    """Spends it in the caller's transaction; TOKEN_SPENT if it was spent before. A rollback gives it back."""
    new = session.execute(
        insert(SpentRow)
        .values(nullifier=good.nullifier, key_id=good.token.token_key_id)
        .on_conflict_do_nothing()
        .returning(SpentRow.nullifier)
    ).scalar_one_or_none()
    if new is None:
        raise TurnedAwayError(Code.TOKEN_SPENT)


def is_spent(session: Session, good: GoodToken) -> bool:
    """Whether a committed transaction spent it."""
    query = select(SpentRow.nullifier).where(SpentRow.nullifier == good.nullifier)
    return session.execute(query).scalar_one_or_none() is not None


def nullifier_of(token: Token) -> bytes:
    """32 bytes by which a spent token is known again, and nothing else of it."""
    return hashlib.sha256(encode(DOMAIN, token.token_key_id, token.nonce)).digest()
