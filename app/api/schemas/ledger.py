"""Where the log is anchored, as it is shown."""

from marshmallow import Schema, fields, validate

_ROOT = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="


class AnchorPlace(Schema):
    """A checkpoint and where it stands on chain."""

    state = fields.String(required=True, metadata={"example": "sent"})
    size = fields.Integer(required=True, allow_none=True, metadata={"example": 930})
    root = fields.String(required=True, allow_none=True, metadata={"description": "base64", "example": _ROOT})
    block = fields.Integer(required=True, allow_none=True, metadata={"example": 4711})
    transaction = fields.String(required=True, allow_none=True, metadata={"example": "0x" + "ab" * 32})


class AnchorShown(AnchorPlace):
    """The newest anchored checkpoint; null for what is not known."""

    state = fields.String(
        required=True, validate=validate.OneOf(["anchored", "not yet"]), metadata={"example": "anchored"}
    )
    origin = fields.String(required=True, allow_none=True, metadata={"example": "ledger.example.org"})
    log = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "SHA-256 of the origin", "example": "0x" + "cd" * 32},
    )
    chain_id = fields.Integer(required=True, allow_none=True, metadata={"example": 20170117})
    contract = fields.String(required=True, allow_none=True, metadata={"example": "0x" + "ef" * 20})
    next = fields.Nested(
        AnchorPlace, required=True, allow_none=True, metadata={"description": "a larger one on its way"}
    )
