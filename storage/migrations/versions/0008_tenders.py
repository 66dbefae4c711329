"""Tenders: their lots, documents, questions, suspensions, and what is due (bidding/tenders/models.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_STATES = (
    "'draft', 'published', 'suspended', 'closed', 'opened', 'evaluated', 'candidates-published', 'awarded', "
    "'contracted', 'failed', 'cancelled', 'tendered-again'"
)


def upgrade() -> None:
    op.create_table(
        "bidding_tender",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("law_of", sa.Date(), nullable=True),
        sa.Column("keyholders", sa.Text(), nullable=True),
        sa.Column("again", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL) AND (state = 'draft') = (law_of IS NULL)",
            name="bidding_tender_published_check",
        ),
        sa.CheckConstraint(
            f"state IN ({_STATES})",
            name="bidding_tender_state_check",
        ),
        sa.ForeignKeyConstraint(["again"], ["bidding_tender.id"], name="bidding_tender_again_fkey"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["party_organisation.id"], name="bidding_tender_organisation_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="bidding_tender_pk"),
    )
    op.create_index("bidding_tender_organisation_index", "bidding_tender", ["organisation"], unique=False)
    op.create_index(
        "bidding_tender_published_at_index", "bidding_tender", ["published_at", "id"], unique=False
    )

    op.create_table(
        "bidding_amendment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("lots", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("may_affect_bids", sa.Boolean(), nullable=False),
        sa.Column("old_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tender"], ["bidding_tender.id"], name="bidding_amendment_tender_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_amendment_pk"),
        sa.UniqueConstraint("tender", "number", name="bidding_amendment_tender_number_key"),
    )

    op.create_table(
        "bidding_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version > 0", name="bidding_document_version_check"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="bidding_document_sha256_fkey"),
        sa.ForeignKeyConstraint(["tender"], ["bidding_tender.id"], name="bidding_document_tender_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_document_pk"),
        sa.UniqueConstraint("tender", "name", "version", name="bidding_document_tender_name_version_key"),
    )
    op.create_index("bidding_document_sha256_index", "bidding_document", ["sha256"], unique=False)

    op.create_table(
        "bidding_lot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resumes", sa.Text(), nullable=True),
        sa.Column("timetable", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bids", sa.BigInteger(), nullable=True),
        sa.Column("report_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("candidates_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'suspended') = (resumes IS NOT NULL)", name="bidding_lot_resumes_check"),
        sa.CheckConstraint(
            f"state IN ({_STATES})",
            name="bidding_lot_state_check",
        ),
        sa.ForeignKeyConstraint(["tender"], ["bidding_tender.id"], name="bidding_lot_tender_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_lot_pk"),
        sa.UniqueConstraint("tender", "number", name="bidding_lot_tender_number_key"),
    )

    op.create_table(
        "bidding_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (number IS NULL)",
            name="bidding_question_answered_check",
        ),
        sa.ForeignKeyConstraint(["tender"], ["bidding_tender.id"], name="bidding_question_tender_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_question_pk"),
        sa.UniqueConstraint("tender", "number", name="bidding_question_tender_number_key"),
    )
    op.create_index("bidding_question_tender_index", "bidding_question", ["tender", "asked_at"], unique=False)

    op.create_table(
        "bidding_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lot"], ["bidding_lot.id"], name="bidding_due_lot_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_due_pk"),
        sa.UniqueConstraint("lot", "kind", name="bidding_due_lot_kind_key"),
    )
    op.create_index(
        "bidding_due_open_index",
        "bidding_due",
        ["due_at"],
        unique=False,
        postgresql_where="done_at IS NULL AND overdue_at IS NULL",
    )

    op.create_table(
        "bidding_lot_part",
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lot"], ["bidding_lot.id"], name="bidding_lot_part_lot_fkey"),
        sa.PrimaryKeyConstraint("lot", "part", name="bidding_lot_part_pk"),
    )

    op.create_table(
        "bidding_suspension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name="bidding_suspension_order_check"),
        sa.ForeignKeyConstraint(["lot"], ["bidding_lot.id"], name="bidding_suspension_lot_fkey"),
        sa.PrimaryKeyConstraint("id", name="bidding_suspension_pk"),
    )
    op.create_index("bidding_suspension_lot_index", "bidding_suspension", ["lot"], unique=False)
    op.create_index(
        "bidding_suspension_open_key",
        "bidding_suspension",
        ["lot", "cause"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )


def downgrade() -> None:
    for table in (
        "bidding_suspension",
        "bidding_lot_part",
        "bidding_due",
        "bidding_question",
        "bidding_lot",
        "bidding_document",
        "bidding_amendment",
        "bidding_tender",
    ):
        op.drop_table(table)
