"""Accounts, organisations, members, keys and tokens."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Instant, Strict, Text
from app.permissions import SCOPES
from crypto.certificates import MAX_INTERMEDIATES
from crypto.party_keys import MAX_SPKI_SIZE
from parties.authorities import MAX_CERTIFICATE_SIZE
from parties.keys import REASONS
from parties.roles import CLAIMABLE, Role

_ROLE = validate.OneOf([str(role) for role in Role])
_HEX = validate.Regexp(r"^[0-9a-f]{64}$")


class NewAccount(Strict):
    email = Text(254, required=True, metadata={"example": "zhang@example.com"})
    name = Text(100, required=True, metadata={"example": "张三"})
    password = Text(1024, required=True, metadata={"description": "12 characters or more"})


class Accepted(Schema):
    """The same for all, whatever became of it."""

    said = fields.String(required=True)


class Me(Schema):
    person = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    has_authenticator = fields.Boolean(required=True)
    passkeys = fields.List(fields.String(), required=True)
    recovery_codes_left = fields.Integer(required=True)
    needs_second_factor = fields.Boolean(required=True)


class NewOrganisation(Strict):
    credit_code = Text(40, required=True, metadata={"example": "91110000600037341L"})
    name = Text(200, required=True, metadata={"example": "甲公司"})
    roles = fields.List(
        fields.String(validate=validate.OneOf(sorted(CLAIMABLE))),
        required=True,
        validate=validate.Length(min=1, max=len(CLAIMABLE)),
        metadata={"example": ["bidder"]},
    )


class Organisation(Schema):
    id = fields.UUID(required=True)
    credit_code = fields.String(required=True, metadata={"example": "91110000600037341L"})
    name = fields.String(required=True, metadata={"example": "甲公司"})
    roles = fields.List(fields.String(), required=True)
    verified_roles = fields.List(fields.String(), required=True)
    registered_at = Instant(required=True)
    suspended_at = Instant(required=True, allow_none=True)
    suspended_because = fields.String(required=True)


class OrganisationQuery(Strict):
    waiting = fields.Boolean(
        load_default=False, metadata={"description": "only those with a role to be verified"}
    )
    after = fields.UUID(metadata={"description": "the last id of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class Verification(Strict):
    role = fields.String(required=True, validate=_ROLE, metadata={"example": "bidder"})


class Reason(Strict):
    reason = Text(500, required=True, metadata={"example": "licence withdrawn"})


class Member(Schema):
    id = fields.UUID(required=True)
    person = fields.UUID(required=True, attribute="person_id")
    name = fields.String(required=True, attribute="person.name")
    role = fields.String(required=True)
    manages = fields.Boolean(required=True)
    began_at = Instant(required=True)
    suspended_at = Instant(required=True, allow_none=True)


class NewInvitation(Strict):
    role = fields.String(required=True, validate=_ROLE, metadata={"example": "bidder"})
    manages = fields.Boolean(load_default=False)
    note = Text(200, blank=True, load_default="", metadata={"example": "for the new colleague"})


class Invited(Schema):
    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "shown this once"})
    expires_at = Instant(required=True)


class InvitationCode(Strict):
    code = Text(64, required=True)


class KeyMaterial(Strict):
    """An Ed25519, ECDSA or RSA key; with a certificate, its key."""

    key = Base64(MAX_SPKI_SIZE, metadata={"description": "SubjectPublicKeyInfo in DER, in base64"})
    certificate = Base64(
        MAX_CERTIFICATE_SIZE, metadata={"description": "or an X.509 certificate in DER, in base64"}
    )
    intermediates = fields.List(
        Base64(MAX_CERTIFICATE_SIZE), load_default=list, validate=validate.Length(max=MAX_INTERMEDIATES)
    )


class SignedKey(KeyMaterial):
    signature = Base64(2048, required=True, metadata={"description": "the new key's, over `message`"})


class RotationSigned(SignedKey):
    old_signature = Base64(2048, required=True, metadata={"description": "the old key's, over `message`"})


class Prepared(Schema):
    """The ledger entry that is to be, and the bytes to be signed for it."""

    message = Base64(65_536, required=True)
    key_id = fields.String(required=True, metadata={"description": "SHA-256 of the SubjectPublicKeyInfo"})


class Key(Schema):
    key_id = fields.Function(
        lambda row: row.key_id.hex(), required=True, metadata={"type": "string", "example": "ab" * 32}
    )
    key = Base64(MAX_SPKI_SIZE, required=True, attribute="spki")
    certified = fields.Function(
        lambda row: row.certificate is not None, metadata={"type": "boolean", "example": False}
    )
    registered_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_because = fields.String(required=True)


class Revocation(Strict):
    reason = fields.String(required=True, validate=validate.OneOf(REASONS), metadata={"example": "lost"})


class NewToken(Strict):
    name = Text(100, required=True, metadata={"example": "nightly export"})
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
        metadata={"example": ["keys:read"]},
    )
    days = fields.Integer(load_default=90, validate=validate.Range(1, 366))


class Token(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    membership = fields.UUID(required=True, attribute="membership_id")
    created_at = Instant(required=True)
    expires_at = Instant(required=True)


class TokenMade(Token):
    token = fields.String(required=True, metadata={"description": "shown this once"})


class Health(Schema):
    state = fields.String(required=True, metadata={"example": "well"})
