"""`guarantee.json`: an undertaking, its guarantor's signature, and the salt that opens its commitment on chain.

    guarantee.json = RFC 8785 of {"salt", "signature": {"key", "value"}, "type": "signed-guarantee/v1", "undertaking"}
    signature      = the key's, over encode("sunseal/guarantee/v1", RFC 8785 of the undertaking with its type)

Pure. Whoever has the file can present the guarantee, so until the opening it is as secret as the bid it goes with.
Whose the key is and whether the guarantor was listed is not checked here (guarantees/register/).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from crypto import canonical_json, party_keys
from crypto.encoding import encode
from crypto.errors import CryptoError
from guarantees.chain import terms
from guarantees.chain.errors import MalformedError
from guarantees.errors import FormatError, SignatureError
from guarantees.undertaking import Undertaking
from ledger import records
from ledger.entries.fields import Hash, Hex
from ledger.records import RecordFormError, record

DOMAIN = "sunseal/guarantee/v1"
SALT_SIZE = 32
MAX_SIZE = 64 << 10


@dataclass(frozen=True, slots=True)
class GuarantorSignature:
    """`key` is the SubjectPublicKeyInfo of the guarantor's key in hexadecimal; of `value`, crypto.party_keys.verify."""

    key: Hex
    value: Hex


@record("signed-guarantee/v1")
@dataclass(frozen=True, slots=True)
class SignedGuarantee:
    """A guarantee as it is delivered, carried in a bid and presented. Prints without the salt."""

    undertaking: Undertaking
    signature: GuarantorSignature
    salt: Hash = field(repr=False)

    @classmethod
    def sign(cls, undertaking: Undertaking, spki: bytes, sign: Callable[[bytes], bytes], salt: bytes) -> Self:
        """Signed by `sign`, whose public key is `spki` in DER. FormatError, and SignatureError if it is another's."""
        signature = GuarantorSignature(spki.hex(), sign(signed_bytes(undertaking)).hex())
        made = cls(undertaking, signature, salt.hex())
        made.verify()
        return made

    def to_bytes(self) -> bytes:
        try:
            body = canonical_json.loads(records.to_bytes(self))
            if not isinstance(body, dict):  # pragma: no cover - a record is an object
                raise TypeError("a record is an object")
            body["undertaking"] = canonical_json.loads(self.undertaking.to_bytes())
            return canonical_json.dumps(body)
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The guarantee whose bytes are exactly `data`; FormatError for anything else. Nothing is verified yet."""
        if len(data) > MAX_SIZE:
            raise FormatError(f"a guarantee has at most {MAX_SIZE} bytes")
        try:
            body = records.parse_object(data, of="guarantee.json")
            undertaking = body.get("undertaking")
            if not isinstance(undertaking, dict):
                raise FormatError("guarantee.json: it has no undertaking")
            Undertaking.parse(canonical_json.dumps(undertaking))
            del undertaking["type"]
            found = records.parse(cls, canonical_json.dumps(body), of="guarantee.json")
        except (RecordFormError, CryptoError) as error:
            raise FormatError(str(error)) from error
        return found

    def verify(self) -> None:
        """SignatureError unless the key in it signed exactly this undertaking."""
        try:
            key = party_keys.parse_spki(bytes.fromhex(self.signature.key))
            party_keys.verify(key, bytes.fromhex(self.signature.value), signed_bytes(self.undertaking))
        except CryptoError as error:
            raise SignatureError(f"the guarantee is not signed by the key that it names: {error}") from error

    @property
    def key_id(self) -> str:
        """What the registry of parties calls the key: SHA-256 of it, in hexadecimal."""
        return party_keys.key_id(bytes.fromhex(self.signature.key))

    @property
    def terms(self) -> terms.Terms:
        """What `present` takes."""
        return self.undertaking.terms(bytes.fromhex(self.salt))

    @property
    def commitment(self) -> bytes:
        """What `issue` takes: 32 bytes. FormatError for an amount or account that no chain can hold."""
        at = self.undertaking.on_chain
        try:
            return terms.commitment(self.terms, chain_id=at.chain_id, registry=bytes.fromhex(at.registry))
        except MalformedError as error:  # pragma: no cover - the schema is narrower
            raise FormatError(str(error)) from error

    @property
    def id(self) -> bytes:
        """The guarantee's id on chain: 32 bytes."""
        return terms.guarantee_id(bytes.fromhex(self.undertaking.on_chain.guarantor), self.commitment)


def signed_bytes(undertaking: Undertaking) -> bytes:
    """What the guarantor signs."""
    return encode(DOMAIN, undertaking.to_bytes())
