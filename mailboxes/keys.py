"""The keys of a mailbox, from 16 random bytes that only its owner has. Pure.

identity  X25519: SHA-512(encode("sunseal/<name>-identity/v1", entropy))[:32]; replies are sealed to its recipient
signing   Ed25519: SHA-512(encode("sunseal/<name>-signing/v1", entropy))[:32]; signs what is put in and asked for
mailbox   SHA-512(encode("sunseal/<name>-mailbox/v1", signing key))[:16]; what the platform calls it by
"""

from dataclasses import dataclass, field

from crypto.age import X25519Identity
from crypto.encoding import hash512
from crypto.signatures import SigningKey, VerifyKey
from mailboxes.scheme import Scheme

ENTROPY_SIZE = 16
MAILBOX_SIZE = 16


@dataclass(frozen=True, slots=True)
class MailboxKeys:
    """What the entropy gives. It never prints itself."""

    scheme: Scheme = field(repr=False)
    entropy: bytes = field(repr=False)

    @property
    def identity(self) -> X25519Identity:
        return X25519Identity(hash512(self.scheme.domain("identity"), self.entropy)[:32])

    @property
    def signing(self) -> SigningKey:
        return SigningKey(hash512(self.scheme.domain("signing"), self.entropy)[:32])

    @property
    def mailbox(self) -> bytes:
        return mailbox_of(self.scheme, self.signing.verify_key)


def mailbox_of(scheme: Scheme, key: VerifyKey) -> bytes:
    """What the mailbox is called that this key signs for."""
    return hash512(scheme.domain("mailbox"), key.raw)[:MAILBOX_SIZE]
