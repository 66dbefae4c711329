"""Request keys as they are sent and shown."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Instant, Strict, Text
from app.permissions import SCOPES
from crypto.party_keys import MAX_SPKI_SIZE

EXAMPLE = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
_KEY = {"description": "SubjectPublicKeyInfo in DER, in base64: Ed25519, P-256 or P-384", "example": EXAMPLE}


class RequestKeyMaterial(Strict):
    key = Base64(MAX_SPKI_SIZE, required=True, metadata=_KEY)


class RequestKeyConsent(Schema):
    message = Base64(4096, required=True, metadata={"description": "what the key signs"})
    key_id = fields.String(required=True, metadata={"description": "the `keyid` of its signatures"})


class NewRequestKey(RequestKeyMaterial):
    name = Text(100, required=True, metadata={"example": "core banking gateway"})
    signature = Base64(
        256,
        required=True,
        metadata={"description": "the key's over `message`; of P-256 and P-384 in DER", "example": "AAAA"},
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
        metadata={"example": ["guarantees:read", "guarantees:write"]},
    )
    days = fields.Integer(load_default=365, validate=validate.Range(1, 731))


class RequestKeyShown(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    key_id = fields.Function(
        lambda row: row.key_id.hex(), required=True, metadata={"type": "string", "example": "ab" * 32}
    )
    scopes = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
