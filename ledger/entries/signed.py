"""Entries that a party signs, so that whoever relays them cannot make or change them.

    signature = Ed25519 over encode("sunseal/signed-entry/v1", statement)
    statement = RFC 8785 of the entry with its type and without its field `signature`

The type stands in the statement, and so does the log's origin: a signature fits one entry of one log.
"""

from dataclasses import replace
from typing import Self

from crypto import canonical_json
from crypto.errors import VerificationError
from crypto.signatures import SigningKey, VerifyKey
from ledger.entries.registry import Entry, encode
from ledger.errors import SignatureError

DOMAIN = "sunseal/signed-entry/v1"
UNSIGNED = "00" * 64
"""What stands in the place of the signature until there is one."""


class SignedEntry(Entry):
    """The parent of entries with the fields `origin` and `signature`."""

    __slots__ = ()

    origin: str
    signature: str

    def statement(self) -> bytes:
        """What is signed, before its encoding. EntryError for a value that the type does not allow."""
        value = canonical_json.loads(encode(self))
        if not isinstance(value, dict):  # pragma: no cover - every entry is an object
            raise TypeError("an entry is an object")
        del value["signature"]
        return canonical_json.dumps(value)

    def signed_by(self, key: SigningKey) -> Self:
        """The same entry with `key`'s signature."""
        return replace(self, signature=key.sign_fields(DOMAIN, self.statement()).hex())  # type: ignore[type-var]

    def check_signature(self, key: VerifyKey) -> None:
        """SignatureError unless `key` signed this entry."""
        try:
            key.verify_fields(bytes.fromhex(self.signature), DOMAIN, self.statement())
        except VerificationError as error:
            raise SignatureError(
                f"the {type(self).__name__} entry is not signed by the key that it needs"
            ) from error
