"""The tables of logging in: accounts, their second factors, sessions, tokens, and what limits guessing.

A person is in party_person; here is how it proves that it is that person. The names of the account's and the passkey's
columns are those that Flask-Security looks for (its models.fsqla). Nothing here is readable without the secret of
app.settings that matters: passwords are Argon2 hashes of peppered passwords, TOTP secrets and recovery codes are
encrypted, tokens are hashes.
"""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from flask import g
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from parties import members
from parties.models import Membership, Person
from parties.roles import SECOND_FACTOR_ROLES
from storage.base import Base

if TYPE_CHECKING:
    # The library declares plain attributes; to the type checker our mapped columns would contradict them.
    class _User: ...

    class _WebAuthn: ...
else:
    _User, _WebAuthn = UserMixin, WebAuthnMixin


class Account(Base, _User):
    """How a person logs in. `fs_uniquifier` changes when every session must end."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("fs_uniquifier"),
        UniqueConstraint("fs_webauthn_user_handle"),
        CheckConstraint("email = lower(email)", name="email"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("party_person.id"), primary_key=True)
    email: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool]
    confirmed_at: Mapped[datetime | None]
    fs_uniquifier: Mapped[str]
    fs_webauthn_user_handle: Mapped[str | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    totp_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(ARRAY(Text)))

    person: Mapped[Person] = relationship(lazy="joined")
    webauthn: Mapped[list["Passkey"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    tf_phone_number: ClassVar[None] = None
    roles: ClassVar[tuple[str, ...]] = ()

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the person's roles demands it."""
        session = object_session(self)
        return session is None or not SECOND_FACTOR_ROLES.isdisjoint(members.roles_of(session, self.id))

    def check_tf_required(
        self,
        tf_setup_methods: list[tuple[str, str]],
        tf_fresh: bool,  # noqa: ARG002 - the library's signature
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Asked by the library after the first factor: is there a second one to come? Always each time anew."""
        g.second_factor_considered = True
        return bool(tf_setup_methods) or self.needs_second_factor, tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Asked by the library before it lets a second factor be switched off."""
        return self.needs_second_factor

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Nothing: attempts are counted before they are made (app.login.lockout)."""


class AccountRole(RoleMixin):
    """None: roles are of memberships, not of accounts. The library wants a class."""


class Passkey(Base, _WebAuthn):
    """A WebAuthn credential of an account."""

    __tablename__ = "account_passkey"
    __table_args__ = (
        UniqueConstraint("credential_id"),
        UniqueConstraint("user_id", "name"),
        CheckConstraint("usage IN ('first', 'secondary')", name="usage"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    backup_state: Mapped[bool]
    device_type: Mapped[str]
    extensions: Mapped[str | None]
    lastuse_datetime: Mapped[datetime]
    name: Mapped[str]
    usage: Mapped[str]

    user: Mapped[Account] = relationship(back_populates="webauthn")


class LoginSession(Base):
    """A browser that is logged in. Its cookie names this row, so that ending it here ends it at once."""

    __tablename__ = "account_session"
    __table_args__ = (Index("account_session_account_id_index", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor: Mapped[bool]
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("party_membership.id"))


class LoginAttempts(Base):
    """Failures in a row under one name, which may be nobody's: the row tells no address, and no one that exists."""

    __tablename__ = "account_attempts"
    __table_args__ = (
        CheckConstraint("octet_length(name_hash) = 32", name="name_hash"),
        CheckConstraint("failures >= 0", name="failures"),
        Index("account_attempts_last_at_index", "last_at"),
    )

    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime]


class ApiToken(Base):
    """What a program calls with, in place of a person's login: one membership, some scopes, an end. Kept as a hash."""

    __tablename__ = "account_token"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("account_token_account_id_index", "account_id"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("party_membership.id"))
    name: Mapped[str]
    token_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    second_factor: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")
    membership: Mapped[Membership] = relationship(lazy="joined")


class RequestKey(Base):
    """A public key that signs a program's requests (crypto.http_signatures): one membership, some scopes, an end."""

    __tablename__ = "account_request_key"
    __table_args__ = (
        UniqueConstraint("key_id"),
        Index("account_request_key_membership_id_index", "membership_id"),
        CheckConstraint("octet_length(key_id) = 32", name="key_id"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("party_membership.id"))
    name: Mapped[str]
    key_id: Mapped[bytes]
    spki: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")
    membership: Mapped[Membership] = relationship(lazy="joined")


class RequestNonce(Base):
    """A nonce that a key has used, kept until no request with it could be believed any more."""

    __tablename__ = "account_request_nonce"
    __table_args__ = (
        CheckConstraint("octet_length(nonce_hash) = 32", name="nonce_hash"),
        Index("account_request_nonce_expires_at_index", "expires_at"),
    )

    nonce_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class LoginCertificate(Base):
    """The key of a CA's certificate that an account may log in with; a renewed certificate keeps it."""

    __tablename__ = "account_certificate"
    __table_args__ = (
        CheckConstraint("octet_length(key_id) = 32", name="key_id"),
        Index("account_certificate_account_id_index", "account_id"),
    )

    key_id: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="joined")


class Challenge(Base):
    """A random number to be signed, good once and for minutes. Kept as a hash."""

    __tablename__ = "account_challenge"
    __table_args__ = (
        CheckConstraint("octet_length(challenge_hash) = 32", name="challenge_hash"),
        Index("account_challenge_expires_at_index", "expires_at"),
    )

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
