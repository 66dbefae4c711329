"""Whose a bid's signing key was at the place in the ledger where the bid stands: for the opening (bidding.ports).

The place is the trusted time (ledger.entries.parties): a key counts from its registration to its rotation or
revocation, and a certificate as of when the bid arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening.errors import TroubleError
from bidding.package.signature import Parties
from crypto import party_keys
from crypto.certificates import PartyCertificate
from crypto.errors import VerificationError
from crypto.signatures import VerifyKey
from ledger.models import EntryRow
from parties.authorities import Authorities
from parties.errors import KeyRefusedError
from parties.models import PartyKey


@dataclass(frozen=True, slots=True)
class RegisteredParties:
    """The register as the port wants it."""

    authorities: Authorities

    def __call__(self, session: Session, index: int, submitted_at: datetime, *, now: datetime) -> Parties:
        return _At(session, self.authorities, index, submitted_at, now)


@dataclass(frozen=True, slots=True)
class _At:
    """The register at one place and time."""

    session: Session
    authorities: Authorities
    index: int
    submitted_at: datetime
    now: datetime

    def of_key(self, key: VerifyKey) -> str:
        row = self._row(party_keys.spki(Ed25519PublicKey.from_public_bytes(key.raw)))
        if row.certificate is not None:
            self._checked(row.certificate, row.intermediates)
        return row.organisation.credit_code

    def of_chain(self, chain: Sequence[bytes]) -> tuple[str, PartyCertificate]:
        certificate = self._checked(chain[0], chain[1:])
        row = self._row(party_keys.spki(certificate.public_key))
        return row.organisation.credit_code, certificate

    def _row(self, spki: bytes) -> PartyKey:
        query = select(PartyKey).where(PartyKey.key_id == bytes.fromhex(party_keys.key_id(spki)))
        row = self.session.execute(query).scalar_one_or_none()
        if row is None:
            raise VerificationError("nobody has registered the key")
        since, until = self._place(row.registration_entry), self._place(row.end_entry)
        if since is None or self.index <= since:
            raise VerificationError("the key was not registered when the bid was submitted")
        if until is not None and self.index >= until:
            raise VerificationError("the key was rotated or revoked before the bid was submitted")
        return row

    def _place(self, entry: int | None) -> int | None:
        return self.session.execute(select(EntryRow.index).where(EntryRow.id == entry)).scalar_one_or_none()

    def _checked(self, certificate: bytes, intermediates: Sequence[bytes]) -> PartyCertificate:
        if self.authorities.folder is None:
            raise TroubleError("no certificate authority is configured here: set SUNSEAL_AUTHORITIES")
        try:
            return self.authorities.check(
                certificate, intermediates, now=self.now, signed_at=self.submitted_at
            )
        except KeyRefusedError as error:
            raise VerificationError(str(error)) from error
