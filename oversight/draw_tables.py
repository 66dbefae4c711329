"""The tables of populations and draws. Only oversight's own modules read or write them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

REQUESTED, CALLING, FORMED, EXHAUSTED, PUBLISHED = "requested", "calling", "formed", "exhausted", "published"
LIVE = (REQUESTED, CALLING, FORMED)


class SnapshotRow(Base):
    """A population that was committed. `population` is the file that is published after the award.

    identities: RFC 8785 of the list of who or what stands at each position; salts: 32 bytes for each.
    keys:       for each position, what the rest of the platform calls it by: an expert's id, a lot's.
    """

    __tablename__ = "oversight_snapshot"
    __table_args__ = (Index("oversight_snapshot_kind_index", "kind", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    root: Mapped[bytes]
    size: Mapped[int]
    population: Mapped[bytes]
    identities: Mapped[bytes]
    salts: Mapped[bytes]
    keys: Mapped[list[Any]]
    committed_at: Mapped[datetime]
    entry_id: Mapped[int]


class DrawRow(Base):
    """A draw of experts. `id` is what the ledger calls it by: 32 bytes.

    lot:      whose committee it is; one live draw at a time, so that nobody draws until the names please.
    warnings: for staff and public alike, {"zh", "en"} each (oversight.drawing.warnings_of).
    bidders:  names known after the opening, matched with employers.
    matched:  how many opened bids were there when bidders were matched last.
    names:    the file of who was called; None until it is published.
    """

    __tablename__ = "oversight_draw"
    __table_args__ = (
        CheckConstraint(
            "state IN ('requested', 'calling', 'formed', 'exhausted', 'published')", name="state"
        ),
        CheckConstraint("octet_length(id) = 32", name="id"),
        CheckConstraint("state IN ('requested') OR seed IS NOT NULL", name="seed"),
        Index("oversight_draw_lot_key", "lot", unique=True, postgresql_where="state <> 'exhausted'"),
        Index("oversight_draw_state_index", "state"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    lot: Mapped[str]
    subject: Mapped[str]
    group_id: Mapped[str]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("oversight_snapshot.id"))
    terms: Mapped[bytes]
    others: Mapped[int]
    state: Mapped[str]
    warnings: Mapped[list[Any]]
    bidders: Mapped[list[Any]]
    matched: Mapped[int] = mapped_column(default=0)
    seed: Mapped[bytes | None]
    names: Mapped[bytes | None]
    requested_at: Mapped[datetime]


class CallRow(Base):
    """A call: the queue of who is to be told, and of whose time runs out at `due_at`.

    code_hash: SHA-256 of the code by which the expert answers, once it was told; the code itself is kept nowhere.
    """

    __tablename__ = "oversight_call"
    __table_args__ = (
        UniqueConstraint("draw_id", "position"),
        UniqueConstraint("code_hash"),
        CheckConstraint(
            "answer IN ('pending', 'accepted', 'declined', 'silent', 'conflicted')", name="answer"
        ),
        Index("oversight_call_due_index", "due_at", postgresql_where="answer = 'pending'"),
    )

    draw_id: Mapped[bytes] = mapped_column(ForeignKey("oversight_draw.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    need: Mapped[int]
    position: Mapped[int]
    called_at: Mapped[datetime]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    code_hash: Mapped[bytes | None]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]


class EventRow(Base):
    """A call or an answer under seal in the ledger: body and salt, kept until the award."""

    __tablename__ = "oversight_event"
    __table_args__ = (Index("oversight_event_draw_index", "draw_id"),)

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    draw_id: Mapped[bytes] = mapped_column(ForeignKey("oversight_draw.id"))
    body: Mapped[bytes]
    salt: Mapped[bytes]
