"""Public files that entries name by their hash (ledger/named_files.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "ledger_named_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="ledger_named_file_hash_check"),
        sa.PrimaryKeyConstraint("sha256", name="ledger_named_file_pk"),
    )


def downgrade() -> None:
    op.drop_table("ledger_named_file")
