"""The pool's tables. Only oversight.pool, oversight.importing and oversight.snapshots read or write them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

ENTERED, ADMITTED, REFUSED, SUSPENDED, REMOVED = "entered", "admitted", "refused", "suspended", "removed"


class SpecialtyRow(Base):
    """A specialty; `parent` follows from the codes ("" for a root), and is kept for those who browse."""

    __tablename__ = "oversight_specialty"

    code: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str]
    name: Mapped[str]


class ExpertRow(Base):
    """An expert as of now. `commitment` is what the ledger calls it by, made with `salt` of who it was at entry."""

    __tablename__ = "oversight_expert"
    __table_args__ = (
        CheckConstraint("state IN ('entered', 'admitted', 'refused', 'suspended', 'removed')", name="state"),
        CheckConstraint("octet_length(commitment) = 32 AND octet_length(salt) = 32", name="commitment"),
        Index("oversight_expert_employer_index", "employer_key"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    employer: Mapped[str]
    employer_key: Mapped[str]
    title: Mapped[str]
    contact: Mapped[str]
    region: Mapped[str]
    years: Mapped[int]
    specialties: Mapped[list[Any]]
    staff: Mapped[bool]
    state: Mapped[str]
    commitment: Mapped[bytes]
    salt: Mapped[bytes]


class RecordRow(Base):
    """What was said of an expert in an entry: the body behind its `record`, and the salt."""

    __tablename__ = "oversight_record"
    __table_args__ = (Index("oversight_record_expert_index", "expert_id"),)

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("oversight_expert.id"))
    body: Mapped[bytes]
    salt: Mapped[bytes]
    recorded_at: Mapped[datetime]
