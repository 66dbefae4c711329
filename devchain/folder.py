"""A development chain's folder: its keys, its file, its lock, and what was deployed on it.

keys.json        the funded accounts, made on first start; readable by the owner alone
chain.sqlite     the chain
contracts.json   addresses, written by `sunseal chain deploy`
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_keys.datatypes import PrivateKey

from devchain.errors import FolderError

NAMES = (
    "deployer",
    "regulator",
    "poster",
    "guarantor",
    "guarantor-2",
    "guarantor-3",
    "beneficiary",
    "beneficiary-2",
)
"""Whom the keys are for. `deployer` signs deployments and nothing else, so that their addresses are predictable."""


@dataclass(frozen=True, slots=True)
class Account:
    """A funded key. Its text never shows the key."""

    name: str
    key: PrivateKey

    def __repr__(self) -> str:
        return f"Account({self.name} {self.address})"

    @property
    def address(self) -> str:
        """With the checksum of EIP-55."""
        return self.key.public_key.to_checksum_address()


@dataclass(frozen=True, slots=True)
class Folder:
    """Where things are; nothing is made before it is needed."""

    path: Path

    @property
    def keys(self) -> Path:
        return self.path / "keys.json"

    @property
    def chain(self) -> Path:
        return self.path / "chain.sqlite"

    @property
    def contracts(self) -> Path:
        return self.path / "contracts.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder, made if need be, for one process. The kernel lets go when the process ends, however.

        Raises FolderError if another holds it. For local disks: flock over a network is another matter.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderError(
                    f"another `sunseal chain run` has {self.path}: stop it, or name another folder with --var"
                ) from None
            yield
        finally:
            os.close(descriptor)

    def is_running(self) -> bool:
        """Whether a node holds the folder at this moment."""
        try:
            with self.locked():
                return False
        except FolderError:
            return True

    def accounts(self) -> list[Account]:
        """The funded accounts. FolderError if there are none, or the file is not whole."""
        try:
            found = json.loads(self.keys.read_text("utf-8"))
            return [Account(name, PrivateKey(bytes.fromhex(key[2:]))) for name, key in found.items()]
        except FileNotFoundError:
            raise FolderError(
                f"{self.keys} is missing: `sunseal chain run` makes it with a new chain"
            ) from None
        except (ValueError, TypeError, AttributeError):
            raise FolderError(f"{self.keys} does not hold private keys by name") from None

    def make_accounts(self, random: Callable[[int], bytes]) -> list[Account]:
        """The funded accounts, made first if there are none. FolderError if a chain stands without its keys."""
        if not self.keys.exists():
            if self.chain.exists():
                raise FolderError(
                    f"{self.chain} is there without {self.keys}: put the keys back, or remove it"
                )
            made = {name: "0x" + random(32).hex() for name in NAMES}
            write_private(self.keys, json.dumps(made, indent=1) + "\n")
        return self.accounts()


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and for the owner's eyes only from the first byte."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
