"""Who did what at a guarantor's desk (guarantees/desk/acts.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "guarantee_desk_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("application", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application"], ["guarantee_application.id"], name="guarantee_desk_act_application_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_desk_act_pk"),
    )
    op.create_index("guarantee_desk_act_application_index", "guarantee_desk_act", ["application"])


def downgrade() -> None:
    op.drop_table("guarantee_desk_act")
