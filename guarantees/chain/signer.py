"""What the gateway asks of a key, wherever that rests: in a keystore file (keystore.py) or in an HSM (pkcs11.py)."""

from typing import Protocol

from guarantees.chain.transaction import Transaction, complete


class Signer(Protocol):
    """A secp256k1 key that signs and is not shown."""

    @property
    def address(self) -> bytes:
        """The account's 20 bytes."""

    def sign(self, digest: bytes) -> tuple[int, int]:
        """r and s of an ECDSA signature over 32 bytes; s may lie in either half. Raises KeystoreError."""


def signed_by(signer: Signer, transaction: Transaction) -> bytes:
    """The bytes to be sent. KeystoreError if the signer fails, or is not the key it says."""
    digest = transaction.digest
    r, s = signer.sign(digest)
    return transaction.signed(complete(r, s, digest, signer.address))
