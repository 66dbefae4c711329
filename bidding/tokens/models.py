"""The tables of tokens. A spent token has no time, and an issued one has no row."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class TokenKeyRow(Base):
    """A published key. No two are issued with at one time, which the database sees to."""

    __tablename__ = "bidding_token_key"
    __table_args__ = (
        CheckConstraint("octet_length(id) = 32", name="id"),
        CheckConstraint("not_before < issue_until AND issue_until <= redeem_until", name="order"),
        UniqueConstraint("entry_id"),
        ExcludeConstraint(
            (text("tstzrange(not_before, issue_until)"), "&&"), name="bidding_token_key_one_at_a_time"
        ),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    spki: Mapped[bytes]
    not_before: Mapped[datetime]
    issue_until: Mapped[datetime]
    redeem_until: Mapped[datetime]
    entry_id: Mapped[int]


class AllowanceRow(Base):
    """How many tokens an organisation has drawn in a month: a count and nothing more."""

    __tablename__ = "bidding_token_allowance"
    __table_args__ = (CheckConstraint("drawn >= 0", name="drawn"),)

    organisation: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    drawn: Mapped[int]


class SpentRow(Base):
    """A nullifier: that a token with this key was spent. Its key says when it may be forgotten."""

    __tablename__ = "bidding_token_spent"
    __table_args__ = (CheckConstraint("octet_length(nullifier) = 32", name="nullifier"),)

    nullifier: Mapped[bytes] = mapped_column(primary_key=True)
    key_id: Mapped[bytes] = mapped_column(ForeignKey("bidding_token_key.id"), index=True)
