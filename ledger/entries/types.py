"""The entries that the ledger itself needs."""

from dataclasses import dataclass

from crypto.encoding import Field
from crypto.errors import VerificationError
from crypto.signatures import SigningKey
from ledger import sealed
from ledger.entries.fields import Hash, Hex, Index, Origin, Signature, VerifierKey
from ledger.entries.registry import Entry, register
from ledger.errors import EntryError, SignatureError
from ledger.note import ED25519, NoteKey

MAX_BODY_SIZE = 30_000
"""Of a sealed fact: what is longer is sealed by its hash."""

_ROTATION_DOMAIN = "sunseal/key-rotation/v1"


@register("log-opened/v1")
@dataclass(frozen=True, slots=True)
class LogOpened(Entry):
    """The first entry of a log: its origin and the key that signs its checkpoints."""

    origin: Origin
    key: VerifierKey


@register("sealed/v1")
@dataclass(frozen=True, slots=True)
class Sealed(Entry):
    """A fact that stays hidden for now, or nothing at all: nobody can tell which.

    The commitment is that of ledger.sealed, or 32 random bytes for a cover entry.
    """

    commitment: Hash

    @classmethod
    def of(cls, body: bytes, salt: bytes) -> "Sealed":
        """The entry that hides `body` under a fresh 32-byte `salt`; EntryError for one too long to be revealed."""
        if len(body) > MAX_BODY_SIZE:
            raise EntryError(
                f"what is sealed has at most {MAX_BODY_SIZE} bytes, or it could never be revealed"
            )
        return cls(sealed.seal(body, salt).hex())


@register("revealed/v1")
@dataclass(frozen=True, slots=True)
class Revealed(Entry):
    """The salt and the body behind an earlier sealed entry, which anyone can check."""

    index: Index
    salt: Hash
    body: Hex

    @classmethod
    def of(cls, index: int, salt: bytes, body: bytes) -> "Revealed":
        return cls(index, salt.hex(), body.hex())

    def check(self, at_index: Entry) -> bytes:
        """The body, if this reveals `at_index`, the entry that stands at `index`.

        Raises EntryError if that is no sealed entry, RevealError if salt and body are not those behind it.
        """
        if not isinstance(at_index, Sealed):
            raise EntryError(f"entry {self.index} is not sealed, so nothing of it can be revealed")
        body = bytes.fromhex(self.body)
        sealed.check_reveal(bytes.fromhex(at_index.commitment), bytes.fromhex(self.salt), body)
        return body


@register("key-rotated/v1")
@dataclass(frozen=True, slots=True)
class KeyRotated(Entry):
    """The log's key is replaced: from the next checkpoint on the new key signs, and both keys say so here."""

    origin: Origin
    old_key: VerifierKey
    new_key: VerifierKey
    old_signature: Signature
    new_signature: Signature

    @classmethod
    def of(cls, origin: str, old: SigningKey, new: SigningKey) -> "KeyRotated":
        """The handover, signed with both keys over the origin and both verifier keys."""
        old_key, new_key = (NoteKey(origin, ED25519, key.verify_key).vkey for key in (old, new))
        statement: tuple[Field, ...] = (origin, old_key, new_key)
        signatures = [key.sign_fields(_ROTATION_DOMAIN, *statement).hex() for key in (old, new)]
        return cls(origin, old_key, new_key, *signatures)

    def check(self) -> tuple[NoteKey, NoteKey]:
        """(old key, new key), if both signed; SignatureError otherwise, NoteError for a malformed key."""
        keys = NoteKey.parse(self.old_key), NoteKey.parse(self.new_key)
        statement: tuple[Field, ...] = (self.origin, self.old_key, self.new_key)
        try:
            for key, signature in zip(keys, (self.old_signature, self.new_signature), strict=True):
                key.key.verify_fields(bytes.fromhex(signature), _ROTATION_DOMAIN, *statement)
        except VerificationError as error:
            raise SignatureError("the handover of the log's key is not signed by both keys") from error
        return keys
