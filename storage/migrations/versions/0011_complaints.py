"""Objections and complaints: cases, their steps, clocks, mails and evidence (oversight/complaints/tables.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "oversight_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("lots", JSONB(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("law_of", sa.Date(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("party_salt", sa.LargeBinary(), nullable=False),
        sa.Column("tenderee", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Uuid(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("after_closing", sa.Text(), nullable=True),
        sa.Column("after_number", sa.BigInteger(), nullable=True),
        sa.Column("lead", sa.Text(), nullable=True),
        _instant("filed_at", nullable=False),
        _instant("knowing", nullable=False),
        _instant("accepted_at"),
        _instant("ended_at"),
        sa.Column("outcome", sa.Text(), nullable=False),
        _instant("withdrawal_asked_at"),
        _instant("suspended_at"),
        _instant("suspended_until"),
        _instant("resumed_at"),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'complaint') = (authority IS NOT NULL)", name="oversight_case_authority_check"
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (decision IS NOT NULL)", name="oversight_case_decision_check"
        ),
        sa.CheckConstraint("kind IN ('objection', 'complaint')", name="oversight_case_kind_check"),
        sa.CheckConstraint(
            "state IN ('filed', 'correction', 'accepted', 'replied', 'not-accepted', 'withdrawn', 'decided')",
            name="oversight_case_state_check",
        ),
        sa.CheckConstraint(
            "(after_closing IS NULL) = (after_number IS NULL)", name="oversight_case_opening_check"
        ),
        sa.CheckConstraint("octet_length(party_salt) = 32", name="oversight_case_party_salt_check"),
        sa.ForeignKeyConstraint(["after"], ["oversight_case.id"], name="oversight_case_after_fkey"),
        sa.ForeignKeyConstraint(
            ["authority"], ["party_organisation.id"], name="oversight_case_authority_fkey"
        ),
        sa.ForeignKeyConstraint(["lead"], ["oversight_case.id"], name="oversight_case_lead_fkey"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["party_organisation.id"], name="oversight_case_organisation_fkey"
        ),
        sa.ForeignKeyConstraint(["person"], ["party_person.id"], name="oversight_case_person_fkey"),
        sa.ForeignKeyConstraint(["tenderee"], ["party_organisation.id"], name="oversight_case_tenderee_fkey"),
        sa.PrimaryKeyConstraint("id", name="oversight_case_pk"),
    )
    op.create_index("oversight_case_authority_index", "oversight_case", ["authority"])
    op.create_index("oversight_case_filed_at_index", "oversight_case", ["filed_at", "id"])
    op.create_index("oversight_case_lead_index", "oversight_case", ["lead"])
    op.create_index("oversight_case_organisation_index", "oversight_case", ["organisation"])
    op.create_index(
        "oversight_case_suspended_until_index",
        "oversight_case",
        ["suspended_until"],
        postgresql_where=sa.text("suspended_until IS NOT NULL AND resumed_at IS NULL"),
    )
    op.create_index("oversight_case_tender_index", "oversight_case", ["tender"])
    op.create_table(
        "oversight_case_step",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["oversight_case.id"], name="oversight_case_step_case_id_fkey"),
        sa.ForeignKeyConstraint(["person"], ["party_person.id"], name="oversight_case_step_person_fkey"),
        sa.PrimaryKeyConstraint("case_id", "number", name="oversight_case_step_pk"),
    )
    op.create_table(
        "oversight_case_clock",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        _instant("begins", nullable=False),
        _instant("due_at", nullable=False),
        _instant("near_at", nullable=False),
        sa.Column("stops", JSONB(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        _instant("done_at"),
        sa.Column("done", sa.Boolean(), nullable=False),
        _instant("missed_at"),
        _instant("next_at", nullable=False),
        sa.CheckConstraint("done_at IS NOT NULL OR NOT done", name="oversight_case_clock_done_check"),
        sa.ForeignKeyConstraint(["case_id"], ["oversight_case.id"], name="oversight_case_clock_case_id_fkey"),
        sa.PrimaryKeyConstraint("case_id", "rule", name="oversight_case_clock_pk"),
    )
    op.create_index(
        "oversight_case_clock_due_at_index",
        "oversight_case_clock",
        ["due_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "oversight_case_clock_next_at_index",
        "oversight_case_clock",
        ["next_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "oversight_case_stop",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _instant("began_at", nullable=False),
        _instant("until", nullable=False),
        _instant("ended_at"),
        sa.CheckConstraint(
            "until > began_at AND ended_at >= began_at", name="oversight_case_stop_order_check"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["oversight_case.id"], name="oversight_case_stop_case_id_fkey"),
        sa.PrimaryKeyConstraint("case_id", "number", name="oversight_case_stop_pk"),
    )
    op.create_table(
        "oversight_case_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        _instant("retry_at", nullable=False),
        sa.Column("done_with", JSONB(), nullable=False),
        _instant("sent_at"),
        sa.ForeignKeyConstraint(["case_id"], ["oversight_case.id"], name="oversight_case_mail_case_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="oversight_case_mail_pk"),
        sa.UniqueConstraint(
            "case_id",
            "target",
            "word",
            "about",
            "at",
            name="oversight_case_mail_case_id_target_word_about_at_key",
        ),
    )
    op.create_index(
        "oversight_case_mail_retry_at_index",
        "oversight_case_mail",
        ["retry_at"],
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "oversight_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        _instant("begun_at", nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(case_id IS NULL) = (step IS NULL)", name="oversight_evidence_step_check"),
        sa.CheckConstraint("case_id IS NULL OR sha256 IS NOT NULL", name="oversight_evidence_complete_check"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="oversight_evidence_sha256_check"),
        sa.ForeignKeyConstraint(
            ["case_id", "step"],
            ["oversight_case_step.case_id", "oversight_case_step.number"],
            name="oversight_evidence_case_id_step_fkey",
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["party_organisation.id"], name="oversight_evidence_organisation_fkey"
        ),
        sa.ForeignKeyConstraint(["person"], ["party_person.id"], name="oversight_evidence_person_fkey"),
        sa.PrimaryKeyConstraint("id", name="oversight_evidence_pk"),
    )
    op.create_index("oversight_evidence_case_id_index", "oversight_evidence", ["case_id"])
    op.create_index("oversight_evidence_organisation_index", "oversight_evidence", ["organisation"])
    op.create_table(
        "oversight_evidence_piece",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["oversight_evidence.id"], name="oversight_evidence_piece_evidence_id_fkey"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="oversight_evidence_piece_sha256_fkey"),
        sa.PrimaryKeyConstraint("evidence_id", "number", name="oversight_evidence_piece_pk"),
    )


def downgrade() -> None:
    for table in ("evidence_piece", "evidence", "case_mail", "case_stop", "case_clock", "case_step", "case"):
        op.drop_table(f"oversight_{table}")
