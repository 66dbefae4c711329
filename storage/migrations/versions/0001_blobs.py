"""Which blobs there are (storage/blob_rows.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="blob_pk"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="blob_sha256_check"),
        sa.CheckConstraint("size >= 0", name="blob_size_check"),
    )


def downgrade() -> None:
    op.drop_table("blob")
