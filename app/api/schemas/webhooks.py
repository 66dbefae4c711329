"""Webhooks as they are sent and shown."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Instant, Strict, Text
from guarantees.webhooks.kinds import Kind
from guarantees.webhooks.models import DEAD, DELIVERED, WAITING
from guarantees.webhooks.target import MAX_URL

KINDS = [str(kind) for kind in Kind if kind is not Kind.TEST]


class NewWebhook(Strict):
    url = Text(
        MAX_URL,
        required=True,
        metadata={"example": "https://bank.example/sunseal", "description": "https, of a public host"},
    )
    kinds = fields.List(
        fields.String(validate=validate.OneOf(KINDS)),
        load_default=list,
        validate=validate.Length(max=len(KINDS)),
        metadata={"example": ["guarantee.demanded"], "description": "all, if none is named"},
    )


class Webhook(Schema):
    id = fields.UUID(required=True)
    url = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)


class DeliveriesQuery(Strict):
    state = fields.String(validate=validate.OneOf([WAITING, DELIVERED, DEAD]), metadata={"example": DEAD})


class Delivery(Schema):
    id = fields.UUID(required=True)
    event = fields.UUID(required=True, attribute="event_id")
    kind = fields.String(required=True)
    subject = fields.String(required=True)
    created_at = Instant(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    due_at = Instant(required=True, allow_none=True)
    last_status = fields.Integer(required=True, allow_none=True)
    trouble = fields.String(required=True)
    done_at = Instant(required=True, allow_none=True)


class WebhookKey(Schema):
    key_id = fields.String(required=True, metadata={"description": "the `keyid` of the signatures"})
    algorithm = fields.String(required=True, metadata={"example": "ed25519"})
    key = Base64(64, required=True, metadata={"description": "SubjectPublicKeyInfo in DER, in base64"})
