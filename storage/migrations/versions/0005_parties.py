"""Organisations, persons, memberships, party keys (parties/models.py), and how persons log in (app/models.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "account_attempts",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name="account_attempts_pk"),
        sa.CheckConstraint("failures >= 0", name="account_attempts_failures_check"),
        sa.CheckConstraint("octet_length(name_hash) = 32", name="account_attempts_name_hash_check"),
    )
    op.create_index("account_attempts_last_at_index", "account_attempts", ["last_at"])
    op.create_table(
        "account_challenge",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="account_challenge_pk"),
        sa.CheckConstraint(
            "octet_length(challenge_hash) = 32", name="account_challenge_challenge_hash_check"
        ),
    )
    op.create_index("account_challenge_expires_at_index", "account_challenge", ["expires_at"])
    op.create_table(
        "party_organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("verified_roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="party_organisation_pk"),
        sa.CheckConstraint(
            "roles <@ ARRAY['tenderee', 'bidder', 'guarantor', 'center', 'supervisor', 'expert', 'administrator']"
            "::text[] AND cardinality(roles) > 0",
            name="party_organisation_roles_check",
        ),
        sa.CheckConstraint("octet_length(salt) = 32", name="party_organisation_salt_check"),
        sa.CheckConstraint("verified_roles <@ roles", name="party_organisation_verified_check"),
        sa.UniqueConstraint("credit_code", name="party_organisation_credit_code_key"),
    )
    op.create_table(
        "party_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="party_person_pk"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("fs_webauthn_user_handle", sa.Text(), nullable=True),
        sa.Column("tf_primary_method", sa.Text(), nullable=True),
        sa.Column("tf_totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.Column("mf_recovery_codes", sa.ARRAY(sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name="account_pk"),
        sa.CheckConstraint("email = lower(email)", name="account_email_check"),
        sa.ForeignKeyConstraint(["id"], ["party_person.id"], name="account_id_fkey"),
        sa.UniqueConstraint("email", name="account_email_key"),
        sa.UniqueConstraint("fs_uniquifier", name="account_fs_uniquifier_key"),
        sa.UniqueConstraint("fs_webauthn_user_handle", name="account_fs_webauthn_user_handle_key"),
    )
    op.create_table(
        "party_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="party_invitation_pk"),
        sa.CheckConstraint(
            "role IN ('tenderee', 'bidder', 'guarantor', 'center', 'supervisor', 'expert', 'administrator')",
            name="party_invitation_role_check",
        ),
        sa.ForeignKeyConstraint(["created_by"], ["party_person.id"], name="party_invitation_created_by_fkey"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["party_organisation.id"], name="party_invitation_organisation_id_fkey"
        ),
        sa.UniqueConstraint("code_hash", name="party_invitation_code_hash_key"),
    )
    op.create_index("party_invitation_organisation_id_index", "party_invitation", ["organisation_id"])
    op.create_table(
        "party_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("spki", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("intermediates", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registration_entry", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_entry", sa.BigInteger(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="party_key_pk"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_entry IS NULL)", name="party_key_ended_check"),
        sa.CheckConstraint("octet_length(key_id) = 32", name="party_key_key_id_check"),
        sa.ForeignKeyConstraint(["end_entry"], ["ledger_entry.id"], name="party_key_end_entry_fkey"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["party_organisation.id"], name="party_key_organisation_id_fkey"
        ),
        sa.ForeignKeyConstraint(["registered_by"], ["party_person.id"], name="party_key_registered_by_fkey"),
        sa.ForeignKeyConstraint(
            ["registration_entry"], ["ledger_entry.id"], name="party_key_registration_entry_fkey"
        ),
        sa.UniqueConstraint("key_id", name="party_key_key_id_key"),
    )
    op.create_index("party_key_organisation_id_index", "party_key", ["organisation_id"])
    op.create_table(
        "party_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="party_membership_pk"),
        sa.CheckConstraint(
            "role IN ('tenderee', 'bidder', 'guarantor', 'center', 'supervisor', 'expert', 'administrator')",
            name="party_membership_role_check",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["party_organisation.id"], name="party_membership_organisation_id_fkey"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["party_person.id"], name="party_membership_person_id_fkey"),
    )
    op.create_index(
        "party_membership_live_key",
        "party_membership",
        ["person_id", "organisation_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("party_membership_organisation_id_index", "party_membership", ["organisation_id"])
    op.create_table(
        "account_certificate",
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="account_certificate_pk"),
        sa.CheckConstraint("octet_length(key_id) = 32", name="account_certificate_key_id_check"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="account_certificate_account_id_fkey"),
    )
    op.create_index("account_certificate_account_id_index", "account_certificate", ["account_id"])
    op.create_table(
        "account_passkey",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.Text(), nullable=False),
        sa.Column("extensions", sa.Text(), nullable=True),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="account_passkey_pk"),
        sa.CheckConstraint("usage IN ('first', 'secondary')", name="account_passkey_usage_check"),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name="account_passkey_user_id_fkey"),
        sa.UniqueConstraint("credential_id", name="account_passkey_credential_id_key"),
        sa.UniqueConstraint("user_id", "name", name="account_passkey_user_id_name_key"),
    )
    op.create_table(
        "account_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="account_session_pk"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="account_session_account_id_fkey"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["party_membership.id"], name="account_session_membership_id_fkey"
        ),
    )
    op.create_index("account_session_account_id_index", "account_session", ["account_id"])
    op.create_table(
        "account_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="account_token_pk"),
        sa.CheckConstraint("cardinality(scopes) > 0", name="account_token_scopes_check"),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="account_token_token_hash_check"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="account_token_account_id_fkey"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["party_membership.id"], name="account_token_membership_id_fkey"
        ),
        sa.UniqueConstraint("token_hash", name="account_token_token_hash_key"),
    )
    op.create_index("account_token_account_id_index", "account_token", ["account_id"])


def downgrade() -> None:
    op.drop_table("account_token")
    op.drop_table("account_session")
    op.drop_table("account_passkey")
    op.drop_table("account_certificate")
    op.drop_table("party_membership")
    op.drop_table("party_key")
    op.drop_table("party_invitation")
    op.drop_table("account")
    op.drop_table("party_person")
    op.drop_table("party_organisation")
    op.drop_table("account_challenge")
    op.drop_table("account_attempts")
