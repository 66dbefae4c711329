"""The keys that blind tokens are issued with: on the ledger, so that everyone sees which there are, and that they are
the same for all (docs/spec/submission.md)."""

import hashlib
from dataclasses import dataclass

from ledger.entries.fields import Hex, IssuerName, Time
from ledger.entries.registry import Entry, register
from ledger.errors import EntryError


@register("token-key-published/v1")
@dataclass(frozen=True, slots=True)
class TokenKeyPublished(Entry):
    """A key for blind tokens: issued with from `not_before` to before `issue_until`, redeemed until `redeem_until`.

    `key` is the SubjectPublicKeyInfo of RFC 9578 section 8.2.2. The issue times of two keys of one issuer never
    overlap: whoever sees two that do has proof that bidders could have been told apart.
    """

    issuer: IssuerName
    key: Hex
    not_before: Time
    issue_until: Time
    redeem_until: Time

    def key_id(self) -> bytes:
        """The token key id of RFC 9578 section 6.5: 32 bytes."""
        return hashlib.sha256(bytes.fromhex(self.key)).digest()

    def check_after(self, earlier: "TokenKeyPublished") -> None:
        """EntryError if both could be issued with at one time."""
        if (
            self.issuer == earlier.issuer
            and self.not_before < earlier.issue_until
            and earlier.not_before < self.issue_until
        ):
            raise EntryError("two keys for tokens are issued with at one time: bidders could be told apart")
