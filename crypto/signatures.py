"""Ed25519 signatures of parties and of the log (RFC 8032), through `cryptography`.

What a party signs of ours is always `encode(domain, ...)`: a signature made for one purpose fits no other.
Formats that prescribe their own signed bytes (signed notes, cosignatures) use `sign` and `verify` on those.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl import bindings

from crypto.encoding import Field, encode
from crypto.errors import EncodingError, VerificationError

SEED_SIZE = 32
PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public Ed25519 key: 32 bytes, a canonical point of prime order, or EncodingError."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != PUBLIC_KEY_SIZE:
            raise EncodingError(f"an Ed25519 public key has {PUBLIC_KEY_SIZE} bytes, not {len(self.raw)}")
        # Under a key of small order one signature fits many messages, and nobody needs its secret.
        if not bindings.crypto_core_ed25519_is_valid_point(self.raw):
            raise EncodingError("not an Ed25519 public key: no canonical point of prime order")

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises VerificationError unless `signature` is this key's over `message`.

        OpenSSL's rules: cofactorless, canonical s.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise VerificationError("the Ed25519 signature is not this key's over this message") from error

    def verify_fields(self, signature: bytes, domain: str, *fields: Field) -> None:
        """`verify` over `encode(domain, *fields)`."""
        self.verify(signature, encode(domain, *fields))


class SigningKey:
    """A secret Ed25519 key, made from a 32-byte seed; it never prints itself."""

    __slots__ = ("_key", "verify_key")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise EncodingError(f"an Ed25519 seed has {SEED_SIZE} bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verify_key = VerifyKey(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes, deterministic (RFC 8032 section 5.1.6)."""
        return self._key.sign(message)

    def sign_fields(self, domain: str, *fields: Field) -> bytes:
        """`sign` over `encode(domain, *fields)`."""
        return self.sign(encode(domain, *fields))

    def __repr__(self) -> str:
        return f"SigningKey(verify_key={self.verify_key.raw.hex()})"
