"""The table of blobs: what the database knows of the content that the blob store holds.

A row is written in the same transaction as the fact that names the blob, after the store's `put` has
returned; so a committed row always has its content, while content without a row is only what a transaction
that was rolled back left behind.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.blobs import StoredBlob


class Blob(Base):
    """One content: 32 bytes of SHA-256, its length in bytes, and when it was first recorded."""

    __tablename__ = "blob"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
    )

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    size: Mapped[int]
    created_at: Mapped[datetime]


def record(session: Session, stored: StoredBlob, now: datetime) -> None:
    """Write down that `stored` exists; a second time changes nothing, also from two transactions at once."""
    values = {"sha256": stored.sha256, "size": stored.size, "created_at": now}
    session.execute(insert(Blob).values(values).on_conflict_do_nothing())
