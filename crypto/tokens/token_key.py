"""The issuer's public key as it is published, and the id tokens name it by (RFC 9578 section 6.5)."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.tokens.errors import TokenEncodingError, TokenKeyError

MODULUS_BITS = 2048
PUBLIC_EXPONENT = 65537

# SubjectPublicKeyInfo up to the RSAPublicKey of 270 bytes: id-RSASSA-PSS with SHA-384, MGF1-SHA-384, salt 48
# (RFC 9578 section 8.2.2). `cryptography` writes rsaEncryption there, which the token key id must not have.
_SPKI_HEAD = bytes.fromhex(
    "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b"
    "0609608648016503040202a2030201300382010f00"
)


def encode_key(public_key: RSAPublicKey) -> bytes:
    """342 bytes; TokenKeyError unless the key has 2048 bits and the exponent 65537."""
    if public_key.key_size != MODULUS_BITS or public_key.public_numbers().e != PUBLIC_EXPONENT:
        raise TokenKeyError(f"a token key is RSA of {MODULUS_BITS} bits with exponent {PUBLIC_EXPONENT}")
    return _SPKI_HEAD + public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def decode_key(spki: bytes) -> RSAPublicKey:
    """The inverse of `encode_key`; TokenEncodingError for any other bytes."""
    try:
        # The modulus is where encode_key puts it, or the bytes differ
        key = RSAPublicNumbers(PUBLIC_EXPONENT, int.from_bytes(spki[-261:-5], "big")).public_key()
        if encode_key(key) == spki:
            return key
    except (TokenKeyError, ValueError):
        pass
    raise TokenEncodingError(
        "not a SubjectPublicKeyInfo of token type 2: RSASSA-PSS, SHA-384, salt 48, 2048 bits"
    )


def token_key_id(public_key: RSAPublicKey) -> bytes:
    """SHA-256 of the published key: 32 bytes (RFC 9578 section 6.5)."""
    return hashlib.sha256(encode_key(public_key)).digest()
