"""What a bidder's receipt reveals: the sealed entry of the ledger, its salt, and the fact behind it.

Two forms, both of docs/spec/submission.md: the file that the browser saves, {"body", "salt", "receipt"} as JSON, and
the three apart, as `sunseal bid` keeps them in a bid's folder.
"""

import json
from dataclasses import dataclass
from typing import Self

from crypto import canonical_json
from crypto.errors import CryptoError
from guarantees.errors import RefusedError
from ledger.errors import LedgerError
from ledger.proof import TlogProof
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Reveal:
    """Where the sealed entry stands, its salt, and its body."""

    index: int
    salt: bytes
    body: bytes

    @classmethod
    def of_receipt(cls, data: bytes, name: str) -> Self:
        """Out of the file that was saved. RefusedError for anything else, with the name that the person gave it."""
        try:
            saved = json.loads(data)
            salt = bytes.fromhex(saved["salt"])
            proof = TlogProof.parse(saved["receipt"].encode())
            return cls(proof.index, salt, canonical_json.dumps(saved["body"]))
        except (ValueError, KeyError, TypeError, AttributeError, LedgerError, CryptoError) as error:
            raise RefusedError(
                "receipt-unreadable",
                Said(
                    f"“{name}”不是投标或者撤回的回执。请选择提交、撤回时下载的 receipt-….json 文件。",
                    f"“{name}” is no receipt of a bid or a withdrawal. Choose the file receipt-….json that was saved "
                    f"when the bid was submitted or withdrawn.",
                ),
            ) from error
