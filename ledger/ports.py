"""What the ledger needs of the world, connected in app."""

from typing import Protocol

from ledger.note import NoteKey
from ledger.witness_messages import AddCheckpoint


class TileFiles(Protocol):
    """Where tiles, bundles and the checkpoint are published (storage.public_files)."""

    def put(self, name: str, content: bytes) -> None:
        """Write or replace, durable before it returns."""

    def get(self, name: str) -> bytes:
        """The whole content."""


class Witness(Protocol):
    """One witness, reached by whatever transport."""

    @property
    def vkey(self) -> NoteKey:
        """The key by which it is known."""

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        """The body of its answer. Raises ConflictError with its own size, or another LedgerError."""
