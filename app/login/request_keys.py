"""Keys that sign a program's requests, in the place of a token (crypto.http_signatures, docs/spec/bank-api.md).

A request key is another one than the organisation's signing keys (parties.keys): those oblige the organisation, are on
the ledger, and may lie in a safe; this one is on a machine that calls us, has scopes and an end, and obliges nobody. It
acts under one membership and ends with it, so that every call has a person who answers for it.

    1. A manager says which key, which scopes and for how long. The key has signed
       encode("sunseal/request-key/v1", <the platform's address>, <the membership>, <SubjectPublicKeyInfo>): nobody
       registers another's key.
    2. Each request names the key and carries a nonce. `spend` takes the nonce out of use before anything is done.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import Account, RequestKey, RequestNonce
from crypto import party_keys
from crypto.encoding import encode
from crypto.errors import CryptoError
from crypto.http_signatures import SKEW, SignedRequest, usable
from crypto.randomness import RandomBytes
from parties.errors import KeyRefusedError, StateError, TakenError, UnknownError
from parties.models import Membership
from parties.organisations import new_id

DOMAIN = "sunseal/request-key/v1"
NONCE_DOMAIN = "sunseal/request-nonce/v1"
LONGEST_LIFE = timedelta(days=731)
MAX_KEYS = 20


def consent(address: str, membership: Membership, spki: bytes) -> bytes:
    """What the new key signs; `address` is where people reach the platform."""
    return encode(DOMAIN, address, membership.id.bytes, spki)


def register(
    session: Session,
    account: Account,
    membership: Membership,
    name: str,
    spki: bytes,
    signature: bytes,
    scopes: Collection[str],
    *,
    address: str,
    life: timedelta,
    now: datetime,
    random: RandomBytes,
) -> RequestKey:
    """The key's row. The caller has made sure that the person manages the organisation.

    Raises KeyRefusedError for what is no key for this, or did not sign its consent; TakenError for one that was ever
    registered; StateError if there are MAX_KEYS live ones already.
    """
    try:
        key = usable(party_keys.parse_spki(spki))
        party_keys.verify(key, signature, consent(address, membership, spki))
    except CryptoError as error:
        raise KeyRefusedError(str(error)) from error
    key_id = bytes.fromhex(party_keys.key_id(spki))
    if session.execute(select(RequestKey.id).where(RequestKey.key_id == key_id)).first():
        raise TakenError("the key has been registered before: make a new one")
    if len(of_organisation(session, membership.organisation_id, now=now)) >= MAX_KEYS:
        raise StateError(f"an organisation has at most {MAX_KEYS} request keys: revoke one")
    row = RequestKey(
        id=new_id(random),
        account_id=account.id,
        membership_id=membership.id,
        name=name,
        key_id=key_id,
        spki=spki,
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + min(life, LONGEST_LIFE),
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, key_id: str, *, now: datetime) -> RequestKey | None:
    """The live key, whose account and membership are for the caller to look at."""
    try:
        wanted = bytes.fromhex(key_id)
    except ValueError:
        return None
    found = session.execute(select(RequestKey).where(RequestKey.key_id == wanted)).scalar_one_or_none()
    if found is None or key_id != wanted.hex() or found.revoked_at is not None or found.expires_at <= now:
        return None
    return found


def spend(session: Session, signed: SignedRequest, *, now: datetime) -> bool:
    """Takes the nonce out of use; False if it was. The caller commits before it does what the request asks.

    A crash after that commit loses the request, and its sender signs anew; a crash before it lost nothing.
    """
    session.execute(delete(RequestNonce).where(RequestNonce.expires_at < now))
    known = hashlib.sha256(encode(NONCE_DOMAIN, signed.key_id, signed.nonce)).digest()
    expires_at = datetime.fromtimestamp(signed.expires, UTC) + 2 * SKEW
    taken = session.execute(
        insert(RequestNonce)
        .values(nonce_hash=known, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(RequestNonce.nonce_hash)
    ).first()
    return taken is not None


def of_organisation(session: Session, organisation_id: UUID, *, now: datetime) -> Sequence[RequestKey]:
    """The live ones, oldest first."""
    return session.scalars(
        select(RequestKey)
        .join(Membership, RequestKey.membership_id == Membership.id)
        .where(
            Membership.organisation_id == organisation_id,
            RequestKey.revoked_at.is_(None),
            RequestKey.expires_at > now,
        )
        .order_by(RequestKey.created_at, RequestKey.id)
    ).all()


def revoke(session: Session, organisation_id: UUID, key_id: UUID, *, now: datetime) -> None:
    """UnknownError if the organisation has no such live key."""
    found = session.get(RequestKey, key_id)
    if found is None or found.membership.organisation_id != organisation_id or found.revoked_at is not None:
        raise UnknownError("the organisation has no such request key")
    found.revoked_at = now
    session.flush()
