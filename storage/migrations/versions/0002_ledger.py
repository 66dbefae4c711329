"""The entries of the ledger, its head, and how far each witness has followed, and cover traffic (ledger/models.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("appended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ledger_entry_pk"),
        sa.UniqueConstraint("index", name="ledger_entry_index_key"),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name="ledger_entry_leaf_hash_check"),
        sa.CheckConstraint("index >= 0", name="ledger_entry_index_check"),
    )
    op.create_index(
        "ledger_entry_pending_index", "ledger_entry", ["id"], postgresql_where=sa.text("index IS NULL")
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("stored_size", sa.BigInteger(), nullable=False),
        sa.Column("published_size", sa.BigInteger(), nullable=False),
        sa.Column("published_note", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_head_pk"),
        sa.CheckConstraint("id = 1", name="ledger_head_single_check"),
        sa.CheckConstraint(
            "0 <= published_size AND published_size <= stored_size AND stored_size <= size",
            name="ledger_head_order_check",
        ),
    )
    op.create_table(
        "ledger_witness",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="ledger_witness_pk"),
        sa.CheckConstraint("size >= 0", name="ledger_witness_size_check"),
    )
    op.create_table(
        "ledger_cover",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("rate_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_cover_pk"),
        sa.CheckConstraint("id = 1", name="ledger_cover_single_check"),
    )


def downgrade() -> None:
    op.drop_table("ledger_cover")
    op.drop_table("ledger_witness")
    op.drop_table("ledger_head")
    op.drop_table("ledger_entry")
