"""The ledger's tables. Only this package's own modules read or write them.

An entry is pending until the sequencer gives it an index. The head has one row, and three sizes that only
grow: `size`, up to which indices are given; `stored_size`, up to which tiles are durable; `published_size`, up
to which a checkpoint with its quorum of cosignatures is out. A crash leaves them apart, and the next run of the
sequencer brings them together.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.merkle import HASH_SIZE, Frontier
from storage.base import Base


class EntryRow(Base):
    """One entry: its bytes, and its index once it has one. Rows are never changed otherwise, nor deleted."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("index"),
        CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_hash"),
        CheckConstraint("index >= 0", name="index"),
        Index("ledger_entry_pending_index", "id", postgresql_where="index IS NULL"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    leaf: Mapped[bytes]
    leaf_hash: Mapped[bytes]
    appended_at: Mapped[datetime]
    index: Mapped[int | None]


class HeadRow(Base):
    """The one row of the log's head. `keys` are the verifier keys that sign, one a line, the current one last."""

    __tablename__ = "ledger_head"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint(
            "0 <= published_size AND published_size <= stored_size AND stored_size <= size", name="order"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str]
    size: Mapped[int]
    frontier: Mapped[bytes]
    stored_size: Mapped[int]
    published_size: Mapped[int]
    published_note: Mapped[bytes]
    published_at: Mapped[datetime | None]
    keys: Mapped[str]

    def tree(self) -> Frontier:
        """The frontier of the tree of `size`."""
        hashes = (self.frontier[at : at + HASH_SIZE] for at in range(0, len(self.frontier), HASH_SIZE))
        return Frontier(self.size, tuple(hashes))

    def grow(self, tree: Frontier) -> None:
        """Takes over a tree that extends the present one."""
        self.size, self.frontier = tree.size, b"".join(tree.hashes)


class WitnessRow(Base):
    """The size that a witness has last cosigned, as far as we know; it corrects us where we are wrong."""

    __tablename__ = "ledger_witness"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]


class CoverRow(Base):
    """The one row of cover traffic (ledger.cover): its present rate an hour, and when the next entry is due."""

    __tablename__ = "ledger_cover"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rate: Mapped[float]
    rate_until: Mapped[datetime]
    next_at: Mapped[datetime]


class NamedFileRow(Base):
    """A public file that an entry names by its SHA-256, in hexadecimal (ledger.named_files)."""

    __tablename__ = "ledger_named_file"
    __table_args__ = (CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="hash"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
