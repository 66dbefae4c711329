"""The keys that opened bids rest under.

A sealed file stays in the blob store as it came, and is its own encryption at rest. What opens it, its file key of 16
bytes, is kept as an age file to the lot's storage key: an X25519 identity made for that lot alone, which in turn is
kept as an age file to the deployment's storage key, whose own file a person keeps (SUNSEAL_STORAGE_KEY).

    deployment's identity -> lot's identity -> file key -> the sealed file, as it was submitted

So nothing is written twice, a dump of database and blobs alone opens nothing of a committee's part, and deleting one
row puts a lot's bids out of the platform's reach. Not guaranteed: that backups, or the keyholders together, forget.
"""

import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.opening.models import StorageKeyRow
from crypto import age
from crypto.randomness import RandomBytes

KIND = "storage-key"
"""Of the deployment's key file (crypto.secret_file)."""


@dataclass(frozen=True, slots=True)
class StorageKey:
    """A lot's storage key."""

    identity: age.X25519Identity

    def seal(self, file_key: bytes, random: RandomBytes) -> bytes:
        return _sealed(file_key, self.identity.recipient, random)

    def unseal(self, sealed: bytes) -> bytes:
        """The file key. AgeError if it rests under another key, or was altered."""
        return _opened(sealed, self.identity)


def of_lot(
    session: Session, lot: str, deployment: age.X25519Identity, *, now: datetime, random: RandomBytes
) -> StorageKey:
    """The lot's key, made in the caller's transaction if there is none. AgeError if the deployment's is another."""
    query = select(StorageKeyRow.sealed).where(StorageKeyRow.lot == lot)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        secret = random(32)
        row = {
            "lot": lot,
            "recipient": str(age.X25519Identity(secret).recipient),
            "sealed": _sealed(secret, deployment.recipient, random),
            "made_at": now,
        }
        session.execute(insert(StorageKeyRow).values(row).on_conflict_do_nothing())
        found = session.execute(query).scalar_one()  # ours, or that of who was first
    return StorageKey(age.X25519Identity(_opened(found, deployment)))


def kept(session: Session, lot: str, deployment: age.X25519Identity) -> StorageKey | None:
    """The lot's key; None if there is none, or it was forgotten. AgeError if the deployment's is another."""
    row = session.get(StorageKeyRow, lot)
    return None if row is None else StorageKey(age.X25519Identity(_opened(row.sealed, deployment)))


def seal_for(session: Session, lot: str, file_key: bytes, random: RandomBytes) -> bytes:
    """Seals to the lot's key with its public half alone, for processes that can open nothing. There must be one."""
    query = select(StorageKeyRow.recipient).where(StorageKeyRow.lot == lot)
    recipient = age.X25519Recipient.parse(session.execute(query).scalar_one())
    return _sealed(file_key, recipient, random)


def forget(session: Session, lot: str) -> None:
    """Puts the lot's opened bids out of the platform's reach, once the time for keeping them is over."""
    row = session.get(StorageKeyRow, lot)
    if row is not None:
        session.delete(row)


def _sealed(content: bytes, recipient: age.X25519Recipient, random: RandomBytes) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(content), target, [recipient.wrap], random=random)
    return target.getvalue()


def _opened(sealed: bytes, identity: age.X25519Identity) -> bytes:
    target = io.BytesIO()
    age.decrypt(io.BytesIO(sealed), target, [identity.unwrap])
    return target.getvalue()
