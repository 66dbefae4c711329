"""Who may guarantee, what it offers, and which accounts act for beneficiaries. Public, all of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class ListedGuarantor(Base):
    """A guarantor on the supervisor's list, as its newest acts leave it (guarantees/register/).

    address:       the account on chain that it issues with, 20 bytes.   key: SubjectPublicKeyInfo of its signing key.
    recipient:     the age recipient that applications are sealed to.
    licensed_until: the first instant at which it is licensed no more.
    """

    __tablename__ = "guarantee_guarantor"
    __table_args__ = (
        CheckConstraint("octet_length(address) = 20", name="address"),
        CheckConstraint("licensed_from < licensed_until", name="licensed"),
    )

    credit_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[bytes] = mapped_column(unique=True)
    key: Mapped[bytes]
    recipient: Mapped[str]
    licensed_from: Mapped[datetime]
    licensed_until: Mapped[datetime]
    suspended_at: Mapped[datetime | None]


class GuarantorAct(Base):
    """An act of the supervisor about a guarantor: the entry of the ledger that it signed. Never changed."""

    __tablename__ = "guarantee_guarantor_act"
    __table_args__ = (
        CheckConstraint("act IN ('listed', 'suspended', 'resumed')", name="act"),
        Index("guarantee_guarantor_act_guarantor_index", "guarantor", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    guarantor: Mapped[str] = mapped_column(ForeignKey("guarantee_guarantor.credit_code"))
    act: Mapped[str]
    at: Mapped[datetime]
    leaf: Mapped[bytes]
    entry_id: Mapped[int]


class ProductRow(Base):
    """A version of a product. `content` is the record that the guarantor signed, `ended_at` when it was replaced or
    withdrawn."""

    __tablename__ = "guarantee_product"
    __table_args__ = (
        Index(
            "guarantee_product_offered_key",
            "guarantor",
            "code",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        UniqueConstraint("guarantor", "code", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    guarantor: Mapped[str] = mapped_column(ForeignKey("guarantee_guarantor.credit_code"))
    code: Mapped[str]
    version: Mapped[int]
    content: Mapped[bytes]
    signature: Mapped[bytes]
    published_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    entry_id: Mapped[int]


class GuaranteeLookup(Base):
    """By what a guarantee is found before its opening (guarantees/check_code.py): a hash of number and code, and the id
    on chain, as the guarantor of that credit code told them. Without a time: what was told together says no more."""

    __tablename__ = "guarantee_lookup"
    __table_args__ = (
        UniqueConstraint("guarantor", "guarantee"),
        CheckConstraint("octet_length(lookup) = 32 AND octet_length(guarantee) = 32", name="lookup"),
    )

    lookup: Mapped[bytes] = mapped_column(primary_key=True)
    guarantee: Mapped[bytes]
    guarantor: Mapped[str] = mapped_column(ForeignKey("guarantee_guarantor.credit_code"))


class BeneficiaryAccount(Base):
    """The account on chain, 20 bytes, that demands and releases for a tenderee."""

    __tablename__ = "guarantee_beneficiary"
    __table_args__ = (CheckConstraint("octet_length(address) = 20", name="address"),)

    credit_code: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[bytes]
    registered_at: Mapped[datetime]
