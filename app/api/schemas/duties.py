"""Duties as they are sent and shown."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Instant, Strict


class DutyDone(Strict):
    sha256 = fields.String(
        validate=validate.Regexp(r"^[0-9a-f]{64}\Z", error="32 bytes in hexadecimal."),
        metadata={"description": "of what shows it: the report, the bank's statement"},
    )


class Duty(Schema):
    rule = fields.String(required=True, metadata={"example": "supervisor-report"})
    articles = fields.List(fields.String(), required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    due_at = Instant(required=True, metadata={"description": "the first instant that is too late"})
    late = fields.Boolean(required=True)
    done_at = Instant(required=True, allow_none=True)
    done_by = fields.String(required=True, allow_none=True, metadata={"description": "a person's name"})
    done_for = fields.String(required=True, allow_none=True, metadata={"description": "its organisation's"})
    sha256 = fields.String(required=True, allow_none=True)
    by_hand = fields.Boolean(
        required=True, metadata={"description": "somebody has to say that it was done: no step shows it"}
    )
