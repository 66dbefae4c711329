"""Signed requests of banks (app/models.py), webhooks and documents (guarantees/webhooks/models.py, documents.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "account_request_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("spki", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(key_id) = 32", name="account_request_key_key_id_check"),
        sa.CheckConstraint("cardinality(scopes) > 0", name="account_request_key_scopes_check"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="account_request_key_account_id_fkey"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["party_membership.id"], name="account_request_key_membership_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="account_request_key_pk"),
        sa.UniqueConstraint("key_id", name="account_request_key_key_id_key"),
    )
    op.create_index("account_request_key_membership_id_index", "account_request_key", ["membership_id"])
    op.create_table(
        "account_request_nonce",
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(nonce_hash) = 32", name="account_request_nonce_nonce_hash_check"),
        sa.PrimaryKeyConstraint("nonce_hash", name="account_request_nonce_pk"),
    )
    op.create_index("account_request_nonce_expires_at_index", "account_request_nonce", ["expires_at"])
    op.create_table(
        "guarantee_document",
        sa.Column("guarantee", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("handed_in_by", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guarantee"], ["guarantee.id"], name="guarantee_document_guarantee_fkey"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="guarantee_document_sha256_fkey"),
        sa.PrimaryKeyConstraint("guarantee", "sha256", name="guarantee_document_pk"),
    )
    op.create_table(
        "guarantee_webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["party_organisation.id"], name="guarantee_webhook_organisation_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_webhook_pk"),
    )
    op.create_index("guarantee_webhook_organisation_id_index", "guarantee_webhook", ["organisation_id"])
    op.create_table(
        "guarantee_webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_status", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'dead')", name="guarantee_webhook_delivery_state_check"
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (due_at IS NOT NULL)", name="guarantee_webhook_delivery_due_check"
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (done_at IS NULL)", name="guarantee_webhook_delivery_done_check"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["guarantee_webhook.id"], name="guarantee_webhook_delivery_webhook_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_webhook_delivery_pk"),
        sa.UniqueConstraint("webhook_id", "event_id", name="guarantee_webhook_delivery_event_key"),
    )
    op.create_index(
        "guarantee_webhook_delivery_due_index",
        "guarantee_webhook_delivery",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "guarantee_webhook_delivery_done_index",
        "guarantee_webhook_delivery",
        ["done_at"],
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )


def downgrade() -> None:
    for table in (
        "guarantee_webhook_delivery",
        "guarantee_webhook",
        "guarantee_document",
        "account_request_nonce",
        "account_request_key",
    ):
        op.drop_table(table)
