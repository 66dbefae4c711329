"""The X25519 recipient type (c2sp.org/age, "The X25519 recipient type")."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl import bindings, exceptions

from crypto.age import base64, bech32
from crypto.age.errors import HeaderError
from crypto.age.file_key import BODY_SIZE, open_body, seal_body
from crypto.age.header import Stanza
from crypto.errors import EncodingError
from crypto.randomness import RandomBytes

STANZA_TYPE = "X25519"
KEY_SIZE = 32
_INFO = b"age-encryption.org/v1/X25519"
_RECIPIENT_PREFIX = "age"
_IDENTITY_PREFIX = "age-secret-key-"


class X25519Recipient:
    """A public key that files are sealed to: `age1...`."""

    __slots__ = ("public",)

    def __init__(self, public: bytes) -> None:
        """From the 32-byte u-coordinate."""
        if len(public) != KEY_SIZE:
            raise EncodingError(f"an X25519 public key has {KEY_SIZE} bytes, not {len(public)}")
        self.public = public

    @classmethod
    def parse(cls, text: str) -> "X25519Recipient":
        """EncodingError unless `text` is the Bech32 of a recipient."""
        prefix, public = bech32.decode(text)
        if prefix != _RECIPIENT_PREFIX:
            raise EncodingError("not an X25519 recipient: it does not begin with age1")
        return cls(public)

    def wrap(self, file_key: bytes, random: RandomBytes) -> Stanza:
        """The file key sealed to this recipient. EncodingError if the recipient is a point of small order."""
        ephemeral = random(KEY_SIZE)
        share = bindings.crypto_scalarmult_base(ephemeral)
        secret = _shared_secret(ephemeral, self.public)
        key = wrap_key(secret, share, self.public)
        return Stanza(STANZA_TYPE, (base64.encode(share),), seal_body(key, file_key))

    def __str__(self) -> str:
        return bech32.encode(_RECIPIENT_PREFIX, self.public)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and self.public == other.public

    def __hash__(self) -> int:
        return hash((X25519Recipient, self.public))

    def __repr__(self) -> str:
        return f"X25519Recipient({self})"


class X25519Identity:
    """A secret key that opens what was sealed to its recipient. It prints only the recipient."""

    __slots__ = ("_secret", "recipient")

    def __init__(self, secret: bytes) -> None:
        """From 32 random bytes."""
        if len(secret) != KEY_SIZE:
            raise EncodingError(f"an X25519 secret key has {KEY_SIZE} bytes, not {len(secret)}")
        self._secret = secret
        self.recipient = X25519Recipient(bindings.crypto_scalarmult_base(secret))

    @classmethod
    def parse(cls, text: str) -> "X25519Identity":
        """EncodingError unless `text` is the Bech32 of an identity (upper case by custom)."""
        prefix, secret = bech32.decode(text)
        if prefix != _IDENTITY_PREFIX:
            raise EncodingError("not an X25519 identity: it does not begin with AGE-SECRET-KEY-1")
        return cls(secret)

    def reveal(self) -> str:
        """The Bech32 of the secret key, for the one file that keeps it."""
        return bech32.encode(_IDENTITY_PREFIX, self._secret).upper()

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, from the first stanza that is ours, or None. HeaderError if one is malformed."""
        for stanza in stanzas:
            if stanza.type != STANZA_TYPE:
                continue
            share = ephemeral_share(stanza)
            try:
                secret = _shared_secret(self._secret, share)
            except EncodingError as error:
                raise HeaderError("the ephemeral share of an X25519 stanza is of small order") from error
            file_key = open_body(stanza, wrap_key(secret, share, self.recipient.public))
            if file_key is not None:
                return file_key
        return None

    def __repr__(self) -> str:
        return f"X25519Identity(recipient={self.recipient})"


def ephemeral_share(stanza: Stanza) -> bytes:
    """The 32-byte share of a well-formed X25519 stanza; HeaderError for a malformed one."""
    if len(stanza.args) != 1:
        raise HeaderError(f"an X25519 stanza has two arguments, not {len(stanza.args) + 1}")
    try:
        share = base64.decode(stanza.args[0])
    except EncodingError as error:
        raise HeaderError(f"the share of an X25519 stanza is {error}") from error
    if len(share) != KEY_SIZE:
        raise HeaderError(f"the share of an X25519 stanza has {KEY_SIZE} bytes, not {len(share)}")
    if len(stanza.body) != BODY_SIZE:  # before any decryption: partitioning oracles
        raise HeaderError(f"the body of an X25519 stanza has {BODY_SIZE} bytes, not {len(stanza.body)}")
    return share


def wrap_key(secret: bytes, share: bytes, recipient: bytes) -> bytes:
    """HKDF-SHA-256(ikm = shared secret, salt = share || recipient, info = "age-encryption.org/v1/X25519")."""
    return HKDF(SHA256(), 32, salt=share + recipient, info=_INFO).derive(secret)


def _shared_secret(secret: bytes, public: bytes) -> bytes:
    """X25519(secret, public), RFC 7748 section 5; EncodingError where it would be all zeros."""
    try:
        return bindings.crypto_scalarmult(secret, public)
    except exceptions.RuntimeError as error:  # libsodium refuses the all-zero result
        raise EncodingError("the X25519 public value is of small order") from error
