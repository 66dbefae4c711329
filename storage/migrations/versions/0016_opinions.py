"""What the members of committees hand in, and when it became void (bidding/tenders/opinions.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "bidding_opinion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("void_at >= given_at", name="bidding_opinion_order_check"),
        sa.ForeignKeyConstraint(["lot"], ["bidding_lot.id"], name="bidding_opinion_lot_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_opinion_pk"),
        sa.UniqueConstraint("lot", "member", "sha256", name="bidding_opinion_lot_member_sha256_key"),
    )


def downgrade() -> None:
    op.drop_table("bidding_opinion")
