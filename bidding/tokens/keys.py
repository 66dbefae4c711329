"""The issuer's keys: published once, as a row and as an entry that everyone sees.

A key that is not on the ledger is issued with by nobody, and a bidder's program takes none. There is one at a time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bidding.tokens.models import SpentRow, TokenKeyRow
from bidding.tokens.periods import Period
from crypto.tokens.token_key import decode_key, encode_key, token_key_id
from ledger import log
from ledger.entries import TokenKeyPublished


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key as bidders see it; `entry_id` is what the receipt of its entry is asked for by."""

    key_id: bytes
    spki: bytes
    period: Period
    entry_id: int

    @property
    def public(self) -> RSAPublicKey:
        return decode_key(self.spki)


def publish(session: Session, issuer: str, key: RSAPublicKey, period: Period, *, now: datetime) -> bytes:
    """The key's row and its entry; its id. The caller commits.

    TokenKeyError for a key of another kind; the database refuses (IntegrityError) one whose period overlaps another's.
    """
    spki = encode_key(key)
    times = (int(at.timestamp()) for at in (period.not_before, period.issue_until, period.redeem_until))
    entry_id = log.append(session, TokenKeyPublished(issuer, spki.hex(), *times), now=now)
    session.add(
        TokenKeyRow(
            id=token_key_id(key),
            spki=spki,
            not_before=period.not_before,
            issue_until=period.issue_until,
            redeem_until=period.redeem_until,
            entry_id=entry_id,
        )
    )
    session.flush()
    return token_key_id(key)


def issuable(session: Session, *, now: datetime) -> list[PublishedKey]:
    """The keys that a directory lists: the present one, and those to come, by their time."""
    query = select(TokenKeyRow).where(TokenKeyRow.issue_until > now).order_by(TokenKeyRow.not_before)
    return [_published(row) for row in session.execute(query).scalars()]


def redeemable(session: Session, key_id: bytes) -> PublishedKey | None:
    """The key of that id, whatever its time; None if it was never published."""
    row = session.get(TokenKeyRow, key_id)
    return None if row is None else _published(row)


def forget_spent(session: Session, *, now: datetime) -> int:
    """Delete the nullifiers of keys that are not redeemed any more; how many there were. The caller commits."""
    old = select(TokenKeyRow.id).where(TokenKeyRow.redeem_until <= now)
    return len(
        session.execute(delete(SpentRow).where(SpentRow.key_id.in_(old)).returning(SpentRow.key_id)).all()
    )


def _published(row: TokenKeyRow) -> PublishedKey:
    times = (at.astimezone(UTC) for at in (row.not_before, row.issue_until, row.redeem_until))
    return PublishedKey(row.id, row.spki, Period(*times), row.entry_id)
