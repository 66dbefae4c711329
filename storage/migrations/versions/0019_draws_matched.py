"""How many opened bids a draw of experts was matched with (oversight/following.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("oversight_draw", sa.Column("matched", sa.BigInteger(), server_default="0", nullable=False))
    op.alter_column("oversight_draw", "matched", server_default=None)


def downgrade() -> None:
    op.drop_column("oversight_draw", "matched")
