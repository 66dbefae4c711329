"""Guarantees from the opening on. Before it, nothing of any guarantee stands here."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

PRESENTED, DEMANDED, REFUSED, PAID, RELEASED, EXPIRED = (
    "presented",
    "demanded",
    "refused",
    "paid",
    "released",
    "expired",
)
STATES = (PRESENTED, DEMANDED, REFUSED, PAID, RELEASED, EXPIRED)
FINAL = (PAID, RELEASED, EXPIRED)


def _among(column: str, *values: str) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class GuaranteeCheck(Base):
    """What was found of the guarantee in a bid at the opening.

    state:    waiting (the chain is not reached: tried again at `due_at`), valid, invalid, examine (paper: by hand).
    form:     electronic, or paper for a scan.
    content:  guarantee.json as the bid had it.
    findings: a list of {"code", "zh", "en"}; empty for a valid one.
    """

    __tablename__ = "guarantee_check"
    __table_args__ = (
        CheckConstraint(_among("state", "waiting", "valid", "invalid", "examine"), name="state"),
        CheckConstraint(_among("form", "electronic", "paper"), name="form"),
        Index("guarantee_check_due_index", "due_at", postgresql_where="state = 'waiting'"),
        Index("guarantee_check_guarantee_index", "guarantee"),
    )

    lot: Mapped[str] = mapped_column(primary_key=True)
    bid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    credit_code: Mapped[str]
    form: Mapped[str]
    content: Mapped[bytes]
    guarantee: Mapped[bytes | None]
    state: Mapped[str]
    findings: Mapped[list[Any]]
    due_at: Mapped[datetime | None]
    began_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    entry_id: Mapped[int | None]


class Guarantee(Base):
    """A valid guarantee from its presentation on. `id` is that of the chain; the amounts are in cents.

    state:    the platform's own; the chain's follows it or leads it, and reconciliation compares them.
    content:  guarantee.json.   released_because: why it ended by a release, or empty.
    replaced_by: its successor, once it was amended.   followed: how many events of the chain are taken over.
    """

    __tablename__ = "guarantee"
    __table_args__ = (
        CheckConstraint("octet_length(id) = 32", name="id"),
        CheckConstraint(_among("state", *STATES), name="state"),
        Index("guarantee_standing_key", "lot", "bid", unique=True, postgresql_where="replaced_by IS NULL"),
        Index("guarantee_open_index", "expiry", postgresql_where="state IN ('presented', 'refused')"),
        Index("guarantee_guarantor_index", "guarantor"),
        Index("guarantee_number_index", "number"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    lot: Mapped[str]
    tender: Mapped[str]
    bid: Mapped[int]
    number: Mapped[str]
    guarantor: Mapped[str]
    applicant: Mapped[str]
    beneficiary: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    applied_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    expiry: Mapped[datetime]
    content: Mapped[bytes]
    state: Mapped[str]
    presented_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    released_because: Mapped[str]
    replaced_by: Mapped[bytes | None]
    followed: Mapped[int]


class ReleaseClock(Base):
    """That a guarantee is to be released, by which rule, and when at the latest. `clock` is the rule's word:
    withdrawn, contract, failed, cancelled, replaced ...; `late_because` explains one that is late."""

    __tablename__ = "guarantee_release"
    __table_args__ = (
        UniqueConstraint("guarantee", "clock"),
        Index("guarantee_release_due_index", "due_at", postgresql_where="released_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    guarantee: Mapped[bytes] = mapped_column(ForeignKey("guarantee.id"))
    clock: Mapped[str]
    rule: Mapped[str]
    began_at: Mapped[datetime]
    due_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    late_because: Mapped[str]


class DemandRow(Base):
    """A demand of the beneficiary, numbered within its guarantee from 1 on.

    statement:  the canonical bytes of what is demanded and why; its SHA-256 is on chain.   documents: [{name, sha256}].
    examine_by: five business days (URDG 758 article 20).   answer_by: the chain's, POSIX; None until it is mined.
    reply:      the canonical bytes of the answer: proof of payment, reasons of a refusal, or the extension.
    """

    __tablename__ = "guarantee_demand"
    __table_args__ = (
        CheckConstraint(_among("state", "open", "paid", "refused", "extended"), name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("amount > 0 AND extension_days >= 0", name="amount"),
        Index("guarantee_demand_open_key", "guarantee", unique=True, postgresql_where="state = 'open'"),
    )

    guarantee: Mapped[bytes] = mapped_column(ForeignKey("guarantee.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]
    extension_days: Mapped[int]
    grounds: Mapped[str]
    statement: Mapped[bytes]
    documents: Mapped[list[Any]]
    made_at: Mapped[datetime]
    examine_by: Mapped[datetime]
    answer_by: Mapped[int | None]
    state: Mapped[str]
    reply: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]


class AmendmentProposal(Base):
    """A change of a guarantee, which needs the signatures of guarantor, applicant and beneficiary.

    content: the canonical bytes of the change.   signatures: {role: {"key", "value"}} in hexadecimal.
    """

    __tablename__ = "guarantee_amendment"
    __table_args__ = (CheckConstraint(_among("state", "proposed", "agreed", "refused"), name="state"),)

    guarantee: Mapped[bytes] = mapped_column(ForeignKey("guarantee.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]
    signatures: Mapped[dict[str, Any]]
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Step(Base):
    """One step of a guarantee: its word, its entry in the ledger, and the outbox's purpose of its act on chain, if it
    has one. `event` is the name of the chain's event that belongs to it, or empty."""

    __tablename__ = "guarantee_step"
    __table_args__ = (Index("guarantee_step_guarantee_index", "guarantee", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    guarantee: Mapped[bytes] = mapped_column(ForeignKey("guarantee.id"))
    step: Mapped[str]
    at: Mapped[datetime]
    entry_id: Mapped[int]
    purpose: Mapped[str | None]
    event: Mapped[str]


class PaperExamination(Base):
    """A scanned guarantee, examined by hand. `stated` is what the bidder says of it, `outcome` accepted or refused."""

    __tablename__ = "guarantee_paper"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (examined_at IS NULL)", name="examined"),
        CheckConstraint(_among("outcome", "accepted", "refused"), name="outcome"),
    )

    lot: Mapped[str] = mapped_column(primary_key=True)
    bid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[bytes]
    stated: Mapped[dict[str, Any]]
    outcome: Mapped[str | None]
    remarks: Mapped[str]
    examined_by: Mapped[str]
    examined_at: Mapped[datetime | None]
    entry_id: Mapped[int | None]


class Difference(Base):
    """A difference between database, ledger and chain, by reconciliation. `settled_at`: it was not found again."""

    __tablename__ = "guarantee_difference"
    __table_args__ = (
        Index(
            "guarantee_difference_open_key",
            "guarantee",
            "kind",
            unique=True,
            postgresql_where="settled_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    guarantee: Mapped[bytes]
    kind: Mapped[str]
    sentence: Mapped[str]
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
