"""The tables of uploads. No row says who, from where, or what for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

OPEN, JOINING, FINISHED, HELD, GONE = "open", "joining", "finished", "held", "gone"


class UploadRow(Base):
    """An upload: `offset` of `length` bytes are durable.

    open:     bytes come in.
    joining:  all are here; `sha256` is known, and the blob of that name is being made.
    finished: the blob is there.
    held:     a bid has it: the blob stays, and this row goes with the next sweep.
    gone:     refused or ended by its maker: everything of it goes with the next sweep.
    """

    __tablename__ = "bidding_upload"
    __table_args__ = (
        CheckConstraint("octet_length(id) = 32", name="id"),
        CheckConstraint('0 <= "offset" AND "offset" <= length', name="offset"),
        CheckConstraint("state IN ('open', 'joining', 'finished', 'held', 'gone')", name="state"),
        CheckConstraint("state NOT IN ('joining', 'finished', 'held') OR sha256 IS NOT NULL", name="sha256"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    length: Mapped[int]
    offset: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str]
    sha256: Mapped[bytes | None] = mapped_column(index=True)


class PieceRow(Base):
    """A staged piece, by its blob's name, which is written down before the blob is put: so none is ever lost sight of.

    The blob is 16 random bytes and the `size` bytes from `begin` on. The random ones make it this upload's own: it
    can be deleted without asking whose else it is. Only pieces that are `stored` count, and no two at one place.
    """

    __tablename__ = "bidding_upload_piece"
    __table_args__ = (CheckConstraint("octet_length(name) = 32", name="name"),)

    name: Mapped[bytes] = mapped_column(primary_key=True)
    upload_id: Mapped[bytes] = mapped_column(ForeignKey("bidding_upload.id"), index=True)
    begin: Mapped[int]
    size: Mapped[int]
    stored: Mapped[bool]
