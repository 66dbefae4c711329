"""Logging in."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Strict, Text
from crypto.certificates import MAX_INTERMEDIATES
from parties.authorities import MAX_CERTIFICATE_SIZE

_CODE = "^[0-9 ]{6,9}$"


class Membership(Schema):
    """One organisation and role that the person may act in."""

    id = fields.UUID(required=True)
    organisation = fields.UUID(required=True, attribute="organisation_id")
    organisation_name = fields.String(required=True, attribute="organisation.name")
    role = fields.String(required=True, metadata={"example": "bidder"})
    manages = fields.Boolean(required=True)


class Present(Schema):
    """Who is logged in, and the token that every change needs."""

    csrf_token = fields.String(required=True, metadata={"description": "to be sent as X-CSRFToken"})
    person = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    second_factor = fields.Boolean(required=True)
    membership = fields.Nested(Membership, required=True, allow_none=True)
    memberships = fields.List(fields.Nested(Membership), required=True)


class Step(Schema):
    """What the library says of a step: which comes next, or nothing more."""

    csrf_token = fields.String()
    tf_required = fields.Boolean(metadata={"description": "a second factor is asked for now"})
    tf_state = fields.String(metadata={"description": "setup_from_login: one has to be set up first"})
    tf_method = fields.String(metadata={"description": "authenticator or webauthn"})
    tf_select = fields.Boolean(metadata={"description": "there are several: choose one"})
    tf_setup_methods = fields.List(fields.String())


class AuthenticatorSetUp(Step):
    """The secret for an authenticator; the state is to be sent back with the first code."""

    tf_authr_b32key = fields.String(metadata={"description": "the secret in base32"})
    tf_authr_uri = fields.String(metadata={"description": "otpauth://, to be shown as a QR code"})
    tf_state_token = fields.String(metadata={"description": "if you are logged in already"})


class Codes(Step):
    """One-time recovery codes, shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)


class PasskeyOptions(Step):
    """What navigator.credentials takes (WebAuthn), and the state to be sent back."""

    credential_options = fields.Dict(required=True)
    wan_state = fields.String(required=True)


class Nothing(Strict):
    """An empty object, or no body at all."""


class Password(Strict):
    email = Text(254, required=True, metadata={"example": "zhang@example.com"})
    password = Text(1024, required=True, metadata={"example": "correct horse battery staple"})


class PasswordAgain(Strict):
    password = Text(1024, required=True)


class NewPassword(Strict):
    password = Text(1024, required=True, metadata={"description": "the present one"})
    new_password = Text(1024, required=True, metadata={"description": "12 characters or more"})


class Code(Strict):
    code = fields.String(required=True, validate=validate.Regexp(_CODE), metadata={"example": "123456"})


class CodeWithState(Code):
    state = Text(4096, metadata={"description": "tf_state_token, if you were logged in already"})


class RecoveryCode(Strict):
    code = Text(40, required=True, metadata={"example": "0123-4567-89ab"})


class Which(Strict):
    which = fields.String(required=True, validate=validate.OneOf(["authenticator", "webauthn"]))


class PasskeyName(Strict):
    name = Text(64, required=True, metadata={"example": "office key"})
    usage = fields.String(
        load_default="secondary",
        validate=validate.OneOf(["first", "secondary"]),
        metadata={"description": "in place of the password, or beside it"},
    )


class PasskeyAnswer(Strict):
    state = Text(4096, required=True, metadata={"description": "wan_state"})
    credential = Text(
        32_768,
        required=True,
        metadata={"description": "the credential as the browser gives it, as JSON in a string"},
    )


class JustName(Strict):
    name = Text(64, required=True)


class Email(Strict):
    email = Text(254, required=True, metadata={"example": "zhang@example.com"})


class LinkToken(Strict):
    token = Text(2048, required=True, metadata={"description": "what the link has after its #"})


class ResetPassword(LinkToken):
    password = Text(1024, required=True)


class ChooseMembership(Strict):
    membership = fields.UUID(required=True)


class CertificateChallenge(Schema):
    challenge = Base64(64, required=True)
    address = fields.String(
        required=True, metadata={"description": "compare it with the address that you know"}
    )
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class SignedChallenge(Strict):
    challenge = Base64(64, required=True)
    certificate = Base64(
        MAX_CERTIFICATE_SIZE, required=True, metadata={"description": "X.509 in DER, in base64"}
    )
    intermediates = fields.List(
        Base64(MAX_CERTIFICATE_SIZE), load_default=list, validate=validate.Length(max=MAX_INTERMEDIATES)
    )
    signature = Base64(2048, required=True)
