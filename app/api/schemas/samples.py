"""Samples for spot checks, as they are asked for and shown."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.api.schemas.fields import Instant, Strict, Text
from app.api.schemas.oversight import number_of
from oversight.quarters import KINDS

_HASH = "ab" * 32
_PRINTS = validate.Regexp(r"^[^\u0000\ud800-\udfff]*\Z", error="Text that prints.")


class SampleWanted(Strict):
    group = Text(64, required=True, metadata={"description": "the keyholders' group", "example": _HASH})
    subject = Text(
        200,
        required=True,
        metadata={"description": "which population of which time", "example": "draws of 2026 Q1"},
    )
    snapshot = number_of(required=True, metadata={"description": "of the objects", "example": 4})
    rate = fields.List(
        number_of(1),
        required=True,
        validate=validate.Length(equal=2),
        metadata={"description": "numerator and denominator", "example": [1, 5]},
    )
    checklist = fields.List(
        Text(1000),
        required=True,
        validate=validate.Length(1, 200),
        metadata={"example": ["抽取申请是否经过批准？"]},
    )
    inspectors = number_of(
        required=True, allow_none=True, metadata={"description": "a snapshot, or null", "example": None}
    )
    each = number_of(1, required=True, metadata={"description": "inspectors for each object", "example": 1})


class PopulationWanted(Strict):
    kind = fields.String(
        required=True, validate=validate.OneOf(KINDS), metadata={"description": "of what", "example": "draws"}
    )
    quarter = Text(8, required=True, metadata={"description": "one that is over", "example": "2026Q1"})


class SampleShown(Schema):
    sample = fields.String(required=True, metadata={"example": _HASH})
    subject = fields.String(required=True, metadata={"example": "draws of 2026 Q1"})
    state = fields.String(required=True, metadata={"example": "drawn"})
    terms = fields.Dict(required=True, metadata={"example": {"type": "sample-terms/v1", "rate": [1, 5]}})
    checklist = fields.List(fields.String(), required=True)
    population = fields.Integer(required=True, metadata={"example": 11})
    drawn = fields.Integer(required=True, metadata={"example": 3})
    checked = fields.Integer(required=True, metadata={"example": 1})
    rate_reached = fields.List(fields.Integer(), required=True, metadata={"example": [1, 11]})
    open_follow_ups = fields.Integer(required=True, metadata={"example": 0})
    requested_at = Instant(required=True)


class ItemShown(Schema):
    item = fields.Integer(required=True)
    inspectors = fields.List(fields.Integer(), required=True, metadata={"example": []})
    answers = fields.List(
        fields.Boolean(allow_none=True), required=True, allow_none=True, metadata={"example": [False]}
    )
    findings = fields.String(required=True, metadata={"example": "none on file"})
    follow_up_by = Instant(required=True, allow_none=True)
    followed_up = fields.Boolean(required=True, metadata={"example": False})


class Truth(fields.Boolean):
    """true or false, and no word or number that may mean them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("true, false or null.")
        return super()._deserialize(value, attr, data, **more)


class Finding(Strict):
    answers = fields.List(
        Truth(allow_none=True),
        required=True,
        validate=validate.Length(max=200),
        metadata={"description": "to the checklist in its order; null: does not apply", "example": [False]},
    )
    findings = fields.String(
        required=True, validate=[validate.Length(max=10_000), _PRINTS], metadata={"example": "none on file"}
    )
    follow_up_by = Instant(required=True, allow_none=True)
