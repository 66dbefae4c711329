"""Objections and complaints as they are sent and shown."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Instant, Strict, Text
from app.api.schemas.tenders import Words
from oversight.complaints.records import LONGEST
from oversight.complaints.words import Capacity, Ground, Kind, Matter, Outcome, Reply, State, Stop

CASE = "9f86d081884c7d659a2feaa0c55ad015"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_CASE = validate.Regexp(r"^[0-9a-f]{32}\Z", error="A case's id: 32 hexadecimal digits.")


def _of(
    words: type[Matter] | type[Capacity] | type[Ground] | type[Outcome] | type[Reply] | type[Stop],
) -> validate.OneOf:
    return validate.OneOf([one.value for one in words])


class CaseQuery(Strict):
    tender = Text(40, metadata={"example": "t1"})
    kind = fields.String(validate=validate.OneOf([one.value for one in Kind]))
    state = fields.String(validate=validate.OneOf([one.value for one in State]))
    clock = fields.String(
        validate=validate.OneOf(["running", "near", "overdue", "missed"]),
        metadata={"description": "cases that have a clock that stands so; missed: at any time"},
    )
    after = fields.String(validate=_CASE, metadata={"description": "the last case of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class OwnCaseQuery(Strict):
    after = fields.String(validate=_CASE, metadata={"description": "the last case of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class NewFile(Strict):
    name = Text(200, required=True, metadata={"example": "drawing-3.pdf"})
    media_type = Text(121, required=True, metadata={"example": "application/pdf"})


class FileWhole(Strict):
    sha256 = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{64}\Z", error="A SHA-256 in hexadecimal."),
        metadata={"example": HASH},
    )


class Said(Strict):
    """What is said, and the files that go with it."""

    text = Words(LONGEST, required=True, metadata={"example": "Drawing 3 names one maker's product."})
    files = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))


class SaidAlone(Strict):
    text = Words(LONGEST, required=True, metadata={"example": "The facts are not as stated."})


class NewObjection(Said):
    tender = Text(40, required=True, metadata={"example": "t1"})
    lots = fields.List(
        Text(40),
        validate=validate.Length(min=1, max=200),
        metadata={"description": "numbers; by default all that this can concern", "example": ["1"]},
    )
    matter = fields.String(required=True, validate=_of(Matter), metadata={"example": "documents"})
    capacity = fields.String(required=True, validate=_of(Capacity), metadata={"example": "potential-bidder"})
    knowing = Instant(
        required=True,
        metadata={"description": "since when you know of it", "example": "2026-03-03T09:00:00+08:00"},
    )


class NewComplaint(NewObjection):
    authority = fields.UUID(required=True)
    after = fields.String(
        load_default="",
        validate=validate.Regexp(r"^([0-9a-f]{32})?\Z", error="A case's id, or nothing."),
        metadata={"description": "your objection that came first", "example": CASE},
    )


class ReplyGiven(Said):
    outcome = fields.String(required=True, validate=_of(Reply), metadata={"example": "partly-upheld"})
    new_deadline = Instant(metadata={"description": "where bidding goes on too late for the old one"})


class CorrectionAsked(SaidAlone):
    until = Instant(required=True)


class Refusal(SaidAlone):
    ground = fields.String(required=True, validate=_of(Ground), metadata={"example": "out-of-time"})


class Forwarding(SaidAlone):
    authority = fields.UUID(required=True)


class Joining(SaidAlone):
    lead = fields.String(required=True, validate=_CASE, metadata={"example": CASE})


class OrderGiven(Strict):
    reason = Text(500, required=True, metadata={"example": "the matter may change the result"})


class OrderLifted(Strict):
    reason = Text(500, required=True, metadata={"example": "the facts are established"})
    new_deadline = Instant()


class Measure(SaidAlone):
    kind = fields.String(required=True, validate=_of(Stop), metadata={"example": "testing"})
    until = Instant(
        required=True, metadata={"description": "the clock runs again from then on at the latest"}
    )


class WithdrawalAnswer(SaidAlone):
    allow = fields.Boolean(required=True)


class DecisionGiven(Strict):
    outcome = fields.String(required=True, validate=_of(Outcome), metadata={"example": "upheld"})
    text = Words(
        LONGEST,
        required=True,
        metadata={"description": "public at once", "example": "Drawing 3 is to be changed."},
    )


class ClockShown(Schema):
    rule = fields.String(required=True, metadata={"example": "complaint-decision"})
    articles = fields.List(fields.String(), required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    began_at = Instant(required=True)
    due_at = Instant(required=True, metadata={"description": "the first instant that is too late"})
    done_at = Instant(required=True, allow_none=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(["running", "near", "overdue", "kept", "missed", "ended"]),
    )


class CaseLine(Schema):
    """What everybody sees of a case."""

    id = fields.String(required=True, metadata={"example": CASE})
    kind = fields.String(required=True, metadata={"example": "complaint"})
    tender = fields.String(required=True)
    lots = fields.List(fields.String(), required=True)
    matter = fields.String(required=True, metadata={"example": "documents"})
    state = fields.String(required=True, metadata={"example": "accepted"})
    outcome = fields.String(required=True, metadata={"description": "or the ground; empty while it is open"})
    authority = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    lead = fields.String(required=True, allow_none=True)
    filed_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    suspends = fields.Boolean(required=True, metadata={"description": "whether lots stand still for it now"})
    training = fields.Boolean(required=True, metadata={"description": "nothing here has legal effect"})
    clocks = fields.List(fields.Nested(ClockShown), required=True)


class StepShown(Schema):
    number = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"example": "accepted"})
    by = fields.String(required=True, metadata={"example": "authority"})
    at = Instant(required=True)


class CaseShown(CaseLine):
    steps = fields.List(fields.Nested(StepShown), required=True)


class Counts(Schema):
    running = fields.Integer(required=True)
    near = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    missed = fields.Integer(required=True)


class Authority(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class FileShown(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True, metadata={"example": "application/pdf"})
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True, allow_none=True, metadata={"example": HASH})


class PieceShown(Schema):
    number = fields.Integer(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True, metadata={"example": HASH})


class Filer(Schema):
    name = fields.String(required=True)
    credit_code = fields.String(required=True)


class RecordStep(StepShown):
    record = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "description": "what was said, as RFC 8785 JSON whose SHA-256 is on the ledger",
            "example": None,
        },
    )
    sha256 = fields.String(required=True, allow_none=True, metadata={"example": HASH})
    files = fields.List(fields.Nested(FileShown), required=True)


class CaseRecord(CaseLine):
    """What who has a part in it sees."""

    part = fields.String(required=True, metadata={"example": "filer"})
    capacity = fields.String(required=True)
    knowing = Instant(required=True)
    filer = fields.Nested(Filer, required=True, allow_none=True)
    steps = fields.List(fields.Nested(RecordStep), required=True)


class FabricatedShown(Schema):
    case = fields.String(required=True, metadata={"example": CASE})
    tender = fields.String(required=True)
    decided_at = Instant(required=True)
    filer = fields.Nested(Filer, required=True)
