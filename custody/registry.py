"""Which keyholders the platform speaks with: registered by hand, from the card that each of them signed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crypto.curve import Point
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from custody.errors import RegistrationError
from custody.models import ChannelRow, KeyholderRow
from ledger.cosignature import Quorum
from ledger.entries import GroupMember
from ledger.errors import LedgerError
from ledger.exchange import WITNESS, WORK
from ledger.note import NoteKey

NEVER = -1
"""The sequence before the first message."""


def register(session: Session, card: GroupMember, *, now: datetime) -> KeyholderRow:
    """Adds the keyholder of a card whose signature the caller has checked; the same card again changes nothing.

    Raises RegistrationError if a key is none, or belongs to another keyholder already, or the name does.
    """
    try:
        Point(bytes.fromhex(card.static_key))
        VerifyKey(bytes.fromhex(card.signing_key))
        Quorum(1, (NoteKey.parse(card.witness),))
    except (CryptoError, LedgerError, ValueError) as error:
        raise RegistrationError(f"the card of {card.name!r} has a key that is none: {error}") from error
    known = by_key(session, card.signing_key)
    if known is not None:
        if member_of(known) != card:
            raise RegistrationError(f"the signing key of {card.name!r} is registered with another card")
        return known
    row = KeyholderRow(
        name=card.name,
        static_key=card.static_key,
        signing_key=card.signing_key,
        witness=card.witness,
        registered_at=now,
        seen_at=None,
        clock_difference=None,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise RegistrationError(
            f"another keyholder is registered with the name, static key or witness of {card.name!r}"
        ) from error
    for channel in (WITNESS, WORK):
        session.add(
            ChannelRow(
                keyholder_id=row.id,
                channel=channel,
                sequence=NEVER,
                message_hash=None,
                answer=None,
                last_request=0,
                last_approval=0,
            )
        )
    session.flush()
    return row


def keyholders(session: Session) -> Sequence[KeyholderRow]:
    """All of them, by name."""
    return session.execute(select(KeyholderRow).order_by(KeyholderRow.name)).scalars().all()


def by_key(session: Session, signing_key: str) -> KeyholderRow | None:
    """The one with that signing key, in hexadecimal."""
    query = select(KeyholderRow).where(KeyholderRow.signing_key == signing_key)
    return session.execute(query).scalar_one_or_none()


def member_of(row: KeyholderRow) -> GroupMember:
    """How it stands in a group."""
    return GroupMember(row.name, row.static_key, row.signing_key, row.witness)
