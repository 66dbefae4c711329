"""The chain gateway: outbox and attempts, the index of events, and anchors (guarantees/chain/models.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "chain_deployment",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("guarantee_registry", sa.LargeBinary(), nullable=False),
        sa.Column("ledger_anchor", sa.LargeBinary(), nullable=False),
        sa.Column("first_block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="chain_deployment_pk"),
        sa.CheckConstraint("id = 1", name="chain_deployment_single_check"),
        sa.CheckConstraint("first_block >= 0", name="chain_deployment_first_block_check"),
    )
    op.create_table(
        "chain_key",
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("next_nonce", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="chain_key_pk"),
        sa.CheckConstraint("octet_length(address) = 20", name="chain_key_address_check"),
        sa.CheckConstraint("next_nonce >= 0", name="chain_key_next_nonce_check"),
    )
    op.create_table(
        "chain_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("transaction", sa.LargeBinary(), nullable=True),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.LargeBinary(), nullable=True),
        sa.Column("succeeded", sa.Boolean(), nullable=True),
        sa.Column("error", JSONB(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="chain_outbox_pk"),
        sa.UniqueConstraint("purpose", name="chain_outbox_purpose_key"),
        sa.UniqueConstraint("key", "nonce", name="chain_outbox_key_nonce_key"),
        sa.CheckConstraint("octet_length(key) = 20", name="chain_outbox_key_check"),
        sa.CheckConstraint(
            "state IN ('wanted', 'signed', 'sent', 'mined', 'confirmed', 'reverted', 'refused')",
            name="chain_outbox_state_check",
        ),
        sa.CheckConstraint(
            "state IN ('wanted', 'refused') OR nonce IS NOT NULL", name="chain_outbox_nonce_check"
        ),
        sa.CheckConstraint(
            "(state IN ('mined', 'confirmed', 'reverted')) = (block IS NOT NULL)",
            name="chain_outbox_block_check",
        ),
    )
    op.create_index(
        "chain_outbox_open_index",
        "chain_outbox",
        ["key", "id"],
        postgresql_where=sa.text("state IN ('wanted', 'signed', 'sent', 'mined')"),
    )
    op.create_table(
        "chain_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("max_fee", sa.BigInteger(), nullable=False),
        sa.Column("tip", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="chain_attempt_pk"),
        sa.UniqueConstraint("hash", name="chain_attempt_hash_key"),
        sa.ForeignKeyConstraint(["outbox_id"], ["chain_outbox.id"], name="chain_attempt_outbox_id_fkey"),
    )
    op.create_index("chain_attempt_outbox_id_index", "chain_attempt", ["outbox_id"])
    op.create_table(
        "chain_block",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="chain_block_pk"),
    )
    op.create_table(
        "chain_event",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block_hash", sa.LargeBinary(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("transaction", sa.LargeBinary(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("fields", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index", name="chain_event_pk"),
    )
    op.create_index("chain_event_subject_index", "chain_event", ["subject"])
    op.create_table(
        "chain_guarantee",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("guarantor", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("expiry", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("issued_block", sa.BigInteger(), nullable=False),
        sa.Column("changed_block", sa.BigInteger(), nullable=False),
        sa.Column("beneficiary", sa.LargeBinary(), nullable=True),
        sa.Column("amount", sa.Numeric(29, 0), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("answer_by", sa.BigInteger(), nullable=True),
        sa.Column("demanded", sa.Numeric(29, 0), nullable=True),
        sa.Column("extension_days", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="chain_guarantee_pk"),
        sa.CheckConstraint("octet_length(id) = 32", name="chain_guarantee_id_check"),
    )
    op.create_index("chain_guarantee_guarantor_index", "chain_guarantee", ["guarantor"])
    op.create_table(
        "chain_guarantor",
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("licensed", sa.Boolean(), nullable=False),
        sa.Column("changed_block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="chain_guarantor_pk"),
    )
    op.create_table(
        "chain_anchor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("root", sa.LargeBinary(), nullable=True),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="chain_anchor_pk"),
        sa.ForeignKeyConstraint(["outbox_id"], ["chain_outbox.id"], name="chain_anchor_outbox_id_fkey"),
        sa.CheckConstraint(
            "(outbox_id IS NULL) = (size IS NULL) AND (outbox_id IS NULL) = (root IS NULL)",
            name="chain_anchor_whole_check",
        ),
    )
    op.create_index("chain_anchor_outbox_id_index", "chain_anchor", ["outbox_id"])


def downgrade() -> None:
    op.drop_table("chain_anchor")
    op.drop_table("chain_guarantor")
    op.drop_table("chain_guarantee")
    op.drop_table("chain_event")
    op.drop_table("chain_block")
    op.drop_table("chain_attempt")
    op.drop_table("chain_outbox")
    op.drop_table("chain_key")
    op.drop_table("chain_deployment")
