"""Keyholders, as the public sees them, and examples of what they say (ledger.exchange has the forms)."""

from typing import Any

from marshmallow import Schema, fields

KEY, SIGNATURE = "d7" * 32, "5a" * 64
_HASH = "ab" * 32
_AT = 1782867600

MESSAGE: dict[str, Any] = {
    "answers": [],
    "channel": "work",
    "entries": [],
    "key": KEY,
    "known": 812,
    "origin": "ledger.example.org",
    "releases": [],
    "reports": [{"rule": "early", "sentence": "the deadline has not passed", "subject": "lot-1"}],
    "sent": _AT,
    "sequence": 7,
    "signature": SIGNATURE,
    "wait": 0,
}
ANSWER: dict[str, Any] = {"approvals": [], "published": 812, "requests": [], "sequence": 7, "time": _AT}
APPROVAL: dict[str, Any] = {
    "closing": _HASH,
    "key": KEY,
    "origin": "ledger.example.org",
    "part": "price",
    "signature": SIGNATURE,
}


def _seconds(**more: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": "POSIX seconds", "example": _AT}, **more)


class GroupMember(Schema):
    number = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "notary office"})
    signing_key = fields.String(required=True, metadata={"example": KEY})
    accepted = fields.Boolean(required=True)


class GroupShown(Schema):
    id = fields.String(required=True, metadata={"example": _HASH})
    name = fields.String(required=True, metadata={"example": "2026"})
    threshold = fields.Integer(required=True, metadata={"example": 2})
    complete = fields.Boolean(required=True, metadata={"description": "all members have accepted"})
    members = fields.List(fields.Nested(GroupMember), required=True)
    keys = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "how many keys there are, by their state",
            "example": {"open": 1, "free": 20, "bound": 4, "failed": 0},
        },
    )
    oldest_open_run = _seconds(allow_none=True)


class FailedRun(Schema):
    run = fields.String(required=True, metadata={"example": _HASH})
    group = fields.String(required=True, metadata={"example": _HASH})
    finished_at = _seconds(allow_none=True)
    reason = fields.String(required=True, metadata={"example": "no message in time"})
    culprits = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "members, whose fault it was", "example": [3]},
    )


class KeyholderShown(Schema):
    name = fields.String(required=True, metadata={"example": "notary office"})
    signing_key = fields.String(required=True, metadata={"example": KEY})
    witness = fields.String(required=True, metadata={"example": "notary.example+1d2e3f40+B..."})
    seen_at = _seconds(allow_none=True)
    clock_difference = fields.Integer(
        required=True, allow_none=True, metadata={"description": "seconds", "example": 0}
    )


class WrongRelease(Schema):
    closing = fields.String(required=True, metadata={"example": _HASH})
    part = fields.String(required=True, metadata={"example": "price"})
    member = fields.Integer(required=True, metadata={"example": 3})
    reason = fields.String(required=True, metadata={"example": "a share does not hold"})


class KeyholderReport(Schema):
    keyholder = fields.String(required=True, metadata={"example": "notary office"})
    subject = fields.String(required=True, metadata={"example": "lot-1"})
    rule = fields.String(required=True, metadata={"example": "early"})
    sentence = fields.String(required=True, metadata={"example": "the deadline has not passed"})
    reported_at = _seconds()


class StatusShown(Schema):
    """Nothing in it is secret."""

    origin = fields.String(required=True, metadata={"example": "ledger.example.org"})
    groups = fields.List(fields.Nested(GroupShown), required=True)
    failed_runs = fields.List(fields.Nested(FailedRun), required=True)
    keyholders = fields.List(fields.Nested(KeyholderShown), required=True)
    wrong_releases = fields.List(fields.Nested(WrongRelease), required=True)
    reports = fields.List(fields.Nested(KeyholderReport), required=True)
