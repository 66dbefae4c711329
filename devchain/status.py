"""A chain's state, read from its folder beside a node that may be running."""

import json
from dataclasses import dataclass

from eth.db.atomic import AtomicDB

from devchain.errors import FolderError
from devchain.evm import DevEvm
from devchain.folder import Folder
from devchain.store import Store


@dataclass(frozen=True, slots=True)
class Status:
    """The head, whether a node holds the folder, and the addresses of what was deployed by name."""

    number: int
    hash: bytes
    timestamp: int
    is_running: bool
    contracts: dict[str, str]


def read_status(folder: Folder) -> Status:
    """FolderError if there is no chain."""
    if not folder.chain.exists():
        raise FolderError(f"no chain in {folder.path}: `sunseal chain run` begins one")
    store = Store(folder.chain, read_only=True)
    try:
        head = DevEvm(AtomicDB(store.nodes)).get_canonical_head()
    finally:
        store.close()
    return Status(head.block_number, head.hash, head.timestamp, folder.is_running(), _contracts(folder))


def _contracts(folder: Folder) -> dict[str, str]:
    if not folder.contracts.exists():
        return {}
    found = json.loads(folder.contracts.read_text("utf-8"))["contracts"]
    return {name: one["address"] for name, one in found.items()}
