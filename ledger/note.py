"""Signed notes and verifier keys (c2sp.org/signed-note), with Ed25519 signatures of type 0x01.

    text, ending in a newline
    (empty line)
    — <key name> base64(key ID || signature)

A note's bytes and its value are one to one: what parses formats back to the same bytes. Parsing checks no
signature; a text must not be used before `verify` (or a cosignature, ledger.cosignature) vouches for it.

Stricter than the specification asks, as everything here: base64 is canonical, a note has at most
MAX_SIGNATURES signatures and MAX_NOTE_SIZE bytes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crypto.errors import EncodingError, VerificationError
from crypto.signatures import PUBLIC_KEY_SIZE, SigningKey, VerifyKey
from ledger.errors import MalformedError, NoteError, SignatureError

ED25519 = 0x01
"""Signature type: Ed25519 over the note's text."""
COSIGNATURE_V1 = 0x04
"""Signature type: timestamped Ed25519 cosignature of a checkpoint (ledger.cosignature)."""

KEY_ID_SIZE = 4
MAX_SIGNATURES = 100
MAX_NOTE_SIZE = 1 << 20

_LINE_START = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_ID_HEX = re.compile(r"[0-9a-f]{8}")


def encode_base64(data: bytes) -> str:
    """The canonical base64 of RFC 4648 section 4, padded."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """The bytes whose canonical base64 is exactly `text`; MalformedError for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("not base64") from error
    # Python takes any bits behind the last byte; only zeroes are canonical.
    if encode_base64(data) != text:
        raise MalformedError("base64, but not in its canonical form")
    return data


def require_key_name(name: str) -> None:
    """Raises NoteError unless `name` can name a key: not empty, no Unicode space, no plus, no control."""
    if not name or "+" in name or any(character.isspace() for character in name) or _CONTROL.search(name):
        raise NoteError(f"not a key name (empty, or with a space, a plus or a control character): {name!r}")
    _utf8(name)


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Who may sign a note, and how: a key name, a signature type of the two above, an Ed25519 key."""

    name: str
    signature_type: int
    key: VerifyKey

    def __post_init__(self) -> None:
        require_key_name(self.name)
        if self.signature_type not in (ED25519, COSIGNATURE_V1):
            raise NoteError(f"signature type 0x{self.signature_type:02x} is not supported here")

    @property
    def key_id(self) -> bytes:
        """SHA-256(key name || 0x0A || signature type || public key)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._material).digest()[:KEY_ID_SIZE]

    @property
    def vkey(self) -> str:
        """<key name>+hex(key ID)+base64(signature type || public key)."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self._material)}"

    @classmethod
    def parse(cls, vkey: str) -> "NoteKey":
        """The key of a verifier key's text; NoteError for anything else, also for a key ID not its own."""
        match vkey.split("+", 2):
            case [name, key_id, material64]:
                pass
            case _:
                raise NoteError("not a verifier key: it has three parts, name+ID+key")
        try:
            material = decode_base64(material64)
        except MalformedError as error:
            raise NoteError(f"not a verifier key: {error}") from error
        if len(material) != 1 + PUBLIC_KEY_SIZE:
            raise NoteError(f"not an Ed25519 verifier key: {len(material)} bytes, not {1 + PUBLIC_KEY_SIZE}")
        try:
            key = cls(name, material[0], VerifyKey(material[1:]))
        except NoteError:
            raise
        except EncodingError as error:
            raise NoteError(f"not an Ed25519 verifier key: {error}") from error
        if not _KEY_ID_HEX.fullmatch(key_id) or bytes.fromhex(key_id) != key.key_id:
            raise NoteError(
                f"the key ID of the verifier key is {key_id!r}, but its key's is {key.key_id.hex()}"
            )
        return key

    @property
    def _material(self) -> bytes:
        return bytes([self.signature_type]) + self.key.raw


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line, of a known key or not: `signature` is what follows the 4 bytes of the key ID."""

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        require_key_name(self.name)
        if len(self.key_id) != KEY_ID_SIZE or not self.signature:
            raise NoteError("a signature line holds a key ID of 4 bytes and a signature")

    @property
    def line(self) -> str:
        """The line with its newline."""
        return f"{_LINE_START}{self.name} {encode_base64(self.key_id + self.signature)}\n"


def parse_signature_lines(text: str) -> tuple[NoteSignature, ...]:
    """One signature line or more, each with its newline; NoteError for anything else."""
    if not text.endswith("\n"):
        raise NoteError("the last signature line does not end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
    return tuple(_parse_signature_line(line) for line in lines)


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, in their order, none of them verified.

    Raises NoteError for a text without a newline at its end or with a control character, and for a number
    of signatures out of 1..MAX_SIGNATURES.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        _utf8(self.text)
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise NoteError("a note's text ends in a newline and has no other control character")
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise NoteError(f"a note has 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}")

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """The note whose bytes are exactly `data`; NoteError for anything else."""
        if len(data) > MAX_NOTE_SIZE:
            raise NoteError(f"a note has at most {MAX_NOTE_SIZE} bytes")
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteError("a note is UTF-8") from error
        text, blank, lines = whole.rpartition("\n\n")
        if not blank:
            raise NoteError("no empty line between the text and the signatures of the note")
        return cls(text + "\n", parse_signature_lines(lines))

    def to_bytes(self) -> bytes:
        """The note as it is stored and sent."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def signed_also(self, signatures: Iterable[NoteSignature]) -> "Note":
        """This note with more signatures at its end; each replaces those of the same key name and ID."""
        added = {(signature.name, signature.key_id): signature for signature in signatures}
        kept = [old for old in self.signatures if (old.name, old.key_id) not in added]
        return Note(self.text, (*kept, *added.values()))


def sign(text: str, name: str, key: SigningKey) -> NoteSignature:
    """The Ed25519 signature (type 0x01) over a note's text."""
    signer = NoteKey(name, ED25519, key.verify_key)
    return NoteSignature(name, signer.key_id, key.sign(_utf8(text)))


def verify(note: Note, keys: Sequence[NoteKey]) -> tuple[NoteKey, ...]:
    """Those of `keys`, each once, that signed the note; at least one, or SignatureError.

    1. Ignore every signature whose name and key ID are not those of one of `keys`.
    2. Verify every other one, repeated ones too; one that fails spoils the whole note.
    3. Refuse the note if none is left.

    `keys` are of type 0x01; NoteError if one is not, or if two share name and key ID.
    """
    if any(key.signature_type != ED25519 for key in keys):
        raise NoteError("a note's text is verified with keys of type 0x01")
    signers: dict[NoteKey, None] = {}
    for signature, key in known_signatures(note.signatures, keys):  # 1.
        verify_ed25519(key, signature.signature, note.text.encode())  # 2.
        signers[key] = None
    if not signers:  # 3.
        raise SignatureError(f"no signature of {' or '.join(key.name for key in keys) or 'a known key'}")
    return tuple(signers)


def known_signatures(
    signatures: Iterable[NoteSignature], keys: Sequence[NoteKey]
) -> list[tuple[NoteSignature, NoteKey]]:
    """The signatures with name and key ID of one of `keys`, and that key. Nothing is verified.

    NoteError for keys that are not distinct.
    """
    require_distinct(keys)
    known = {(key.name, key.key_id): key for key in keys}
    pairs = [(signature, known.get((signature.name, signature.key_id))) for signature in signatures]
    return [(signature, key) for signature, key in pairs if key is not None]


def require_distinct(keys: Sequence[NoteKey]) -> None:
    """Raises NoteError if two keys share name and key ID: a signature could be of the one or the other."""
    if len({(key.name, key.key_id) for key in keys}) != len(keys):
        raise NoteError("two of the known keys share name and key ID")


def verify_ed25519(key: NoteKey, signature: bytes, message: bytes) -> None:
    """Raises SignatureError, which names the key, unless the signature over `message` holds."""
    try:
        key.key.verify(signature, message)
    except VerificationError as error:
        raise SignatureError(f"the signature of {key.name}+{key.key_id.hex()} does not hold") from error


def _parse_signature_line(line: str) -> NoteSignature:
    name, space, blob64 = line.removeprefix(_LINE_START).partition(" ")
    if not line.startswith(_LINE_START) or not space:
        raise NoteError("not a signature line: em dash, space, key name, space, base64")
    try:
        blob = decode_base64(blob64)
    except EncodingError as error:
        raise NoteError(f"not a signature line: {error}") from error
    return NoteSignature(name, blob[:KEY_ID_SIZE], blob[KEY_ID_SIZE:])


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoteError("a note is UTF-8, and a lone surrogate is not") from error
