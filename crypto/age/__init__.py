"""The age file format, version 1 (c2sp.org/age): a sealed file that any age program can make or open.

    encrypt(source, target, [recipient.wrap, ...], random=token_bytes)
    decrypt(source, target, [identity.unwrap, ...])

Recipients and identities are callbacks on the file key (`Wrap`, `Unwrap`), so that a threshold of
keyholders can stand in an identity's place (`crypto.threshold.opening`).
"""

from crypto.age.errors import (
    AgeError,
    ArmorError,
    HeaderError,
    HeaderMacError,
    NoMatchError,
    PayloadError,
)
from crypto.age.file import Unwrap, Wrap, decrypt, encrypt, open_payload, open_payload_to, read_header, unlock
from crypto.age.header import Header, Stanza
from crypto.age.payload import PayloadReader
from crypto.age.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "AgeError",
    "ArmorError",
    "Header",
    "HeaderError",
    "HeaderMacError",
    "NoMatchError",
    "PayloadError",
    "PayloadReader",
    "Stanza",
    "Unwrap",
    "Wrap",
    "X25519Identity",
    "X25519Recipient",
    "decrypt",
    "encrypt",
    "open_payload",
    "open_payload_to",
    "read_header",
    "unlock",
]
