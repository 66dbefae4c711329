"""The bidder's side of `signature.json`: a secret key that signs a manifest.

The key is in the caller's hands only, and none of it is in any message here. ECDSA and PSS draw random bytes inside the
library, so under a certificate of those kinds two signatures of one manifest differ.
"""

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from bidding.package.errors import SignerError
from bidding.package.names import SIGNATURE
from bidding.package.signature import ManifestSignature, signed_bytes

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey

Sign = Callable[[bytes], ManifestSignature]
"""Gives the signature for the bytes of a manifest."""


def sign_by_key(key: Ed25519PrivateKey) -> Sign:
    """By a key that the bidder has registered."""
    public = key.public_key().public_bytes_raw().hex()
    return lambda manifest: ManifestSignature(public, (), key.sign(signed_bytes(manifest)).hex())


def sign_by_certificate(key: PrivateKey, chain: Sequence[bytes]) -> Sign:
    """By the key of the first of these DER certificates, each issued by the next one, without the root."""
    encoded = tuple(der.hex() for der in chain)
    return lambda manifest: ManifestSignature("", encoded, signature_of(key, signed_bytes(manifest)).hex())


def signature_of(key: PrivateKey, message: bytes) -> bytes:
    """As crypto.certificates.verify_signature takes it. SignerError for a curve that it does not take."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, RSAPrivateKey):
        return key.sign(message, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
    hashes = {"secp256r1": SHA256(), "secp384r1": SHA384()}
    if key.curve.name not in hashes:
        raise SignerError("signer", SIGNATURE, reason=f"{key.curve.name} is neither P-256 nor P-384")
    return key.sign(message, ECDSA(hashes[key.curve.name]))
