"""Spending blind tokens beside the submission side: a letter to a guarantor may bring one (app/api/applications.py)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bidding.tokens import spending
from bidding.tokens.challenge import TokenTerms


def spender(terms: TokenTerms) -> Callable[[Session, bytes, datetime], None]:
    """What verifies a token for these terms and spends it in the caller's transaction. It raises TurnedAwayError."""

    def spend(session: Session, raw: bytes, now: datetime) -> None:
        spending.spend(session, spending.verify(session, raw, terms, now=now))

    return spend
