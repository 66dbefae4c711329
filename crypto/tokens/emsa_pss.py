"""EMSA-PSS-ENCODE of RFC 8017 section 9.1.1, with SHA-384 and MGF1-SHA-384.

Ours because libraries expose RSA-PSS only whole, signing included, and a blind signature needs the encoded
message before anyone signs it. Verification stays with `cryptography`.
"""

import hashlib

from crypto.tokens.errors import TokenKeyError

HASH_SIZE = 48
SALT_SIZE = 48
"""sLen of RSABSSA-SHA384-PSS; the PSSZERO variants have 0."""

_TRAILER = b"\xbc"


def encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """The encoded message: ceil(bits / 8) bytes, as a big-endian integer below 2^bits.

    `bits` is the length of the modulus less one. Steps 1 and 4 of the RFC, the hash function's own limit and
    the drawing of the salt, are the caller's. Raises TokenKeyError if the modulus is too short for both.
    """
    # 2. mHash
    message_hash = _sha384(message)
    # 3. There is room
    size = (bits + 7) // 8
    if size < HASH_SIZE + len(salt) + 2:
        raise TokenKeyError(
            f"a modulus of {bits + 1} bits is too short for SHA-384 and {len(salt)} bytes of salt"
        )
    # 5, 6. H = Hash(eight zero bytes || mHash || salt)
    digest = _sha384(bytes(8) + message_hash + salt)
    # 7, 8. DB = zeros || 0x01 || salt
    block = bytes(size - len(salt) - HASH_SIZE - 2) + b"\x01" + salt
    # 9, 10. maskedDB
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mgf1(digest, len(block)), "big")
    # 11. Clear the bits above `bits`
    masked &= (1 << (8 * len(block) - (8 * size - bits))) - 1
    # 12, 13. EM
    return masked.to_bytes(len(block), "big") + digest + _TRAILER


def _mgf1(seed: bytes, size: int) -> bytes:
    """MGF1 of RFC 8017 appendix B.2.1."""
    blocks = (size + HASH_SIZE - 1) // HASH_SIZE
    return b"".join(_sha384(seed + counter.to_bytes(4, "big")) for counter in range(blocks))[:size]


def _sha384(data: bytes) -> bytes:
    return hashlib.sha384(data).digest()
