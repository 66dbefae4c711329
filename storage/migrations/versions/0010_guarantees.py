"""Electronic guarantees, from application to release (guarantees/models.py)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _bytes(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=f"{name}_check")


def _instants(*names: str) -> list[sa.Column[object]]:
    return [_instant(name) for name in names]


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        "guarantee",
        *_bytes("id"),
        *_texts("lot", "tender"),
        *_numbers("bid"),
        *_texts("number", "guarantor", "applicant", "beneficiary"),
        *_numbers("amount"),
        *_texts("currency"),
        *_instants("applied_at", "issued_at", "expiry"),
        *_bytes("content"),
        *_texts("state"),
        _instant("presented_at"),
        _instant("ended_at", nullable=True),
        *_texts("released_because"),
        sa.Column("replaced_by", sa.LargeBinary(), nullable=True),
        sa.Column("followed", sa.BigInteger(), nullable=False),
        _check(
            "guarantee_state", "state IN ('presented', 'demanded', 'refused', 'paid', 'released', 'expired')"
        ),
        _check("guarantee_id", "octet_length(id) = 32"),
        sa.PrimaryKeyConstraint("id", name="guarantee_pk"),
    )
    op.create_index("guarantee_guarantor_index", "guarantee", ["guarantor"])
    op.create_index(
        "guarantee_standing_key",
        "guarantee",
        ["lot", "bid"],
        unique=True,
        postgresql_where=sa.text("replaced_by IS NULL"),
    )
    _partial("guarantee_open_index", "guarantee", ["expiry"], "state IN ('presented', 'refused')")
    op.create_table(
        "guarantee_application",
        *_bytes("id"),
        *_texts("recipient"),
        *_numbers("letters"),
        *_texts("applicant", "name", "tender", "lot", "product"),
        *_numbers("amount"),
        *_texts("currency"),
        _instant("expiry"),
        *_bytes("content"),
        sa.Column("documents", JSONB(), nullable=False),
        *_texts("state"),
        *_instants("applied_at", "changed_at"),
        *_texts("remark"),
        sa.CheckConstraint(
            "state IN ('applied', 'quoted', 'accepted', 'paid', 'signed', 'issued', 'delivered', 'declined', "
            "'cancelled', 'failed')",
            name="guarantee_application_state_check",
        ),
        _check("guarantee_application_id", "octet_length(id) = 16 AND amount > 0"),
        sa.PrimaryKeyConstraint("id", name="guarantee_application_pk"),
    )
    op.create_index("guarantee_application_applicant_index", "guarantee_application", ["applicant"])
    op.create_index("guarantee_application_state_index", "guarantee_application", ["state", "applied_at"])
    op.create_table(
        "guarantee_beneficiary",
        *_texts("credit_code"),
        *_bytes("address"),
        _instant("registered_at"),
        _check("guarantee_beneficiary_address", "octet_length(address) = 20"),
        sa.PrimaryKeyConstraint("credit_code", name="guarantee_beneficiary_pk"),
    )
    op.create_table(
        "guarantee_check",
        *_texts("lot"),
        sa.Column("bid", sa.BigInteger(), autoincrement=False, nullable=False),
        *_texts("credit_code", "form"),
        *_bytes("content"),
        sa.Column("guarantee", sa.LargeBinary(), nullable=True),
        *_texts("state"),
        sa.Column("findings", JSONB(), nullable=False),
        _instant("due_at", nullable=True),
        _instant("began_at"),
        _instant("decided_at", nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        _check("guarantee_check_form", "form IN ('electronic', 'paper')"),
        _check("guarantee_check_state", "state IN ('waiting', 'valid', 'invalid', 'examine')"),
        sa.PrimaryKeyConstraint("lot", "bid", name="guarantee_check_pk"),
    )
    _partial("guarantee_check_due_index", "guarantee_check", ["due_at"], "state = 'waiting'")
    op.create_index("guarantee_check_guarantee_index", "guarantee_check", ["guarantee"])
    op.create_table(
        "guarantee_difference",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_bytes("guarantee"),
        *_texts("kind", "sentence"),
        _instant("found_at"),
        _instant("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="guarantee_difference_pk"),
    )
    _partial(
        "guarantee_difference_open_key",
        "guarantee_difference",
        ["guarantee", "kind"],
        "settled_at IS NULL",
        unique=True,
    )
    op.create_table(
        "guarantee_limit",
        *_texts("applicant", "currency"),
        *_numbers("amount"),
        _instant("set_at"),
        _check("guarantee_limit_amount", "amount >= 0"),
        sa.PrimaryKeyConstraint("applicant", "currency", name="guarantee_limit_pk"),
    )
    op.create_table(
        "guarantee_mailbox",
        *_bytes("id"),
        *_texts("kind"),
        *_bytes("key"),
        *_texts("recipient"),
        _check("guarantee_mailbox_id", "octet_length(id) = 16 AND octet_length(key) = 32"),
        sa.PrimaryKeyConstraint("id", name="guarantee_mailbox_pk"),
        sa.UniqueConstraint("key", name="guarantee_mailbox_key_key"),
    )
    op.create_index("guarantee_mailbox_kind_index", "guarantee_mailbox", ["kind"])
    op.create_table(
        "guarantee_paper",
        *_texts("lot"),
        sa.Column("bid", sa.BigInteger(), autoincrement=False, nullable=False),
        *_bytes("sha256"),
        sa.Column("stated", JSONB(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        *_texts("remarks", "examined_by"),
        _instant("examined_at", nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        _check("guarantee_paper_outcome", "outcome IN ('accepted', 'refused')"),
        _check("guarantee_paper_examined", "(outcome IS NULL) = (examined_at IS NULL)"),
        sa.PrimaryKeyConstraint("lot", "bid", name="guarantee_paper_pk"),
    )
    op.create_table(
        "guarantee_amendment",
        *_bytes("guarantee"),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *_bytes("content"),
        sa.Column("signatures", JSONB(), nullable=False),
        *_texts("state"),
        _instant("proposed_at"),
        _instant("settled_at", nullable=True),
        _check("guarantee_amendment_state", "state IN ('proposed', 'agreed', 'refused')"),
        sa.ForeignKeyConstraint(["guarantee"], ["guarantee.id"], name="guarantee_amendment_guarantee_fkey"),
        sa.PrimaryKeyConstraint("guarantee", "number", name="guarantee_amendment_pk"),
    )
    op.create_table(
        "guarantee_demand",
        *_bytes("guarantee"),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *_numbers("amount", "extension_days"),
        *_texts("grounds"),
        *_bytes("statement"),
        sa.Column("documents", JSONB(), nullable=False),
        *_instants("made_at", "examine_by"),
        sa.Column("answer_by", sa.BigInteger(), nullable=True),
        *_texts("state"),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        _instant("answered_at", nullable=True),
        _check("guarantee_demand_answered", "(state = 'open') = (answered_at IS NULL)"),
        _check("guarantee_demand_state", "state IN ('open', 'paid', 'refused', 'extended')"),
        _check("guarantee_demand_amount", "amount > 0 AND extension_days >= 0"),
        sa.ForeignKeyConstraint(["guarantee"], ["guarantee.id"], name="guarantee_demand_guarantee_fkey"),
        sa.PrimaryKeyConstraint("guarantee", "number", name="guarantee_demand_pk"),
    )
    _partial("guarantee_demand_open_key", "guarantee_demand", ["guarantee"], "state = 'open'", unique=True)
    op.create_table(
        "guarantee_guarantor",
        *_texts("credit_code"),
        sa.Column("organisation", sa.Uuid(), nullable=True),
        *_texts("name"),
        *_bytes("address", "key"),
        *_texts("recipient"),
        *_instants("licensed_from", "licensed_until"),
        _instant("suspended_at", nullable=True),
        _check("guarantee_guarantor_licensed", "licensed_from < licensed_until"),
        _check("guarantee_guarantor_address", "octet_length(address) = 20"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["party_organisation.id"], name="guarantee_guarantor_organisation_fkey"
        ),
        sa.PrimaryKeyConstraint("credit_code", name="guarantee_guarantor_pk"),
        sa.UniqueConstraint("address", name="guarantee_guarantor_address_key"),
    )
    op.create_table(
        "guarantee_invoice",
        *_texts("number"),
        *_bytes("application"),
        *_numbers("amount"),
        *_texts("currency"),
        *_instants("issued_at", "due_at"),
        _instant("paid_at", nullable=True),
        _check("guarantee_invoice_amount", "amount >= 0"),
        sa.ForeignKeyConstraint(
            ["application"], ["guarantee_application.id"], name="guarantee_invoice_application_fkey"
        ),
        sa.PrimaryKeyConstraint("number", name="guarantee_invoice_pk"),
        sa.UniqueConstraint("application", name="guarantee_invoice_application_key"),
    )
    op.create_table(
        "guarantee_issue",
        *_bytes("application"),
        *_texts("number"),
        *_bytes("guarantee", "content"),
        _instant("expiry"),
        sa.Column("purpose", sa.Text(), nullable=True),
        _instant("signed_at"),
        _instant("issued_at", nullable=True),
        _check("guarantee_issue_guarantee", "octet_length(guarantee) = 32"),
        sa.ForeignKeyConstraint(
            ["application"], ["guarantee_application.id"], name="guarantee_issue_application_fkey"
        ),
        sa.PrimaryKeyConstraint("application", name="guarantee_issue_pk"),
        sa.UniqueConstraint("guarantee", name="guarantee_issue_guarantee_key"),
        sa.UniqueConstraint("number", name="guarantee_issue_number_key"),
    )
    op.create_table(
        "guarantee_message",
        *_bytes("mailbox_id", "sha256"),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_reply", sa.Boolean(), nullable=False),
        *_bytes("signature", "salt"),
        *_numbers("entry_id"),
        _check("guarantee_message_salt", "octet_length(salt) = 32"),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["guarantee_mailbox.id"], name="guarantee_message_mailbox_id_fkey"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name="guarantee_message_sha256_fkey"),
        sa.PrimaryKeyConstraint("mailbox_id", "number", name="guarantee_message_pk"),
        sa.UniqueConstraint("entry_id", name="guarantee_message_entry_id_key"),
    )
    op.create_index("guarantee_message_sha256_index", "guarantee_message", ["sha256"])
    op.create_table(
        "guarantee_outgoing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_bytes("application"),
        *_texts("purpose"),
        *_bytes("content"),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _instant("sent_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["application"], ["guarantee_application.id"], name="guarantee_outgoing_application_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_outgoing_pk"),
        sa.UniqueConstraint("purpose", name="guarantee_outgoing_purpose_key"),
    )
    _partial("guarantee_outgoing_waiting_index", "guarantee_outgoing", ["id"], "sent_at IS NULL")
    op.create_table(
        "guarantee_quote",
        *_bytes("application"),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *_numbers("premium"),
        *_instants("valid_until", "quoted_at"),
        _instant("accepted_at", nullable=True),
        _check("guarantee_quote_premium", "premium >= 0"),
        sa.ForeignKeyConstraint(
            ["application"], ["guarantee_application.id"], name="guarantee_quote_application_fkey"
        ),
        sa.PrimaryKeyConstraint("application", "number", name="guarantee_quote_pk"),
    )
    op.create_table(
        "guarantee_release",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_bytes("guarantee"),
        *_texts("clock", "rule"),
        *_instants("began_at", "due_at"),
        _instant("released_at", nullable=True),
        *_texts("late_because"),
        sa.ForeignKeyConstraint(["guarantee"], ["guarantee.id"], name="guarantee_release_guarantee_fkey"),
        sa.PrimaryKeyConstraint("id", name="guarantee_release_pk"),
        sa.UniqueConstraint("guarantee", "clock", name="guarantee_release_guarantee_clock_key"),
    )
    _partial("guarantee_release_due_index", "guarantee_release", ["due_at"], "released_at IS NULL")
    op.create_table(
        "guarantee_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_bytes("guarantee"),
        *_texts("step"),
        _instant("at"),
        *_numbers("entry_id"),
        sa.Column("purpose", sa.Text(), nullable=True),
        *_texts("event"),
        sa.ForeignKeyConstraint(["guarantee"], ["guarantee.id"], name="guarantee_step_guarantee_fkey"),
        sa.PrimaryKeyConstraint("id", name="guarantee_step_pk"),
    )
    op.create_index("guarantee_step_guarantee_index", "guarantee_step", ["guarantee", "id"])
    op.create_table(
        "guarantee_guarantor_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("guarantor", "act"),
        _instant("at"),
        *_bytes("leaf"),
        *_numbers("entry_id"),
        _check("guarantee_guarantor_act_act", "act IN ('listed', 'suspended', 'resumed')"),
        sa.ForeignKeyConstraint(
            ["guarantor"], ["guarantee_guarantor.credit_code"], name="guarantee_guarantor_act_guarantor_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_guarantor_act_pk"),
    )
    op.create_index("guarantee_guarantor_act_guarantor_index", "guarantee_guarantor_act", ["guarantor", "id"])
    op.create_table(
        "guarantee_payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("reference"),
        sa.Column("invoice", sa.Text(), nullable=True),
        *_numbers("amount"),
        *_texts("currency", "payer", "named", "source"),
        *_instants("paid_at", "recorded_at"),
        *_texts("trouble"),
        _check("guarantee_payment_source", "source IN ('hand', 'csv', 'webhook')"),
        _check("guarantee_payment_amount", "amount > 0"),
        sa.ForeignKeyConstraint(
            ["invoice"], ["guarantee_invoice.number"], name="guarantee_payment_invoice_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_payment_pk"),
        sa.UniqueConstraint("reference", name="guarantee_payment_reference_key"),
    )
    op.create_index("guarantee_payment_invoice_index", "guarantee_payment", ["invoice"])
    op.create_table(
        "guarantee_product",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("guarantor", "code"),
        *_numbers("version"),
        *_bytes("content", "signature"),
        _instant("published_at"),
        _instant("ended_at", nullable=True),
        *_numbers("entry_id"),
        _check("guarantee_product_version", "version > 0"),
        sa.ForeignKeyConstraint(
            ["guarantor"], ["guarantee_guarantor.credit_code"], name="guarantee_product_guarantor_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="guarantee_product_pk"),
        sa.UniqueConstraint(
            "guarantor", "code", "version", name="guarantee_product_guarantor_code_version_key"
        ),
    )
    _partial(
        "guarantee_product_offered_key",
        "guarantee_product",
        ["guarantor", "code"],
        "ended_at IS NULL",
        unique=True,
    )


def downgrade() -> None:
    for table in (
        *("product", "payment", "guarantor_act", "step", "release", "quote", "outgoing"),
        *("message", "issue", "invoice", "guarantor", "demand", "amendment", "paper"),
        *("mailbox", "limit", "difference", "check", "beneficiary", "application"),
    ):
        op.drop_table(f"guarantee_{table}")
    op.drop_table("guarantee")
