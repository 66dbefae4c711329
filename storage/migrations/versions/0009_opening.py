"""Openings of bids: keys at rest, results, objections, sign-offs and records (bidding/opening/models.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "bidding_storage_key",
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _instant("made_at", nullable=False),
        sa.PrimaryKeyConstraint("lot", name="bidding_storage_key_pk"),
    )
    op.create_table(
        "bidding_opening",
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _instant("due_at"),
        _instant("shares_until"),
        _instant("fallback_until"),
        sa.Column("stopped", sa.Text(), nullable=False),
        _instant("opened_at"),
        _instant("sign_until"),
        sa.Column("results", sa.LargeBinary(), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('later', 'waiting', 'fallback', 'opened', 'recorded')",
            name="bidding_opening_state_check",
        ),
        sa.CheckConstraint(
            "(state IN ('opened', 'recorded')) = (opened_at IS NOT NULL)", name="bidding_opening_opened_check"
        ),
        sa.CheckConstraint(
            "(state = 'recorded') = (record IS NOT NULL)", name="bidding_opening_record_check"
        ),
        sa.ForeignKeyConstraint(["lot"], ["bidding_intake.lot"], name="bidding_opening_lot_fkey"),
        sa.PrimaryKeyConstraint("closing", "part", name="bidding_opening_pk"),
    )
    op.create_index(
        "bidding_opening_due_index",
        "bidding_opening",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("bidding_opening_lot_index", "bidding_opening", ["lot"])
    op.create_table(
        "bidding_opened_bid",
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("bid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("given_key", sa.LargeBinary(), nullable=True),
        sa.Column("file_key", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        _instant("trouble_at"),
        _instant("decided_at"),
        sa.CheckConstraint(
            "state IN ('sealed', 'opened', 'failed', 'not-called')", name="bidding_opened_bid_state_check"
        ),
        sa.CheckConstraint(
            "(state IN ('opened', 'failed')) = (result IS NOT NULL)", name="bidding_opened_bid_result_check"
        ),
        sa.ForeignKeyConstraint(
            ["closing", "part"],
            ["bidding_opening.closing", "bidding_opening.part"],
            name="bidding_opened_bid_closing_fkey",
        ),
        sa.PrimaryKeyConstraint("closing", "part", "bid", name="bidding_opened_bid_pk"),
    )
    op.create_table(
        "bidding_opening_objection",
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        _instant("made_at", nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        _instant("answered_at"),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name="bidding_opening_objection_answer_check"
        ),
        sa.PrimaryKeyConstraint("closing", "number", name="bidding_opening_objection_pk"),
    )
    op.create_table(
        "bidding_opening_sign_off",
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        _instant("signed_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["closing", "part"],
            ["bidding_opening.closing", "bidding_opening.part"],
            name="bidding_opening_sign_off_closing_fkey",
        ),
        sa.PrimaryKeyConstraint("closing", "part", "number", name="bidding_opening_sign_off_pk"),
        sa.UniqueConstraint(
            *("closing", "part", "credit_code", "capacity"),
            name="bidding_opening_sign_off_closing_part_credit_code_capacity_key",
        ),
    )


def downgrade() -> None:
    for table in ("sign_off", "objection"):
        op.drop_table(f"bidding_opening_{table}")
    for table in ("opened_bid", "opening", "storage_key"):
        op.drop_table(f"bidding_{table}")
