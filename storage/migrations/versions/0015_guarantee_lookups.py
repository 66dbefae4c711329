"""By what the public check finds a guarantee (guarantees/register/lookups.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "guarantee_lookup",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("guarantee", sa.LargeBinary(), nullable=False),
        sa.Column("guarantor", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "octet_length(lookup) = 32 AND octet_length(guarantee) = 32", name="guarantee_lookup_lookup_check"
        ),
        sa.ForeignKeyConstraint(
            ["guarantor"], ["guarantee_guarantor.credit_code"], name="guarantee_lookup_guarantor_fkey"
        ),
        sa.PrimaryKeyConstraint("lookup", name="guarantee_lookup_pk"),
        sa.UniqueConstraint("guarantor", "guarantee", name="guarantee_lookup_guarantor_guarantee_key"),
    )
    op.create_index("guarantee_number_index", "guarantee", ["number"])


def downgrade() -> None:
    op.drop_index("guarantee_number_index", "guarantee")
    op.drop_table("guarantee_lookup")
