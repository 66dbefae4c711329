"""Keyholders, their messages and releases, and the pool of keys (custody/models.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "custody_keyholder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("static_key", sa.Text(), nullable=False),
        sa.Column("signing_key", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        _instant("registered_at"),
        _instant("seen_at", nullable=True),
        sa.Column("clock_difference", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="custody_keyholder_pk"),
        sa.UniqueConstraint("name", name="custody_keyholder_name_key"),
        sa.UniqueConstraint("signing_key", name="custody_keyholder_signing_key_key"),
        sa.UniqueConstraint("static_key", name="custody_keyholder_static_key_key"),
        sa.UniqueConstraint("witness", name="custody_keyholder_witness_key"),
    )
    op.create_table(
        "custody_channel",
        sa.Column("keyholder_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("message_hash", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("last_request", sa.BigInteger(), nullable=False),
        sa.Column("last_approval", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("keyholder_id", "channel", name="custody_channel_pk"),
        sa.ForeignKeyConstraint(
            ["keyholder_id"], ["custody_keyholder.id"], name="custody_channel_keyholder_id_fkey"
        ),
        sa.CheckConstraint("channel IN ('witness', 'work')", name="custody_channel_channel_check"),
    )
    op.create_table(
        "custody_cosignature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _instant("requested_at"),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="custody_cosignature_pk"),
        sa.CheckConstraint("(status IS NULL) = (answer IS NULL)", name="custody_cosignature_answer_check"),
    )
    op.create_index("custody_cosignature_witness_index", "custody_cosignature", ["witness"])
    op.create_table(
        "custody_taken",
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        _instant("taken_at"),
        sa.PrimaryKeyConstraint("leaf_hash", name="custody_taken_pk"),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name="custody_taken_leaf_hash_check"),
    )
    op.create_index("custody_taken_subject_index", "custody_taken", ["subject", "type", "member"])
    op.create_table(
        "custody_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        _instant("opened_at"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("part", sa.Text(), nullable=True),
        _instant("ending_at", nullable=True),
        _instant("finished_at", nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("culprits", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="custody_run_pk"),
        sa.UniqueConstraint("lot", "part", name="custody_run_lot_part_key"),
        sa.CheckConstraint("state IN ('open', 'free', 'bound', 'failed')", name="custody_run_state_check"),
        sa.CheckConstraint("(lot IS NULL) = (part IS NULL)", name="custody_run_part_check"),
        sa.CheckConstraint(
            "state NOT IN ('free', 'bound') OR recipient IS NOT NULL", name="custody_run_recipient_check"
        ),
    )
    op.create_index("custody_run_state_index", "custody_run", ["group_id", "state"])
    op.create_table(
        "custody_release",
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("member", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        _instant("received_at"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("closing", "part", "member", name="custody_release_pk"),
        sa.CheckConstraint("state IN ('new', 'good', 'wrong')", name="custody_release_state_check"),
    )
    op.create_table(
        "custody_shown",
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("bid", sa.BigInteger(), autoincrement=False, nullable=False),
        _instant("shown_at"),
        sa.PrimaryKeyConstraint("closing", "part", "bid", name="custody_shown_pk"),
    )
    op.create_table(
        "custody_approval",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        _instant("given_at"),
        sa.PrimaryKeyConstraint("id", name="custody_approval_pk"),
        sa.UniqueConstraint("closing", "part", "key", name="custody_approval_closing_part_key_key"),
    )
    op.create_table(
        "custody_report",
        sa.Column("keyholder_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        _instant("reported_at"),
        sa.PrimaryKeyConstraint("keyholder_id", "subject", "rule", name="custody_report_pk"),
        sa.ForeignKeyConstraint(
            ["keyholder_id"], ["custody_keyholder.id"], name="custody_report_keyholder_id_fkey"
        ),
    )


def downgrade() -> None:
    for table in (
        "report",
        "approval",
        "shown",
        "release",
        "run",
        "taken",
        "cosignature",
        "channel",
        "keyholder",
    ):
        op.drop_table(f"custody_{table}")
