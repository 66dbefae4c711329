"""The gateway's tables. Only this package's own modules read or write them.

Three groups: what we want done on chain (deployment, key, outbox, attempt), what happened there (block, event, and
derived from the events guarantee and guarantor), and the anchors of the ledger. Addresses are 20 bytes, hashes and
ids 32, times of the chain POSIX seconds, fees wei.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

AMOUNT = Numeric(29, 0)
"""A uint96 does not fit into a bigint, and whoever issues chooses it."""


class DeploymentRow(Base):
    """The one row that binds this database to two contracts on one chain."""

    __tablename__ = "chain_deployment"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("first_block >= 0", name="first_block"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chain_id: Mapped[int]
    guarantee_registry: Mapped[bytes]
    ledger_anchor: Mapped[bytes]
    first_block: Mapped[int]


class KeyRow(Base):
    """A key that sends, and the nonce it gives out next; locked while one is given."""

    __tablename__ = "chain_key"
    __table_args__ = (
        CheckConstraint("octet_length(address) = 20", name="address"),
        CheckConstraint("next_nonce >= 0", name="next_nonce"),
    )

    address: Mapped[bytes] = mapped_column(primary_key=True)
    next_nonce: Mapped[int]


class OutboxRow(Base):
    """One act wanted on chain (guarantees.chain.sender has the states). `purpose` names it once and for all.

    `contract` is the name of one of ours, or empty for a transfer of nothing to the key itself, which fills a gap
    between nonces. `trouble` is the newest sentence about what is in its way.
    """

    __tablename__ = "chain_outbox"
    __table_args__ = (
        UniqueConstraint("purpose"),
        UniqueConstraint("key", "nonce"),
        CheckConstraint("octet_length(key) = 20", name="key"),
        CheckConstraint(
            "state IN ('wanted', 'signed', 'sent', 'mined', 'confirmed', 'reverted', 'refused')", name="state"
        ),
        CheckConstraint("state IN ('wanted', 'refused') OR nonce IS NOT NULL", name="nonce"),
        CheckConstraint("(state IN ('mined', 'confirmed', 'reverted')) = (block IS NOT NULL)", name="block"),
        Index(
            "chain_outbox_open_index",
            "key",
            "id",
            postgresql_where="state IN ('wanted', 'signed', 'sent', 'mined')",
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    purpose: Mapped[str]
    key: Mapped[bytes]
    contract: Mapped[str]
    data: Mapped[bytes]
    gas: Mapped[int]
    requested_at: Mapped[datetime]
    state: Mapped[str]
    nonce: Mapped[int | None]
    trouble: Mapped[str | None]
    transaction: Mapped[bytes | None]
    block: Mapped[int | None]
    block_hash: Mapped[bytes | None]
    succeeded: Mapped[bool | None]
    error: Mapped[dict[str, Any] | None]
    settled_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One signed transaction for an outbox row: written before it is sent, never changed but for `sent_at`."""

    __tablename__ = "chain_attempt"
    __table_args__ = (UniqueConstraint("hash"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("chain_outbox.id"), index=True)
    nonce: Mapped[int]
    hash: Mapped[bytes]
    raw: Mapped[bytes]
    max_fee: Mapped[int]
    tip: Mapped[int | None]
    signed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class BlockRow(Base):
    """A block up to which the index was followed. The highest is where it stands; the others show forks."""

    __tablename__ = "chain_block"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class EventRow(Base):
    """One event of our contracts. `subject` is its first indexed field where that has 32 bytes: a guarantee, a log."""

    __tablename__ = "chain_event"

    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block_hash: Mapped[bytes]
    time: Mapped[int]
    transaction: Mapped[bytes]
    contract: Mapped[str]
    name: Mapped[str]
    subject: Mapped[bytes | None] = mapped_column(index=True)
    fields: Mapped[dict[str, Any]]


class GuaranteeRow(Base):
    """A guarantee as its events leave it (guarantees.chain.standing), before the clock makes it expired."""

    __tablename__ = "chain_guarantee"
    __table_args__ = (CheckConstraint("octet_length(id) = 32", name="id"),)

    id: Mapped[bytes] = mapped_column(primary_key=True)
    guarantor: Mapped[bytes] = mapped_column(index=True)
    commitment: Mapped[bytes]
    expiry: Mapped[int]
    state: Mapped[str]
    issued_block: Mapped[int]
    changed_block: Mapped[int]
    beneficiary: Mapped[bytes | None]
    amount: Mapped[Decimal | None] = mapped_column(AMOUNT)
    document: Mapped[bytes | None]
    answer_by: Mapped[int | None]
    demanded: Mapped[Decimal | None] = mapped_column(AMOUNT)
    extension_days: Mapped[int | None]
    statement: Mapped[bytes | None]
    answer: Mapped[bytes | None]


class GuarantorRow(Base):
    """Whether an address may issue, by the newest event about it."""

    __tablename__ = "chain_guarantor"

    address: Mapped[bytes] = mapped_column(primary_key=True)
    licensed: Mapped[bool]
    changed_block: Mapped[int]


class AnchorRow(Base):
    """A wish that the ledger be anchored, up to `mark` at the least (ledger.anchoring); then what was sent for it.

    Its state is that of its outbox row; without one it is "requested".
    """

    __tablename__ = "chain_anchor"
    __table_args__ = (
        CheckConstraint(
            "(outbox_id IS NULL) = (size IS NULL) AND (outbox_id IS NULL) = (root IS NULL)", name="whole"
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    requested_at: Mapped[datetime]
    mark: Mapped[int]
    size: Mapped[int | None]
    root: Mapped[bytes | None]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("chain_outbox.id"), index=True)
