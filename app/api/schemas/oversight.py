"""The pool of experts and draws, as they are asked for and shown."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Instant, Strict, Text
from oversight.expert_draw import REASONS, Answer

_HASH = "ab" * 32
_MOST = 2**31 - 1


def number_of(least: int = 0, **more: Any) -> fields.Integer:
    """A number of things that the database holds."""
    return fields.Integer(strict=True, validate=validate.Range(least, _MOST), **more)


IMPORTED: dict[str, Any] = {"lines": 90, "entered": 90, "faults": []}
FAULTY: dict[str, Any] = {
    "lines": 90,
    "entered": 0,
    "faults": [{"line": 7, "column": "years", "sentence": "give whole years of practice"}],
}


class Specialty(Schema):
    code = fields.String(required=True, metadata={"example": "A0801"})
    parent = fields.String(required=True, allow_none=True, metadata={"example": "A08"})
    name = fields.String(required=True, metadata={"example": "房屋建筑工程"})


class ImportFault(Schema):
    line = fields.Integer(required=True)
    column = fields.String(required=True)
    sentence = fields.String(required=True)


class ImportShown(Schema):
    lines = fields.Integer(required=True)
    entered = fields.Integer(required=True)
    faults = fields.List(fields.Nested(ImportFault), required=True)


class Review(Strict):
    reason = Text(
        1000, blank=True, load_default="", metadata={"description": "why", "example": "经复核符合条件"}
    )
    equal_level = fields.Boolean(
        load_default=False,
        metadata={"description": "admitted by equal professional level, without the title", "example": False},
    )


class SnapshotShown(Schema):
    id = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"example": "experts"})
    subject = fields.String(required=True, metadata={"example": "experts"})
    root = fields.String(required=True, metadata={"description": "of the population", "example": _HASH})
    size = fields.Integer(required=True, metadata={"example": 90})


class NeedWanted(Strict):
    specialty = Text(16, required=True, metadata={"example": "A08"})
    region = Text(
        6, blank=True, required=True, metadata={"description": "six digits; empty: any", "example": "460100"}
    )
    count = number_of(1, required=True, metadata={"example": 5})
    reserve = number_of(required=True, metadata={"example": 3})


class AvoidedWanted(Strict):
    """An expert by its number, or everybody of an employer."""

    reason = fields.String(
        required=True, validate=validate.OneOf(sorted(REASONS)), metadata={"example": "employer"}
    )
    number = Text(32, blank=True, load_default="", metadata={"example": ""})
    employer = Text(200, blank=True, load_default="", metadata={"example": "海口某设计院"})


class WishWanted(Strict):
    lot = Text(128, required=True, metadata={"example": "2026031700001.1"})
    needs = fields.List(fields.Nested(NeedWanted), required=True, validate=validate.Length(max=100))
    avoided = fields.List(fields.Nested(AvoidedWanted), load_default=list, validate=validate.Length(max=1000))
    window = number_of(1, required=True, metadata={"description": "seconds to answer in", "example": 600})
    others = number_of(
        load_default=0, metadata={"description": "the tenderee's own members of the committee", "example": 0}
    )


class DrawWanted(Strict):
    group = Text(64, required=True, metadata={"description": "the keyholders' group", "example": _HASH})
    wish = fields.Nested(WishWanted, required=True)


class DrawShown(Schema):
    draw = fields.String(required=True, metadata={"example": _HASH})
    lot = fields.String(required=True, metadata={"example": "2026031700001.1"})
    subject = fields.String(required=True, metadata={"example": "experts for 2026031700001.1"})
    state = fields.String(required=True, metadata={"example": "formed"})
    published = fields.Boolean(required=True, metadata={"example": False})
    warnings = fields.List(fields.String(), required=True, metadata={"example": []})
    calls = fields.Dict(
        required=True, metadata={"description": "how many answered what", "example": {"accepted": 5}}
    )
    requested_at = Instant(required=True)


class Matched(Schema):
    conflicts = fields.Integer(required=True, metadata={"description": "how many were replaced"})


class CallAnswer(Strict):
    code = Text(64, required=True, metadata={"example": "K7PQ-2M4X"})
    answer = fields.String(
        required=True,
        validate=validate.OneOf([Answer.ACCEPTED.value, Answer.DECLINED.value, Answer.CONFLICTED.value]),
    )


class OpinionGiven(Strict):
    code = Text(64, required=True, metadata={"example": "K7PQ-2M4X"})
    sha256 = Text(64, required=True, metadata={"description": "of the signed opinion", "example": _HASH})


class AnswerReceipt(Schema):
    """What stands behind the sealed entry of the answer, whose commitment is on the ledger."""

    body = fields.String(required=True, metadata={"example": '{"answer":"accepted","call":0}'})
    salt = fields.String(required=True, metadata={"example": "cd" * 32})
