"""The keys that parties sign with: registered, rotated, revoked.

None of these entries names anyone. `party` is a salted commitment to the organisation's credit code
(parties.commitment), made once for each organisation: whoever is shown code and salt can check whose key it is, and
nobody can find out by trying all codes, which an unsalted hash would allow. `key` is a public key as
SubjectPublicKeyInfo; `certificate`, of a key that a CA has certified, is a salted hash of the certificate, for its
subject may name a person.

    signature = the key's, by crypto.party_keys, over encode("sunseal/signed-entry/v1", statement)
    statement = RFC 8785 of the entry with its type and without its signatures

When a key counts. A signature holds if the ledger has it, or a commitment to it, at an index above the registration of
its key and below that key's rotation or revocation. The order of the ledger is the trusted time: nobody can date a
revocation back to get out of what was signed, and a key that was stolen signs nothing more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Self

import msgspec

from crypto import canonical_json
from crypto.encoding import encode as encode_fields
from crypto.errors import CryptoError, VerificationError
from crypto.party_keys import key_id, parse_spki, verify
from ledger.entries.fields import Hash, Hex, Origin
from ledger.entries.registry import Entry, encode, register
from ledger.entries.signed import DOMAIN
from ledger.errors import EntryError, SignatureError

HashOrNone = Annotated[
    str,
    msgspec.Meta(
        pattern="^([0-9a-f]{64})?$(?!\n)", max_length=64, description="32 bytes in hexadecimal, or empty"
    ),
]
Reason = Annotated[
    str,
    msgspec.Meta(
        pattern="^(compromised|lost|superseded|left|unspecified)$(?!\n)", description="why a key is revoked"
    ),
]


class PartySigned(Entry):
    """The parent of entries that one party key or two have signed."""

    __slots__ = ()

    SIGNATURES: ClassVar[tuple[str, ...]] = ("signature",)

    def message(self) -> bytes:
        """What is signed. EntryError for a value that the type does not allow."""
        value = canonical_json.loads(encode(self))
        if not isinstance(value, dict):  # pragma: no cover - every entry is an object
            raise TypeError("an entry is an object")
        for name in self.SIGNATURES:
            del value[name]
        return encode_fields(DOMAIN, canonical_json.dumps(value))

    def signed(self, **signers: Callable[[bytes], bytes]) -> Self:
        """The same entry with a signature in each field that a signer is given for."""
        message = self.message()
        return replace(self, **{name: sign(message).hex() for name, sign in signers.items()})  # type: ignore[type-var]

    def check_one(self, spki: bytes, field: str) -> None:
        """EntryError for a key that is none, SignatureError unless it made the signature in `field`."""
        try:
            key = parse_spki(spki)
        except CryptoError as error:
            raise EntryError(f"the key in the {type(self).__name__} entry is none: {error}") from error
        try:
            verify(key, bytes.fromhex(getattr(self, field)), self.message())
        except VerificationError as error:
            raise SignatureError(
                f"the {field} of the {type(self).__name__} entry is not by the key that it needs"
            ) from error


@register("party-key-registered/v1")
@dataclass(frozen=True, slots=True)
class PartyKeyRegistered(PartySigned):
    """A party signs with this key from here on; the signature shows that it has it."""

    origin: Origin
    party: Hash
    key: Hex
    certificate: HashOrNone
    signature: Hex

    def check(self) -> None:
        """EntryError for a key that is none, SignatureError unless it signed this entry itself."""
        self.check_one(bytes.fromhex(self.key), "signature")


@register("party-key-rotated/v1")
@dataclass(frozen=True, slots=True)
class PartyKeyRotated(PartySigned):
    """A party signs with a new key in the place of `old_key`, which is called by its id and signs the new one."""

    SIGNATURES: ClassVar[tuple[str, ...]] = ("old_signature", "signature")

    origin: Origin
    party: Hash
    old_key: Hash
    key: Hex
    certificate: HashOrNone
    old_signature: Hex
    signature: Hex

    def check(self, old_spki: bytes) -> None:
        """EntryError if `old_spki` is not the old key or the new one is none, SignatureError unless both signed."""
        if key_id(old_spki) != self.old_key:
            raise EntryError("the rotation of a party's key starts from another key")
        self.check_one(old_spki, "old_signature")
        self.check_one(bytes.fromhex(self.key), "signature")


@register("party-key-revoked/v1")
@dataclass(frozen=True, slots=True)
class PartyKeyRevoked(Entry):
    """A party's key, called by its id, signs nothing from here on; what stands before this entry still holds.

    Not signed: a lost key cannot sign, and a stolen one must not be able to prevent this. The platform says it for
    the party, which has logged in, or for the CA or the supervisor.
    """

    party: Hash
    key: Hash
    reason: Reason
