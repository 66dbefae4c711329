"""Whether an applicant's key was proven by the ledger (guarantees/desk/applicant_key.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    standing = sa.Column("key_standing", sa.Text(), nullable=False, server_default="unchecked")
    op.add_column("guarantee_application", standing)
    op.alter_column("guarantee_application", "key_standing", server_default=None)
    op.add_column(
        "guarantee_application", sa.Column("key_checked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_check_constraint(
        op.f("guarantee_application_key_standing_check"),
        "guarantee_application",
        "key_standing IN ('unchecked', 'unproven', 'proven')"
        " AND (key_standing = 'unchecked' OR key_checked_at IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("guarantee_application_key_standing_check"), "guarantee_application")
    op.drop_column("guarantee_application", "key_checked_at")
    op.drop_column("guarantee_application", "key_standing")
