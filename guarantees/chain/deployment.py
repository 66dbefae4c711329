"""Which contracts on which chain: the JSON file that `sunseal chain deploy` or an operator writes.

    {"chain_id": 20170117,
     "contracts": {"GuaranteeRegistry": {"address": "0x...", "block": 1},
                   "LedgerAnchor": {"address": "0x...", "block": 2}}}

`block` is one that is not above the deployment's; from the lower of the two the index begins. An address may also stand
alone instead of the object, and the names directly beside `chain_id`; the index then begins at block 0.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guarantees.chain.abi import ANCHOR, REGISTRY
from guarantees.chain.errors import ConfigurationError

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """The chain's id, the contracts' addresses (20 bytes), and the block from which their events are looked for."""

    chain_id: int
    registry: bytes
    ledger_anchor: bytes
    first_block: int = 0

    def address(self, contract: str) -> bytes:
        """Of the contract with this name. KeyError for another."""
        return {REGISTRY: self.registry, ANCHOR: self.ledger_anchor}[contract]

    def name(self, address: bytes) -> str:
        """Of the contract at this address. KeyError for another."""
        return {self.registry: REGISTRY, self.ledger_anchor: ANCHOR}[address]

    @classmethod
    def read(cls, path: Path) -> "Deployment":
        """The file's. ConfigurationError if it cannot be read or does not say."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"the contracts' file {path} cannot be read: {error}") from error
        try:
            found = json.loads(text)
            named = found.get("contracts", found)
            (registry, first), (anchor, second) = _place(named[REGISTRY]), _place(named[ANCHOR])
            chain_id = found["chain_id"]
        except (ValueError, KeyError, TypeError, AttributeError):
            chain_id, registry, anchor, first, second = 0, b"", b"", 0, 0
        if type(chain_id) is not int or chain_id < 1 or not registry or not anchor:
            raise ConfigurationError(
                f"the contracts' file {path} does not name chain_id, {REGISTRY} and {ANCHOR}: "
                "`sunseal chain deploy` writes one"
            )
        return cls(chain_id, registry, anchor, min(first, second))


def _place(found: Any) -> tuple[bytes, int]:
    address, block = (found, 0) if isinstance(found, str) else (found["address"], found.get("block", 0))
    if not _ADDRESS.fullmatch(address) or type(block) is not int or block < 0:
        raise ValueError("not an address and a block")
    return bytes.fromhex(address[2:]), block
