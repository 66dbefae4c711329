"""Amended guarantees at a guarantor's desk (guarantees/tables/succession.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "guarantee_succession",
        sa.Column("guarantee", sa.LargeBinary(), nullable=False),
        sa.Column("application", sa.LargeBinary(), nullable=False),
        sa.Column("predecessor", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expiry", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreement", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(guarantee) = 32", name=op.f("guarantee_succession_guarantee_check")),
        sa.CheckConstraint(
            "octet_length(predecessor) = 32", name=op.f("guarantee_succession_predecessor_check")
        ),
        sa.CheckConstraint(
            "(agreed_at IS NULL) = (agreement IS NULL)", name=op.f("guarantee_succession_agreed_check")
        ),
        sa.ForeignKeyConstraint(
            ["application"],
            ["guarantee_application.id"],
            name=op.f("guarantee_succession_application_fkey"),
        ),
        sa.PrimaryKeyConstraint("guarantee", name=op.f("guarantee_succession_pk")),
        sa.UniqueConstraint("number", name=op.f("guarantee_succession_number_key")),
    )
    for column in ("application", "predecessor"):
        op.create_index(op.f(f"guarantee_succession_{column}_index"), "guarantee_succession", [column])


def downgrade() -> None:
    op.drop_table("guarantee_succession")
