"""The card: what a supervisor has to know of a keyholder, signed by it (docs/spec/opening.md)."""

from dataclasses import dataclass, replace

from crypto import canonical_json
from crypto.curve import Point
from crypto.encoding import Field
from crypto.errors import CryptoError, EncodingError
from crypto.signatures import SigningKey, VerifyKey
from keyholder.errors import CardError
from ledger.cosignature import Quorum
from ledger.errors import LedgerError
from ledger.note import NoteKey

TYPE = "keyholder-card/v1"
MAX_SIZE = 4096
_DOMAIN = "sunseal/keyholder-card/v1"


@dataclass(frozen=True, slots=True)
class Card:
    """Public keys in hexadecimal, the witness as a verifier key. Not checked by being made."""

    name: str
    signing_key: str
    static_key: str
    witness: str
    signature: str = ""

    def to_bytes(self) -> bytes:
        """RFC 8785 JSON."""
        return canonical_json.dumps(
            {
                "name": self.name,
                "signature": self.signature,
                "signing_key": self.signing_key,
                "static_key": self.static_key,
                "type": TYPE,
                "witness": self.witness,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Card":
        """The card whose bytes are exactly `data`, checked; CardError for anything else."""
        try:
            value = canonical_json.loads(data[: MAX_SIZE + 1])
        except EncodingError as error:
            raise CardError(f"a card is RFC 8785 JSON: {error}") from error
        match value:
            case {
                "name": str(name),
                "signature": str(signature),
                "signing_key": str(signing),
                "static_key": str(static),
                "type": "keyholder-card/v1",
                "witness": str(witness),
                **rest,
            } if not rest:
                card = cls(name, signing, static, witness, signature)
            case _:
                raise CardError("a card has name, signing_key, static_key, type, witness and signature")
        card.check()
        return card

    def signed_by(self, key: SigningKey) -> "Card":
        """The same card with `key`'s signature."""
        return replace(self, signature=key.sign_fields(_DOMAIN, *self._fields()).hex())

    def check(self) -> None:
        """CardError unless all keys are keys and the signing key signed."""
        try:
            Point(_raw(self.static_key))
            witness = NoteKey.parse(self.witness)
            Quorum(1, (witness,))
            VerifyKey(_raw(self.signing_key)).verify_fields(_raw(self.signature), _DOMAIN, *self._fields())
        except (CryptoError, LedgerError) as error:
            raise CardError(f"the card does not hold: {error}") from error
        if witness.name != self.name:
            raise CardError("the card's witness has another name than the keyholder")

    def _fields(self) -> tuple[Field, ...]:
        return self.name, _raw(self.static_key), _raw(self.signing_key), self.witness


def _raw(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError as error:
        raise EncodingError("a key or signature is not hexadecimal") from error
    if raw.hex() != text:
        raise EncodingError("a key or signature is not lower-case hexadecimal")
    return raw
