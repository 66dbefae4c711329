"""The body of the native stanzas: the file key under ChaCha20-Poly1305 with a key used once (c2sp.org/age)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.age.header import FILE_KEY_SIZE, Stanza

BODY_SIZE = FILE_KEY_SIZE + 16
_NONCE = bytes(12)


def seal_body(key: bytes, file_key: bytes) -> bytes:
    """32 bytes under `key`, which seals this one file key and nothing else."""
    return ChaCha20Poly1305(key).encrypt(_NONCE, file_key, None)


def open_body(stanza: Stanza, key: bytes) -> bytes | None:
    """The file key in the stanza's body, or None if `key` is not the one it was sealed with."""
    try:
        return ChaCha20Poly1305(key).decrypt(_NONCE, stanza.body, None)
    except InvalidTag:
        return None
