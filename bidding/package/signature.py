"""`signature.json`: the bidder's signature on the manifest, by a registered Ed25519 key or under a certificate.

    signed = encode("sunseal/bid-manifest/v1", the bytes of manifest.json)

What each kind of key signs with is crypto.certificates' choice: PSS with SHA-256, ECDSA with the hash of its curve,
Ed25519. Who a key or certificate belongs to, and whether it was good at the time, is the caller's to know: `Parties`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bidding.package import records
from bidding.package.errors import RecordError, SignerError
from bidding.package.names import SIGNATURE
from bidding.package.records import record
from crypto.certificates import PartyCertificate, verify_signature
from crypto.encoding import encode
from crypto.errors import CryptoError, VerificationError
from crypto.signatures import VerifyKey
from ledger.entries.fields import Hex, PublicKeyOrNone

DOMAIN = "sunseal/bid-manifest/v1"
MAX_CHAIN = 5
"""A party's certificate and those between it and a root."""


class Parties(Protocol):
    """Whose a signing key is. Both refuse with CryptoError what is unknown, revoked, expired or of no configured CA."""

    def of_key(self, key: VerifyKey) -> str:
        """The credit code of the party that registered this key."""
        ...

    def of_chain(self, chain: Sequence[bytes]) -> tuple[str, PartyCertificate]:
        """The holder's credit code and the certificate, of DER certificates from the party's upwards."""
        ...


@record("bid-signature/v1")
@dataclass(frozen=True, slots=True)
class ManifestSignature:
    """By `key`, or under `chain`: DER certificates from the signer's upwards, without the root. The other is empty."""

    key: PublicKeyOrNone
    chain: tuple[Hex, ...]
    signature: Hex

    def to_bytes(self) -> bytes:
        return records.to_bytes(self)

    @classmethod
    def parse(cls, data: bytes) -> "ManifestSignature":
        """The signature whose bytes are exactly `data`. RecordError for anything else; nothing is verified yet."""
        found = records.parse(cls, data, of=SIGNATURE)
        if bool(found.key) == bool(found.chain) or len(found.chain) > MAX_CHAIN:
            reason = f"it has either a key or a chain of at most {MAX_CHAIN} certificates"
            raise RecordError("schema", SIGNATURE, reason=reason)
        return found

    def verify(self, manifest: bytes, parties: Parties) -> str:
        """The credit code of the party that signed these bytes. SignerError if none is known to have."""
        try:
            party, verify = self._signer(parties)
        except CryptoError as error:
            raise SignerError("signer", SIGNATURE, reason=error) from error
        try:
            verify(bytes.fromhex(self.signature), signed_bytes(manifest))
        except VerificationError as error:
            raise SignerError("signature", SIGNATURE) from error
        return party

    def _signer(self, parties: Parties) -> tuple[str, Callable[[bytes, bytes], None]]:
        """Who it is, and what verifies a signature over a message."""
        if self.key:
            key = VerifyKey(bytes.fromhex(self.key))
            return parties.of_key(key), key.verify
        party, certificate = parties.of_chain([bytes.fromhex(der) for der in self.chain])
        return party, partial(verify_signature, certificate)


def signed_bytes(manifest: bytes) -> bytes:
    """What is signed, for the bytes of `manifest.json`."""
    return encode(DOMAIN, manifest)
