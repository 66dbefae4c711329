"""The ciphersuite COCKTAIL(Ed25519, SHA-512): its labels, H6, and its Schnorr signatures.

Points are raw edwards25519 points, each checked on decoding (the specification's strategy b). The
Diffie-Hellman secrets enter H6 in their RFC 8032 encoding: so do the published vectors, although the text
of version 0.2.1 asks for the ristretto255 encoding (docs/decisions/0004-dkg-secrets-encoding.md).
"""

import hashlib

from crypto.curve import Point, Scalar, base_multiple
from crypto.curve.point import POINT_SIZE
from crypto.curve.scalar import SCALAR_SIZE
from crypto.errors import CryptoError, VerificationError

CIPHERSUITE_ID = b"COCKTAIL(Ed25519, SHA-512)"
SIGNATURE_SIZE = POINT_SIZE + SCALAR_SIZE
_H6 = b"COCKTAIL-DKG-Ed25519-SHA512-H6"
_H7 = b"COCKTAIL-DKG-Ed25519-SHA512-H7"
_NONCE = b"COCKTAIL-DKG-Ed25519-SHA512-NONCE"


def hash_to_scalar(data: bytes) -> Scalar:
    """SHA-512, reduced modulo the order of the group."""
    return Scalar.reduce(hashlib.sha512(data).digest())


def sign(secret: Scalar, message: bytes) -> bytes:
    """Schnorr signature R || z with a deterministic nonce ("Schnorr Sign Algorithm"): 64 bytes.

    CryptoError where the nonce would be zero (one in 2^252): the session is then to be abandoned.
    """
    public = base_multiple(secret)  # 1
    nonce = hash_to_scalar(_NONCE + secret.raw + message)  # 2
    if nonce.is_zero():  # 3
        raise CryptoError("the signature's nonce is zero: start a new session with another context")
    commitment = base_multiple(nonce)  # 4
    challenge = hash_to_scalar(_H7 + commitment.raw + public.raw + message)  # 5
    return commitment.raw + (nonce + challenge * secret).raw  # 6, 7


def verify(public: Point, signature: bytes, message: bytes) -> None:
    """VerificationError unless `signature` is `public`'s over `message` ("Schnorr Verify Algorithm")."""
    if len(signature) != SIGNATURE_SIZE:
        raise VerificationError(f"a Schnorr signature has {SIGNATURE_SIZE} bytes, not {len(signature)}")
    try:
        response = Scalar(signature[POINT_SIZE:])  # 1
        commitment = Point(signature[:POINT_SIZE])  # 2
        challenge = hash_to_scalar(_H7 + commitment.raw + public.raw + message)  # 3
        holds = base_multiple(response) == commitment + challenge * public  # 4, 5, 6
    except CryptoError as error:
        raise VerificationError("the Schnorr signature is malformed") from error
    if not holds:
        raise VerificationError("the Schnorr signature is not this key's over this message")


def encryption_key(
    secrets: tuple[Point, Point], ephemeral: Point, sender: Point, recipient: Point, context: bytes
) -> tuple[bytes, bytes]:
    """(key, nonce) for one share: H6 of the two Diffie-Hellman secrets, ephemeral and static."""
    digest = hashlib.sha512(
        b"".join(
            (
                _H6,
                *(secret.raw for secret in secrets),
                ephemeral.raw,
                sender.raw,
                recipient.raw,
                len(context).to_bytes(8, "little"),
                context,
            )
        )
    ).digest()
    return digest[:32], digest[32:56]
