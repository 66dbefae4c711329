"""A party's signing keys: registered, rotated and revoked, each a row and an entry on the ledger in one transaction.

Whoever calls has made sure that the person may do it (members.require_manager). What is to be signed is the entry's
own message (ledger.entries.parties): `registration` and `rotation` make the unsigned entry, the party signs its
message, and `register` and `rotate` check and append it.

Of a key that a CA certified, the chain and the revocation lists are checked when it is registered, and again, for the
time of signing, whenever a signature is verified (`check_signature`). The ledger alone says when the key was
registered and ended; the CA's lists say when its certificate was revoked. The earlier of both counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import party_keys
from crypto.errors import CryptoError
from ledger import log
from ledger.entries import PartyKeyRegistered, PartyKeyRevoked, PartyKeyRotated
from ledger.errors import LedgerError
from ledger.models import EntryRow
from parties import commitment
from parties.authorities import Authorities
from parties.errors import KeyRefusedError, StateError, TakenError, UnknownError
from parties.models import Organisation, PartyKey
from parties.proof import PartyProof

REASONS = ("compromised", "lost", "superseded", "left", "unspecified")
MAX_KEYS = 20
_SignedEntry = TypeVar("_SignedEntry", PartyKeyRegistered, PartyKeyRotated)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that a party brings: its SubjectPublicKeyInfo, and its certificate with the CAs above, if a CA has one."""

    spki: bytes
    certificate: bytes | None = None
    intermediates: tuple[bytes, ...] = ()


def from_certificate(
    certificate: bytes, intermediates: Sequence[bytes], authorities: Authorities, *, now: datetime
) -> NewKey:
    """The key of a certificate that holds now. KeyRefusedError otherwise."""
    checked = authorities.check(certificate, intermediates, now=now)
    return NewKey(party_keys.spki(checked.public_key), certificate, tuple(intermediates))


def registration(session: Session, organisation: Organisation, key: NewKey) -> PartyKeyRegistered:
    """The entry to be signed by the new key. KeyRefusedError for one that is no key."""
    party, certificate = _committed(organisation, key)
    return PartyKeyRegistered(log.head(session).origin, party, key.spki.hex(), certificate, "")


def rotation(session: Session, old: PartyKey, key: NewKey) -> PartyKeyRotated:
    """The entry to be signed by the old key and by the new one."""
    party, certificate = _committed(old.organisation, key)
    origin = log.head(session).origin
    return PartyKeyRotated(origin, party, old.key_id.hex(), key.spki.hex(), certificate, "", "")


def register(
    session: Session, organisation: Organisation, key: NewKey, signature: bytes, *, by: UUID, now: datetime
) -> PartyKey:
    """Enters a key whose `signature` over the registration shows that the party has it.

    Raises KeyRefusedError, TakenError for a key that anyone has registered before, StateError for an organisation
    that is suspended, verified in no role, or has MAX_KEYS keys.
    """
    _require_standing(session, organisation)
    entry = _signed(registration(session, organisation, key), signature=signature)
    try:
        entry.check()
    except LedgerError as error:
        raise KeyRefusedError(str(error)) from error
    return _add(session, organisation, key, entry, by=by, now=now)


def rotate(
    session: Session,
    old: PartyKey,
    key: NewKey,
    old_signature: bytes,
    signature: bytes,
    *,
    by: UUID,
    now: datetime,
) -> PartyKey:
    """Puts a new key in the place of `old`; both signed the rotation. Raises as `register` does."""
    _require_standing(session, old.organisation, rotating=True)
    _require_live(old)
    entry = _signed(rotation(session, old, key), old_signature=old_signature, signature=signature)
    try:
        entry.check(old.spki)
    except LedgerError as error:
        raise KeyRefusedError(str(error)) from error
    new = _add(session, old.organisation, key, entry, by=by, now=now)
    old.ended_at, old.end_entry, old.ended_because = now, new.registration_entry, "superseded"
    session.flush()
    return new


def revoke(session: Session, key: PartyKey, reason: str, *, now: datetime) -> None:
    """The key signs nothing from this entry on. ValueError for an unknown reason, StateError if it has ended."""
    if reason not in REASONS:
        raise ValueError(f"a key is revoked as one of {', '.join(REASONS)}")
    _require_live(key)
    party = commitment.of_party(key.organisation.credit_code, key.organisation.salt)
    entry_id = log.append(session, PartyKeyRevoked(party, key.key_id.hex(), reason), now=now)
    key.ended_at, key.end_entry, key.ended_because = now, entry_id, reason
    session.flush()


def get(session: Session, organisation: Organisation, key_id: str) -> PartyKey:
    """The organisation's key of that id, locked. UnknownError."""
    found = session.execute(
        select(PartyKey)
        .where(PartyKey.key_id == bytes.fromhex(key_id), PartyKey.organisation_id == organisation.id)
        .with_for_update(of=PartyKey)
    ).scalar_one_or_none()
    if found is None:
        raise UnknownError("the organisation has no such key")
    return found


def of_organisation(session: Session, organisation: Organisation) -> Sequence[PartyKey]:
    """All keys, ended ones too, oldest first."""
    query = select(PartyKey).where(PartyKey.organisation_id == organisation.id).order_by(PartyKey.id)
    return session.scalars(query).all()


def proof_of(organisation: Organisation) -> PartyProof:
    """By what the organisation shows whose keys are its own: for its managers, and nobody else."""
    return PartyProof(organisation.credit_code, organisation.salt.hex())


def check_signature(
    session: Session,
    key_id: str,
    signature: bytes,
    message: bytes,
    *,
    index: int,
    signed_at: datetime,
    authorities: Authorities,
    now: datetime,
) -> Organisation:
    """Whose signature it is, if the key made it and counted where the ledger has it.

    `index` and `signed_at` are the trusted time: the place in the ledger of the signature, or of what commits to it,
    and when that was appended. Never a time that the signer says. Raises KeyRefusedError.
    """
    found = session.execute(
        select(PartyKey).where(PartyKey.key_id == bytes.fromhex(key_id))
    ).scalar_one_or_none()
    if found is None:
        raise KeyRefusedError("nobody has registered the key")
    # 1. The ledger's own span of the key
    since = _index(session, found.registration_entry)
    until = None if found.end_entry is None else _index(session, found.end_entry)
    if since is None or index <= since:
        raise KeyRefusedError("the key was not registered when this was signed")
    if until is not None and index >= until:
        raise KeyRefusedError("the key was rotated or revoked before this was signed")
    # 2. The CA's word, for that time
    if found.certificate is not None:
        authorities.check(found.certificate, found.intermediates, now=now, signed_at=signed_at)
    # 3. The signature
    try:
        party_keys.verify(party_keys.parse_spki(found.spki), signature, message)
    except CryptoError as error:
        raise KeyRefusedError(str(error)) from error
    return found.organisation


def _committed(organisation: Organisation, key: NewKey) -> tuple[str, str]:
    try:
        party_keys.parse_spki(key.spki)
    except CryptoError as error:
        raise KeyRefusedError(str(error)) from error
    salt = organisation.salt
    certificate = "" if key.certificate is None else commitment.of_certificate(key.certificate, salt)
    return commitment.of_party(organisation.credit_code, salt), certificate


def _signed(entry: _SignedEntry, **signatures: bytes) -> _SignedEntry:
    return replace(entry, **{name: signature.hex() for name, signature in signatures.items()})


def _add(
    session: Session,
    organisation: Organisation,
    key: NewKey,
    entry: PartyKeyRegistered | PartyKeyRotated,
    *,
    by: UUID,
    now: datetime,
) -> PartyKey:
    key_id = bytes.fromhex(party_keys.key_id(key.spki))
    if session.execute(select(PartyKey.id).where(PartyKey.key_id == key_id)).first():
        raise TakenError("the key has been registered before: make a new one")
    entry_id = log.append(session, entry, now=now)
    row = PartyKey(
        organisation_id=organisation.id,
        key_id=key_id,
        spki=key.spki,
        certificate=key.certificate,
        intermediates=list(key.intermediates),
        registered_at=now,
        registered_by=by,
        registration_entry=entry_id,
        ended_at=None,
        end_entry=None,
        ended_because="",
    )
    row.organisation = organisation
    session.add(row)
    session.flush()
    return row


def _require_standing(session: Session, organisation: Organisation, *, rotating: bool = False) -> None:
    session.refresh(organisation, with_for_update=True)  # the row's lock puts the party's entries in order
    if organisation.suspended_at is not None or not organisation.verified_roles:
        raise StateError("the organisation is suspended, or nobody has verified it yet")
    live = [key for key in of_organisation(session, organisation) if key.ended_at is None]
    if len(live) >= MAX_KEYS and not rotating:
        raise StateError(f"an organisation has at most {MAX_KEYS} keys: revoke one")


def _require_live(key: PartyKey) -> None:
    if key.ended_at is not None:
        raise StateError("the key has been rotated or revoked already")


def _index(session: Session, entry_id: int) -> int | None:
    return session.execute(select(EntryRow.index).where(EntryRow.id == entry_id)).scalar_one()
