"""The tables of organisations, persons, memberships, invitations and party keys. Only this package writes them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parties.roles import Role
from storage.base import Base

_ROLES = "'" + "', '".join(Role) + "'"


class Organisation(Base):
    """One legal person. `roles` is what it registered for, `verified_roles` those that were vouched for.

    `salt` is that of its commitment on the ledger (parties.commitment), and as secret as who has which key.
    """

    __tablename__ = "party_organisation"
    __table_args__ = (
        UniqueConstraint("credit_code"),
        CheckConstraint("octet_length(salt) = 32", name="salt"),
        CheckConstraint("verified_roles <@ roles", name="verified"),
        CheckConstraint(f"roles <@ ARRAY[{_ROLES}]::text[] AND cardinality(roles) > 0", name="roles"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    credit_code: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    verified_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    salt: Mapped[bytes]
    registered_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    suspended_because: Mapped[str]


class Person(Base):
    """A natural person, whoever it acts for. Its address and how it logs in are app's."""

    __tablename__ = "party_person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]


class Membership(Base):
    """A person acts for an organisation in one role; in two roles by two memberships. `manages`: invites and removes
    others, and sees to the organisation's keys. Ended ones stay, for what was done under them must be explained."""

    __tablename__ = "party_membership"
    __table_args__ = (
        Index(
            "party_membership_live_key",
            "person_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        Index("party_membership_organisation_id_index", "organisation_id"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("party_person.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    role: Mapped[str]
    manages: Mapped[bool]
    began_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")


class Invitation(Base):
    """An offer of a membership to whoever brings the code, of which only the hash is kept."""

    __tablename__ = "party_invitation"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        Index("party_invitation_organisation_id_index", "organisation_id"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    code_hash: Mapped[bytes]
    role: Mapped[str]
    manages: Mapped[bool]
    note: Mapped[str]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("party_person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class PartyKey(Base):
    """A key that an organisation signs with. The entries are ids of ledger rows; their indices are its trusted times.

    `certificate` is the X.509 certificate in DER of a key that a CA certified, followed by `intermediates`.
    """

    __tablename__ = "party_key"
    __table_args__ = (
        UniqueConstraint("key_id"),
        Index("party_key_organisation_id_index", "organisation_id"),
        CheckConstraint("octet_length(key_id) = 32", name="key_id"),
        CheckConstraint("(ended_at IS NULL) = (end_entry IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    key_id: Mapped[bytes]
    spki: Mapped[bytes]
    certificate: Mapped[bytes | None]
    intermediates: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    registered_at: Mapped[datetime]
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("party_person.id"))
    registration_entry: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    ended_at: Mapped[datetime | None]
    end_entry: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    ended_because: Mapped[str]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
