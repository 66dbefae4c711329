"""Custody's tables. Only this package's own modules read or write them.

Keys, hashes and ids are in lower-case hexadecimal, as in the ledger's entries. All of it but the sealed releases and
what is on its way could be made anew from the ledger.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class KeyholderRow(Base):
    """A registered keyholder: its card, when it was heard last, and its clock less ours at that moment, in seconds."""

    __tablename__ = "custody_keyholder"
    __table_args__ = (
        UniqueConstraint("signing_key"),
        UniqueConstraint("static_key"),
        UniqueConstraint("witness"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    static_key: Mapped[str]
    signing_key: Mapped[str]
    witness: Mapped[str]
    registered_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    clock_difference: Mapped[int | None]


class ChannelRow(Base):
    """One channel of a keyholder: its last message, by sequence and SHA-256, and the answer once there is one.

    `last_request` and `last_approval` are the newest that were handed out here: only newer ones are worth an early
    answer.
    """

    __tablename__ = "custody_channel"
    __table_args__ = (CheckConstraint("channel IN ('witness', 'work')", name="channel"),)

    keyholder_id: Mapped[int] = mapped_column(ForeignKey("custody_keyholder.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    message_hash: Mapped[bytes | None]
    answer: Mapped[bytes | None]
    last_request: Mapped[int]
    last_approval: Mapped[int]


class CosignatureRow(Base):
    """A request for a cosignature on its way to a witness, then its answer. Whoever asked removes it."""

    __tablename__ = "custody_cosignature"
    __table_args__ = (
        Index("custody_cosignature_witness_index", "witness"),
        CheckConstraint("(status IS NULL) = (answer IS NULL)", name="answer"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    witness: Mapped[str]
    body: Mapped[bytes]
    requested_at: Mapped[datetime]
    status: Mapped[int | None]
    content_type: Mapped[str | None]
    answer: Mapped[bytes | None]


class TakenRow(Base):
    """An entry that was appended here, by the hash of its leaf, so that none is appended twice.

    `subject` is the group, run, closing or draw that it is about, `member` who sent it (0: the platform).
    """

    __tablename__ = "custody_taken"
    __table_args__ = (
        Index("custody_taken_subject_index", "subject", "type", "member"),
        CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_hash"),
    )

    leaf_hash: Mapped[bytes] = mapped_column(primary_key=True)
    type: Mapped[str]
    subject: Mapped[str]
    member: Mapped[int]
    taken_at: Mapped[datetime]


class RunRow(Base):
    """A run of key generation and its key, as the ledger shows it, or will once the entry has its place.

    state:    open, free (its key serves nothing yet), bound, failed (with `reason` and `culprits`).
    ending_at: when we asked for its end, so that we do so once.
    lot, part: what a bound key serves; both None for draws.
    """

    __tablename__ = "custody_run"
    __table_args__ = (
        UniqueConstraint("lot", "part"),
        Index("custody_run_state_index", "group_id", "state"),
        CheckConstraint("state IN ('open', 'free', 'bound', 'failed')", name="state"),
        CheckConstraint("(lot IS NULL) = (part IS NULL)", name="part"),
        CheckConstraint("state NOT IN ('free', 'bound') OR recipient IS NOT NULL", name="recipient"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[str]
    opened_at: Mapped[datetime]
    state: Mapped[str]
    recipient: Mapped[str | None]
    lot: Mapped[str | None]
    part: Mapped[str | None]
    ending_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str]
    culprits: Mapped[list[Any]]


class ReleaseRow(Base):
    """A release under seal. `hash` is that of its entry; `state`: new, good, or wrong with a `reason`."""

    __tablename__ = "custody_release"
    __table_args__ = (CheckConstraint("state IN ('new', 'good', 'wrong')", name="state"),)

    closing: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str]
    sealed: Mapped[bytes]
    entry: Mapped[bytes]
    received_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str]


class ShownRow(Base):
    """A bid's public part that was recorded in the ledger with its shares."""

    __tablename__ = "custody_shown"

    closing: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    bid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shown_at: Mapped[datetime]


class ApprovalRow(Base):
    """A person's word, given elsewhere, on its way to the keyholders."""

    __tablename__ = "custody_approval"
    __table_args__ = (UniqueConstraint("closing", "part", "key"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    closing: Mapped[str]
    part: Mapped[str]
    key: Mapped[str]
    signature: Mapped[str]
    given_at: Mapped[datetime]


class ReportRow(Base):
    """The last thing that a keyholder said of a subject by a rule's word."""

    __tablename__ = "custody_report"

    keyholder_id: Mapped[int] = mapped_column(ForeignKey("custody_keyholder.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    sentence: Mapped[str]
    reported_at: Mapped[datetime]
