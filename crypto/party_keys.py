"""A party's public key as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), whichever kind it is, and its signatures.

Taken are RSA of 2048 bits or more, P-256, P-384 and Ed25519: the kinds that a party's certificate may have
(crypto.certificates). A key is called by its id, SHA-256 of the SubjectPublicKeyInfo, so that a certificate that is
renewed for the same key, or re-encoded, still names that key.
"""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from crypto.errors import EncodingError, VerificationError
from crypto.signatures import VerifyKey

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_SPKI_SIZE = 2048

_CURVE_HASHES: dict[str, HashAlgorithm] = {"secp256r1": SHA256(), "secp384r1": SHA384()}


def supported(key: object) -> PublicKey:
    """The key, if it is of a kind that a party may have; VerificationError otherwise."""
    if (
        (isinstance(key, RSAPublicKey) and MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS)
        or (isinstance(key, EllipticCurvePublicKey) and key.curve.name in _CURVE_HASHES)
        or isinstance(key, Ed25519PublicKey)
    ):
        return key
    raise VerificationError(f"a party's key is RSA of {MIN_RSA_BITS} bits or more, P-256, P-384 or Ed25519")


def parse_spki(der: bytes) -> PublicKey:
    """The key whose SubjectPublicKeyInfo is exactly `der`.

    Raises EncodingError for other bytes, a second encoding of the same key among them, and VerificationError for a
    kind of key that is not taken.
    """
    if len(der) > MAX_SPKI_SIZE:
        raise EncodingError(f"a SubjectPublicKeyInfo has at most {MAX_SPKI_SIZE} bytes here")
    try:
        key = supported(load_der_public_key(der))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise EncodingError("not a SubjectPublicKeyInfo in DER that can be read") from error
    if spki(key) != der:
        raise EncodingError("not the one canonical SubjectPublicKeyInfo of that key")
    if isinstance(key, Ed25519PublicKey):
        VerifyKey(key.public_bytes_raw())  # of prime order, or EncodingError
    return key


def spki(key: PublicKey) -> bytes:
    """The SubjectPublicKeyInfo in DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(spki_der: bytes) -> str:
    """What the key is called: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal."""
    return hashlib.sha256(spki_der).hexdigest()


def verify(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Raises VerificationError unless `key` made `signature` over `message`.

    By the key: RSASSA-PSS with SHA-256 and 32 bytes of salt; ECDSA, in DER, with SHA-256 on P-256 and SHA-384 on
    P-384; Ed25519. Of an ECDSA signature there is always a second form that verifies too.
    """
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, message, ECDSA(_CURVE_HASHES[key.curve.name]))
        else:
            key.verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise VerificationError("the signature is not this key's over this message") from error
