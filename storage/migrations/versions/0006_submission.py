"""The intake of bids: tokens, uploads, lots as the intake sees them, and what lies behind seals (bidding/models.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _tokens()
    _uploads()
    _bids()


def _tokens() -> None:
    op.create_table(
        "bidding_token_key",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("spki", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issue_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeem_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="bidding_token_key_pk"),
        sa.UniqueConstraint("entry_id", name="bidding_token_key_entry_id_key"),
        sa.CheckConstraint("octet_length(id) = 32", name="bidding_token_key_id_check"),
        sa.CheckConstraint(
            "not_before < issue_until AND issue_until <= redeem_until", name="bidding_token_key_order_check"
        ),
        ExcludeConstraint(
            (sa.text("tstzrange(not_before, issue_until)"), "&&"), name="bidding_token_key_one_at_a_time"
        ),
    )
    op.create_table(
        "bidding_token_allowance",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("drawn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "month", name="bidding_token_allowance_pk"),
        sa.CheckConstraint("drawn >= 0", name="bidding_token_allowance_drawn_check"),
    )
    op.create_table(
        "bidding_token_spent",
        sa.Column("nullifier", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("nullifier", name="bidding_token_spent_pk"),
        sa.ForeignKeyConstraint(["key_id"], ["bidding_token_key.id"], name="bidding_token_spent_key_id_fkey"),
        sa.CheckConstraint("octet_length(nullifier) = 32", name="bidding_token_spent_nullifier_check"),
    )
    op.create_index("bidding_token_spent_key_id_index", "bidding_token_spent", ["key_id"])


def _uploads() -> None:
    op.create_table(
        "bidding_upload",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="bidding_upload_pk"),
        sa.CheckConstraint("octet_length(id) = 32", name="bidding_upload_id_check"),
        sa.CheckConstraint('0 <= "offset" AND "offset" <= length', name="bidding_upload_offset_check"),
        sa.CheckConstraint(
            "state IN ('open', 'joining', 'finished', 'held', 'gone')", name="bidding_upload_state_check"
        ),
        sa.CheckConstraint(
            "state NOT IN ('joining', 'finished', 'held') OR sha256 IS NOT NULL",
            name="bidding_upload_sha256_check",
        ),
    )
    op.create_index("bidding_upload_expires_at_index", "bidding_upload", ["expires_at"])
    op.create_index("bidding_upload_sha256_index", "bidding_upload", ["sha256"])
    op.create_table(
        "bidding_upload_piece",
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("upload_id", sa.LargeBinary(), nullable=False),
        sa.Column("begin", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="bidding_upload_piece_pk"),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["bidding_upload.id"], name="bidding_upload_piece_upload_id_fkey"
        ),
        sa.CheckConstraint("octet_length(name) = 32", name="bidding_upload_piece_name_check"),
    )
    op.create_index("bidding_upload_piece_upload_id_index", "bidding_upload_piece", ["upload_id"])


def _bids() -> None:
    op.create_table(
        "bidding_intake",
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("min_bids", sa.BigInteger(), nullable=False),
        sa.Column("max_size", sa.BigInteger(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("closing", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("lot", name="bidding_intake_pk"),
        sa.CheckConstraint(
            "state IN ('open', 'suspended', 'closing', 'closed', 'failed', 'cancelled')",
            name="bidding_intake_state_check",
        ),
        sa.CheckConstraint(
            "(state IN ('closed', 'failed')) = (closing IS NOT NULL)", name="bidding_intake_closing_check"
        ),
    )
    op.create_index(
        "bidding_intake_due_index",
        "bidding_intake",
        ["deadline"],
        postgresql_where=sa.text("state IN ('open', 'closing')"),
    )
    op.create_table(
        "bidding_bid",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="bidding_bid_pk"),
        sa.ForeignKeyConstraint(["lot"], ["bidding_intake.lot"], name="bidding_bid_lot_fkey"),
        sa.CheckConstraint("octet_length(key) = 32", name="bidding_bid_key_check"),
    )
    op.create_index("bidding_bid_lot_index", "bidding_bid", ["lot"])
    op.create_table(
        "bidding_sealed",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("bid", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="bidding_sealed_pk"),
        sa.ForeignKeyConstraint(["lot"], ["bidding_intake.lot"], name="bidding_sealed_lot_fkey"),
        sa.ForeignKeyConstraint(["bid"], ["bidding_bid.key"], name="bidding_sealed_bid_fkey"),
        sa.UniqueConstraint(
            "bid", "sequence", name="bidding_sealed_bid_sequence_key", postgresql_nulls_not_distinct=True
        ),
        sa.CheckConstraint("octet_length(salt) = 32", name="bidding_sealed_salt_check"),
    )
    op.create_index("bidding_sealed_lot_index", "bidding_sealed", ["lot"])
    op.create_table(
        "bidding_held_file",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "part", name="bidding_held_file_pk"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["bidding_sealed.entry_id"], name="bidding_held_file_entry_id_fkey"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="bidding_held_file_sha256_fkey"),
    )
    op.create_index("bidding_held_file_sha256_index", "bidding_held_file", ["sha256"])
    op.create_table(
        "bidding_share",
        sa.Column("share", sa.LargeBinary(), nullable=False),
        sa.Column("bid", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("share", name="bidding_share_pk"),
        sa.ForeignKeyConstraint(["bid"], ["bidding_bid.key"], name="bidding_share_bid_fkey"),
        sa.CheckConstraint("octet_length(share) = 32", name="bidding_share_share_check"),
    )
    op.create_index("bidding_share_bid_index", "bidding_share", ["bid"])


def downgrade() -> None:
    for table in (
        *("bidding_share", "bidding_held_file", "bidding_sealed", "bidding_bid", "bidding_intake"),
        *("bidding_upload_piece", "bidding_upload"),
        *("bidding_token_spent", "bidding_token_allowance", "bidding_token_key"),
    ):
        op.drop_table(table)
