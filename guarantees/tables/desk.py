"""A guarantor's desk: names, lots and money, in the guarantor's own database and nowhere else."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

APPLIED, QUOTED, ACCEPTED, PAID, SIGNED, ISSUED, DELIVERED = (
    "applied",
    "quoted",
    "accepted",
    "paid",
    "signed",
    "issued",
    "delivered",
)
DECLINED, CANCELLED, FAILED = "declined", "cancelled", "failed"
STATES = (APPLIED, QUOTED, ACCEPTED, PAID, SIGNED, ISSUED, DELIVERED, DECLINED, CANCELLED, FAILED)
"""applied -> quoted -> accepted (the invoice is out) -> paid -> signed (the commitment is in the outbox) -> issued (it
stands on chain, with the depth upon it) -> delivered. From applied, quoted and accepted also to declined or cancelled;
from signed to failed, if the contract refuses."""
UNCHECKED, UNPROVEN, PROVEN = "unchecked", "unproven", "proven"
"""Whose key signed an application: the desk reads no ledger; no proof came with it; the ledger proves it."""
BINDING = (QUOTED, ACCEPTED, PAID, SIGNED, ISSUED, DELIVERED)
"""States whose amount counts as exposure, as long as the guarantee has not ended on chain."""


class Application(Base):
    """An application, as it was opened. `id` is that of its mailbox (16 bytes), `recipient` the applicant's.

    letters:  how many letters of the mailbox were taken into account.
    content:  the application's record as the applicant signed it; `documents` are those that came with it: [{name,
              sha256}], whose bytes are blobs of the desk.
    key_standing: whether the ledger proved whose key signed it, and when that was looked at.
    """

    __tablename__ = "guarantee_application"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("octet_length(id) = 16 AND amount > 0", name="id"),
        CheckConstraint(
            "key_standing IN ('unchecked', 'unproven', 'proven')"
            " AND (key_standing = 'unchecked' OR key_checked_at IS NOT NULL)",
            name="key_standing",
        ),
        Index("guarantee_application_state_index", "state", "applied_at"),
        Index("guarantee_application_applicant_index", "applicant"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    letters: Mapped[int]
    applicant: Mapped[str]
    name: Mapped[str]
    tender: Mapped[str]
    lot: Mapped[str]
    product: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    expiry: Mapped[datetime]
    content: Mapped[bytes]
    documents: Mapped[list[Any]]
    state: Mapped[str]
    applied_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    remark: Mapped[str]
    key_standing: Mapped[str] = mapped_column(default=UNCHECKED)
    key_checked_at: Mapped[datetime | None]


class Quote(Base):
    """An offer to an applicant: the premium in cents, and until when it may be accepted. The newest number counts."""

    __tablename__ = "guarantee_quote"
    __table_args__ = (CheckConstraint("premium >= 0", name="premium"),)

    application: Mapped[bytes] = mapped_column(ForeignKey("guarantee_application.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    premium: Mapped[int]
    valid_until: Mapped[datetime]
    quoted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Invoice(Base):
    """A premium invoice. `number` is what the applicant names in its payment."""

    __tablename__ = "guarantee_invoice"
    __table_args__ = (UniqueConstraint("application"), CheckConstraint("amount >= 0", name="amount"))

    number: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[bytes] = mapped_column(ForeignKey("guarantee_application.id"))
    amount: Mapped[int]
    currency: Mapped[str]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]


class Payment(Base):
    """Money that came in. `reference` is the bank's own: the same again is the same payment, by whichever way.

    invoice: None for one that fits none, which a person looks at.   source: hand, csv, webhook.
    """

    __tablename__ = "guarantee_payment"
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("source IN ('hand', 'csv', 'webhook')", name="source"),
        CheckConstraint("amount > 0", name="amount"),
        Index("guarantee_payment_invoice_index", "invoice"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    reference: Mapped[str]
    invoice: Mapped[str | None] = mapped_column(ForeignKey("guarantee_invoice.number"))
    amount: Mapped[int]
    currency: Mapped[str]
    payer: Mapped[str]
    named: Mapped[str]
    source: Mapped[str]
    paid_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    trouble: Mapped[str]


class ExposureLimit(Base):
    """The most that may be guaranteed at one time, in cents: for an applicant, or in total (applicant empty)."""

    __tablename__ = "guarantee_limit"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    applicant: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    set_at: Mapped[datetime]


class Issue(Base):
    """A guarantee that the desk signed. `content` is guarantee.json, `guarantee` its id on chain, `purpose` names the
    act in the outbox; None for one that another program of the guarantor sends."""

    __tablename__ = "guarantee_issue"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("guarantee"),
        CheckConstraint("octet_length(guarantee) = 32", name="guarantee"),
    )

    application: Mapped[bytes] = mapped_column(ForeignKey("guarantee_application.id"), primary_key=True)
    number: Mapped[str]
    guarantee: Mapped[bytes]
    content: Mapped[bytes]
    expiry: Mapped[datetime]
    purpose: Mapped[str | None]
    signed_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]


class Outgoing(Base):
    """A letter that is to go into an application's mailbox: written in the transaction of what it tells, sent later.

    purpose: names it once and for all.   content: the letter in plain text.
    sealed:  once it is sealed; sent again after a crash it is the same bytes.
    """

    __tablename__ = "guarantee_outgoing"
    __table_args__ = (
        UniqueConstraint("purpose"),
        Index("guarantee_outgoing_waiting_index", "id", postgresql_where="sent_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    application: Mapped[bytes] = mapped_column(ForeignKey("guarantee_application.id"))
    purpose: Mapped[str]
    content: Mapped[bytes]
    sealed: Mapped[bytes | None]
    sent_at: Mapped[datetime | None]
