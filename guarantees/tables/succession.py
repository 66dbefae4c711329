"""Amended guarantees at the guarantor's desk, in the guarantor's own database."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class Succession(Base):
    """A guarantee that is to take another's place: drafted and signed, committed on chain once all have agreed.

    `guarantee` is its id on chain and `predecessor` the other's, `content` its guarantee.json. `agreement` is what the
    three signed (guarantees.after.amending.agreement), `purpose` names the act in the outbox: both with `agreed_at`.
    """

    __tablename__ = "guarantee_succession"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("octet_length(guarantee) = 32", name="guarantee"),
        CheckConstraint("octet_length(predecessor) = 32", name="predecessor"),
        CheckConstraint("(agreed_at IS NULL) = (agreement IS NULL)", name="agreed"),
    )

    guarantee: Mapped[bytes] = mapped_column(primary_key=True)
    application: Mapped[bytes] = mapped_column(ForeignKey("guarantee_application.id"), index=True)
    predecessor: Mapped[bytes] = mapped_column(index=True)
    number: Mapped[str]
    content: Mapped[bytes]
    amount: Mapped[int]
    expiry: Mapped[datetime]
    change: Mapped[str]
    signed_at: Mapped[datetime]
    agreement: Mapped[bytes | None]
    purpose: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
