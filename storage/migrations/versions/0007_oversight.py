"""The pool of experts, draws, samples and reports without a name (oversight/models.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "oversight_expert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("employer_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("years", sa.BigInteger(), nullable=False),
        sa.Column("specialties", JSONB(), nullable=False),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('entered', 'admitted', 'refused', 'suspended', 'removed')",
            name="oversight_expert_state_check",
        ),
        sa.CheckConstraint(
            "octet_length(commitment) = 32 AND octet_length(salt) = 32",
            name="oversight_expert_commitment_check",
        ),
        sa.PrimaryKeyConstraint("id", name="oversight_expert_pk"),
        sa.UniqueConstraint("number", name="oversight_expert_number_key"),
    )
    op.create_index("oversight_expert_employer_index", "oversight_expert", ["employer_key"])
    op.create_table(
        "oversight_mailbox",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('report', 'interference')", name="oversight_mailbox_kind_check"),
        sa.CheckConstraint(
            "octet_length(id) = 16 AND octet_length(key) = 32", name="oversight_mailbox_id_check"
        ),
        sa.PrimaryKeyConstraint("id", name="oversight_mailbox_pk"),
        sa.UniqueConstraint("key", name="oversight_mailbox_key_key"),
    )
    op.create_table(
        "oversight_snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("population", sa.LargeBinary(), nullable=False),
        sa.Column("identities", sa.LargeBinary(), nullable=False),
        sa.Column("salts", sa.LargeBinary(), nullable=False),
        sa.Column("keys", JSONB(), nullable=False),
        _instant("committed_at"),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="oversight_snapshot_pk"),
    )
    op.create_index("oversight_snapshot_kind_index", "oversight_snapshot", ["kind", "id"])
    op.create_table(
        "oversight_specialty",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="oversight_specialty_pk"),
    )
    op.create_table(
        "oversight_draw",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("others", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("warnings", JSONB(), nullable=False),
        sa.Column("bidders", JSONB(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("names", sa.LargeBinary(), nullable=True),
        _instant("requested_at"),
        sa.CheckConstraint("state IN ('requested') OR seed IS NOT NULL", name="oversight_draw_seed_check"),
        sa.CheckConstraint(
            "state IN ('requested', 'calling', 'formed', 'exhausted', 'published')",
            name="oversight_draw_state_check",
        ),
        sa.CheckConstraint("octet_length(id) = 32", name="oversight_draw_id_check"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["oversight_snapshot.id"], name="oversight_draw_snapshot_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="oversight_draw_pk"),
    )
    op.create_index(
        "oversight_draw_lot_key",
        "oversight_draw",
        ["lot"],
        unique=True,
        postgresql_where="state <> 'exhausted'",
    )
    op.create_index("oversight_draw_state_index", "oversight_draw", ["state"])
    op.create_table(
        "oversight_message",
        sa.Column("mailbox_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_reply", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "octet_length(salt) = 32 AND octet_length(signature) = 64", name="oversight_message_salt_check"
        ),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["oversight_mailbox.id"], name="oversight_message_mailbox_id_fkey"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="oversight_message_sha256_fkey"),
        sa.PrimaryKeyConstraint("mailbox_id", "number", name="oversight_message_pk"),
        sa.UniqueConstraint("entry_id", name="oversight_message_entry_id_key"),
    )
    op.create_index("oversight_message_sha256_index", "oversight_message", ["sha256"])
    op.create_table(
        "oversight_record",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expert_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        _instant("recorded_at"),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["oversight_expert.id"], name="oversight_record_expert_id_fkey"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="oversight_record_pk"),
    )
    op.create_index("oversight_record_expert_index", "oversight_record", ["expert_id"])
    op.create_table(
        "oversight_sample",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("inspectors_id", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("checklist", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("names", sa.LargeBinary(), nullable=True),
        _instant("requested_at"),
        sa.CheckConstraint("state IN ('requested', 'drawn')", name="oversight_sample_state_check"),
        sa.CheckConstraint("octet_length(id) = 32", name="oversight_sample_id_check"),
        sa.ForeignKeyConstraint(
            ["inspectors_id"], ["oversight_snapshot.id"], name="oversight_sample_inspectors_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["oversight_snapshot.id"], name="oversight_sample_snapshot_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="oversight_sample_pk"),
    )
    op.create_index("oversight_sample_state_index", "oversight_sample", ["state"])
    op.create_table(
        "oversight_call",
        sa.Column("draw_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("need", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _instant("called_at"),
        _instant("due_at"),
        _instant("told_at", nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        _instant("answered_at", nullable=True),
        sa.CheckConstraint(
            "answer IN ('pending', 'accepted', 'declined', 'silent', 'conflicted')",
            name="oversight_call_answer_check",
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["oversight_draw.id"], name="oversight_call_draw_id_fkey"),
        sa.PrimaryKeyConstraint("draw_id", "number", name="oversight_call_pk"),
        sa.UniqueConstraint("code_hash", name="oversight_call_code_hash_key"),
        sa.UniqueConstraint("draw_id", "position", name="oversight_call_draw_id_position_key"),
    )
    op.create_index(
        "oversight_call_due_index", "oversight_call", ["due_at"], postgresql_where="answer = 'pending'"
    )
    op.create_table(
        "oversight_event",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("draw_id", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["oversight_draw.id"], name="oversight_event_draw_id_fkey"),
        sa.PrimaryKeyConstraint("entry_id", name="oversight_event_pk"),
    )
    op.create_index("oversight_event_draw_index", "oversight_event", ["draw_id"])
    op.create_table(
        "oversight_item",
        sa.Column("sample_id", sa.LargeBinary(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("inspectors", JSONB(), nullable=False),
        sa.Column("answers", JSONB(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        _instant("checked_at", nullable=True),
        _instant("follow_up_by", nullable=True),
        _instant("followed_up_at", nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["sample_id"], ["oversight_sample.id"], name="oversight_item_sample_id_fkey"),
        sa.PrimaryKeyConstraint("sample_id", "item", name="oversight_item_pk"),
    )


def downgrade() -> None:
    for table in (
        "item",
        "event",
        "call",
        "sample",
        "record",
        "message",
        "draw",
        "specialty",
        "snapshot",
        "mailbox",
        "expert",
    ):
        op.drop_table(f"oversight_{table}")
