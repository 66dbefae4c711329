"""Reports without a name, as they are asked for and listed."""

from typing import Any

from marshmallow import Schema, fields

_HASH, _SIGNATURE = "ab" * 32, "5a" * 64


_AT: dict[str, Any] = {
    "description": "POSIX seconds",
    "minimum": 0,
    "maximum": 2**53 - 1,
    "example": 1782867600,
}


def _hex(digits: int, example: str) -> dict[str, Any]:
    return {"pattern": f"^[0-9a-f]{{{digits}}}$", "example": example}


class Where(Schema):
    origin = fields.String(required=True, metadata={"example": "ledger.example.org"})
    group = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "the entry group-proposed/v1 that the supervisor signed, as its canonical JSON; null while "
            "there is none",
            "example": '{"type":"group-proposed/v1","...":"..."}',
        },
    )


class MailboxQuestion(Schema):
    key = fields.String(required=True, metadata=_hex(64, _HASH))
    at = fields.Integer(required=True, metadata=_AT)
    signature = fields.String(required=True, metadata=_hex(128, _SIGNATURE))


class InboxQuestion(Schema):
    at = fields.Integer(required=True, metadata=_AT)
    signature = fields.String(required=True, metadata=_hex(128, _SIGNATURE))


class HeldShown(Schema):
    """A message, or a reply, that the platform holds."""

    mailbox = fields.String(required=True, metadata=_hex(64, _HASH))
    kind = fields.String(required=True, metadata={"enum": ["report", "interference"], "example": "report"})
    recipient = fields.String(
        required=True, metadata={"description": "what replies are sealed to", "example": "age1..."}
    )
    number = fields.Integer(required=True, metadata={"example": 0})
    is_reply = fields.Boolean(required=True, metadata={"example": False})
    sha256 = fields.String(required=True, metadata={"description": "of the sealed bytes", **_hex(64, _HASH)})
    signature = fields.String(required=True, metadata={"example": _SIGNATURE})
    salt = fields.String(required=True, metadata=_hex(64, "cd" * 32))
    index = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "in the log, once it has one", "example": 4711},
    )
