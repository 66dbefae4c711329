"""Who did a duty, and what shows it (bidding/tenders/duties.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("bidding_due", sa.Column("done_by", sa.Uuid(), nullable=True))
    op.add_column("bidding_due", sa.Column("evidence", sa.Text(), nullable=False, server_default=""))
    op.alter_column("bidding_due", "evidence", server_default=None)
    op.create_foreign_key("bidding_due_done_by_fkey", "bidding_due", "party_membership", ["done_by"], ["id"])
    op.create_check_constraint(
        "bidding_due_done_check", "bidding_due", "done_by IS NULL OR done_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint("bidding_due_done_check", "bidding_due", type_="check")
    op.drop_constraint("bidding_due_done_by_fkey", "bidding_due", type_="foreignkey")
    op.drop_column("bidding_due", "evidence")
    op.drop_column("bidding_due", "done_by")
