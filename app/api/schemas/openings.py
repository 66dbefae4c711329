"""Openings as they are sent and shown."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Instant, Strict, Text
from bidding.opening.hall import MAX_TEXT

_HASH = validate.Regexp(r"^[0-9a-f]{64}\Z", error="32 bytes in hexadecimal.")
_PRINTS = validate.Regexp(r"^[^\u0000\ud800-\udfff]*\Z", error="Text that prints.")


class OpeningQuery(Strict):
    lot = Text(128, required=True, metadata={"example": "2026031700001.1"})


class OpeningShown(Schema):
    closing = fields.String(required=True, metadata={"description": "the hash of the closing's leaf"})
    part = fields.String(required=True, metadata={"example": "price"})
    lot = fields.String(required=True)
    public = fields.Boolean(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["later", "waiting", "fallback", "opened", "recorded"]),
        metadata={"example": "opened"},
    )
    stopped = fields.String(
        required=True, metadata={"description": "the rule by which it stands still, or empty"}
    )
    fallback_until = Instant(allow_none=True)
    opened_at = Instant(allow_none=True)
    sign_until = Instant(allow_none=True)
    results_sha256 = fields.String(allow_none=True, metadata={"description": "what is signed off"})
    bids = fields.List(fields.Dict(), metadata={"description": "as in the opening record"})


class Statement(Strict):
    text = fields.String(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), _PRINTS],
        metadata={"example": "唱标价格与投标函不一致"},
    )


class SignOff(Strict):
    results_sha256 = fields.String(required=True, validate=_HASH, metadata={"example": "ab" * 32})


class GivenKey(Strict):
    bid = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**53 - 1))
    file_key = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{32}\Z", error="16 bytes in hexadecimal."),
        metadata={
            "description": "of the sealed file's header, as its own stanza opens it",
            "example": "0f" * 16,
        },
    )


class Call(Strict):
    entry = fields.String(
        required=True,
        validate=validate.Length(1, 65_535),
        metadata={"description": "the signed entry part-called/v1, as its canonical JSON"},
    )


class Numbered(Schema):
    number = fields.Integer(required=True)


class ObjectionShown(Schema):
    statement = fields.Dict(required=True)
    answer = fields.Dict(allow_none=True)


class RecordQuery(Strict):
    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))
