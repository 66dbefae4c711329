"""The tables of samples. Only oversight.samples reads or writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

REQUESTED, DRAWN = "requested", "drawn"


class SampleRow(Base):
    """A sample of a committed population. `id` is what the ledger calls its draw by; `checklist` are its questions."""

    __tablename__ = "oversight_sample"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'drawn')", name="state"),
        CheckConstraint("octet_length(id) = 32", name="id"),
        Index("oversight_sample_state_index", "state"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    subject: Mapped[str]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("oversight_snapshot.id"))
    inspectors_id: Mapped[int | None] = mapped_column(ForeignKey("oversight_snapshot.id"))
    terms: Mapped[bytes]
    checklist: Mapped[list[Any]]
    state: Mapped[str]
    seed: Mapped[bytes | None]
    names: Mapped[bytes | None]
    requested_at: Mapped[datetime]


class ItemRow(Base):
    """An object of a sample: who looks at it, what was found, and what is to be done about it until when.

    answers:  for each question of the checklist, true, false, or null if it does not apply; None before it was checked.
    findings: sentences; `follow_up_by` and `followed_up_at` are about what has to be put right.
    """

    __tablename__ = "oversight_item"

    sample_id: Mapped[bytes] = mapped_column(ForeignKey("oversight_sample.id"), primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int]
    inspectors: Mapped[list[Any]]
    answers: Mapped[list[Any] | None]
    findings: Mapped[str]
    checked_at: Mapped[datetime | None]
    follow_up_by: Mapped[datetime | None]
    followed_up_at: Mapped[datetime | None]
    record: Mapped[bytes | None]
    salt: Mapped[bytes | None]
