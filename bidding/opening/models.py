"""The tables of openings. Closings, hashes and keys are in lower-case hexadecimal, as in the ledger's entries."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

LATER, WAITING, FALLBACK, OPENED, RECORDED = "later", "waiting", "fallback", "opened", "recorded"
SEALED, GOOD, BAD, NOT_CALLED = "sealed", "opened", "failed", "not-called"


class StorageKeyRow(Base):
    """The key that a lot's opened bids rest under: an age identity, sealed to the deployment's storage key.

    Deleting the row makes what rests under it unreadable for the platform.
    """

    __tablename__ = "bidding_storage_key"

    lot: Mapped[str] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    sealed: Mapped[bytes]
    made_at: Mapped[datetime]


class OpeningRow(Base):
    """One part of one closed lot on its way to its record.

    later: has to be called for. waiting: for shares. fallback: too few came, and bidders may open their own.
    opened: every bid has its result, and the hall may object and sign off until `sign_until`. recorded: all is done.

    due_at:       when the job looks at it next; None: never again.
    shares_until: when the fallback begins; None until the ledger allows the opening, and while it does not.
    stopped:      the rule by which the ledger does not allow it now, or ours; else empty.
    results:      SHA-256 of what was read out. record: the opening record's canonical JSON.
    """

    __tablename__ = "bidding_opening"
    __table_args__ = (
        CheckConstraint("state IN ('later', 'waiting', 'fallback', 'opened', 'recorded')", name="state"),
        CheckConstraint("(state IN ('opened', 'recorded')) = (opened_at IS NOT NULL)", name="opened"),
        CheckConstraint("(state = 'recorded') = (record IS NOT NULL)", name="record"),
        Index("bidding_opening_due_index", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("bidding_opening_lot_index", "lot"),
    )

    closing: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("bidding_intake.lot"))
    position: Mapped[int]
    public: Mapped[bool]
    state: Mapped[str]
    due_at: Mapped[datetime | None]
    shares_until: Mapped[datetime | None]
    fallback_until: Mapped[datetime | None]
    stopped: Mapped[str]
    opened_at: Mapped[datetime | None]
    sign_until: Mapped[datetime | None]
    results: Mapped[bytes | None]
    record: Mapped[bytes | None]


class OpenedBidRow(Base):
    """One part of one bid in an opening.

    file_key:    16 bytes, sealed as an age file to the lot's storage key; also of a bid that failed after its header.
    given_key:   what its bidder gave in the fallback, sealed alike, until the job has used it.
    result:      the leaf of its result entry. credit_code: the bidder's, of a good bid.
    shown:       whether the header and t members' shares, or the bidder's key, are on the ledger.
    trouble_at:  since when the platform cannot read its own copy.
    """

    __tablename__ = "bidding_opened_bid"
    __table_args__ = (
        CheckConstraint("state IN ('sealed', 'opened', 'failed', 'not-called')", name="state"),
        CheckConstraint("(state IN ('opened', 'failed')) = (result IS NOT NULL)", name="result"),
        ForeignKeyConstraint(["closing", "part"], ["bidding_opening.closing", "bidding_opening.part"]),
    )

    closing: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    bid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    given_key: Mapped[bytes | None]
    file_key: Mapped[bytes | None]
    result: Mapped[bytes | None]
    credit_code: Mapped[str | None]
    shown: Mapped[bool]
    trouble_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class HallRow(Base):
    """An objection to an opening, with its answer. `statement` and `answer` are what the ledger has the hashes of."""

    __tablename__ = "bidding_opening_objection"
    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer"),)

    closing: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str]
    credit_code: Mapped[str]
    statement: Mapped[bytes]
    made_at: Mapped[datetime]
    answer: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]


class SignOffRow(Base):
    """Who signed off what was read out, once for each organisation and capacity. `statement` is what was hashed."""

    __tablename__ = "bidding_opening_sign_off"
    __table_args__ = (
        UniqueConstraint("closing", "part", "credit_code", "capacity"),
        ForeignKeyConstraint(["closing", "part"], ["bidding_opening.closing", "bidding_opening.part"]),
    )

    closing: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    credit_code: Mapped[str]
    capacity: Mapped[str]
    statement: Mapped[bytes]
    signed_at: Mapped[datetime]
