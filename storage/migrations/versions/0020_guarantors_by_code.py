"""A guarantor's account is found by its credit code, also one that registers after it was listed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.drop_column("guarantee_guarantor", "organisation")


def downgrade() -> None:
    op.add_column("guarantee_guarantor", sa.Column("organisation", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "guarantee_guarantor_organisation_fkey",
        "guarantee_guarantor",
        "party_organisation",
        ["organisation"],
        ["id"],
    )
    op.execute(
        "UPDATE guarantee_guarantor g SET organisation = o.id FROM party_organisation o "
        "WHERE o.credit_code = g.credit_code"
    )
