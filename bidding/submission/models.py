"""The tables of intake: lots as the intake sees them, bids by their own keys, and what lies behind their seals."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

OPEN, SUSPENDED, CLOSING, CLOSED, FAILED, CANCELLED = (
    *("open", "suspended", "closing"),
    *("closed", "failed", "cancelled"),
)


class IntakeRow(Base):
    """A lot's intake. Every change of it is an entry of the ledger in the same transaction.

    open, suspended; closing: nothing more comes in, and the closing waits for the last entries to have their places;
    closed, or failed if too few bids stood; cancelled.

    parts:    the LotPart of each part of a bid, as in the entry lot-published.
    max_size: of one sealed file, in bytes.
    closing:  the hash of the leaf lot-closed, once there is one.
    """

    __tablename__ = "bidding_intake"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'suspended', 'closing', 'closed', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint("(state IN ('closed', 'failed')) = (closing IS NOT NULL)", name="closing"),
        Index("bidding_intake_due_index", "deadline", postgresql_where=text("state IN ('open', 'closing')")),
    )

    lot: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    deadline: Mapped[datetime]
    min_bids: Mapped[int]
    max_size: Mapped[int]
    parts: Mapped[list[Any]]
    closing: Mapped[bytes | None]


class BidRow(Base):
    """A bid by its own key; its row is locked by whoever changes it."""

    __tablename__ = "bidding_bid"
    __table_args__ = (CheckConstraint("octet_length(key) = 32", name="key"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("bidding_intake.lot"), index=True)
    sequence: Mapped[int]
    withdrawn: Mapped[bool]


class SealedRow(Base):
    """What lies behind a sealed entry of a bid: a submission, or a withdrawal, which has no sequence.

    entry_id: the entry's id (ledger.log). arrived_at: when the last byte of the final request had come.
    """

    __tablename__ = "bidding_sealed"
    __table_args__ = (
        CheckConstraint("octet_length(salt) = 32", name="salt"),
        UniqueConstraint("bid", "sequence", postgresql_nulls_not_distinct=True),
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot: Mapped[str] = mapped_column(ForeignKey("bidding_intake.lot"), index=True)
    bid: Mapped[bytes] = mapped_column(ForeignKey("bidding_bid.key"))
    sequence: Mapped[int | None]
    salt: Mapped[bytes]
    body: Mapped[bytes]
    arrived_at: Mapped[datetime]


class HeldFileRow(Base):
    """A sealed file of a submission, whose blob is kept."""

    __tablename__ = "bidding_held_file"

    entry_id: Mapped[int] = mapped_column(ForeignKey("bidding_sealed.entry_id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"), index=True)


class ShareRow(Base):
    """Where an ephemeral share stood first. It may come again only with the same file of the same bid and part."""

    __tablename__ = "bidding_share"
    __table_args__ = (CheckConstraint("octet_length(share) = 32", name="share"),)

    share: Mapped[bytes] = mapped_column(primary_key=True)
    bid: Mapped[bytes] = mapped_column(ForeignKey("bidding_bid.key"), index=True)
    part: Mapped[str]
    sha256: Mapped[bytes]
