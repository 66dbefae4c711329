"""Tenders as they are sent: drafts, moves, questions. What a draft may hold, bidding.tenders.draft reads once more."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Instant, Strict, Text
from bidding.moves import NextRankGround
from bidding.tender import State
from bidding.tenders.changing import Ground
from bidding.tenders.clarifications import LONGEST
from statutes.money import MAX_FEN
from statutes.shipped import NAMES

_PRINTS = validate.Regexp(r"^[^\u0000\ud800-\udfff]*$", error="Text that prints.")
_HASH = validate.Regexp(r"^[0-9a-f]{64}\Z", error="A SHA-256 in hexadecimal.")
_AMOUNT = validate.Range(0, MAX_FEN)


class Words(fields.String):
    """A text of several lines."""

    def __init__(self, longest: int, *, blank: bool = False, **options: object) -> None:
        rules = [validate.Length(min=0 if blank else 1, max=longest), _PRINTS]
        super().__init__(validate=rules, **options)  # type: ignore[arg-type]


class BidPart(Strict):
    name = Text(32, required=True, metadata={"example": "price"})
    audience = fields.String(validate=validate.OneOf(["public", "committee"]))
    has_price = fields.Boolean()
    after = Text(32, allow_none=True)
    knowledge = fields.Boolean()
    asks = fields.List(
        fields.String(
            validate=validate.OneOf(["period_days", "quality", "manager", "lines", "certificates"])
        ),
        validate=validate.Length(max=5),
    )
    guarantee = fields.String(validate=validate.OneOf(["none", "optional", "required"]))
    max_size = fields.Integer(strict=True, validate=validate.Range(1 << 10, 1 << 31))


class PriceFormulaGiven(Strict):
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["ratio-to-lowest", "deviation-from-lowest", "deviation-from-mean"]),
    )
    per_percent = fields.Integer(strict=True)
    above = fields.Integer(strict=True)
    below = fields.Integer(strict=True)
    trims_from = fields.Integer(strict=True)
    reduction = fields.Integer(strict=True)


class EvaluationMethod(Strict):
    kind = fields.String(validate=validate.OneOf(["lowest", "comprehensive"]))
    weights = fields.Dict(
        keys=Text(100),
        values=fields.Integer(strict=True, validate=validate.Range(0, 10_000)),
        validate=validate.Length(max=50),
        metadata={"description": "hundredths of a percent, 10,000 in all"},
    )
    formula = fields.Nested(PriceFormulaGiven, allow_none=True)


class NewLot(Strict):
    """Amounts are whole hundredths of the currency."""

    number = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}\Z"),
        metadata={"example": "1"},
    )
    title = Text(300, required=True)
    description = Words(20_000, blank=True)
    estimate = fields.Integer(strict=True, required=True, validate=_AMOUNT)
    ceiling = fields.Integer(strict=True, allow_none=True, validate=_AMOUNT)
    minimum = fields.Integer(strict=True, allow_none=True, validate=_AMOUNT)
    bond = fields.Integer(strict=True, validate=_AMOUNT)
    performance_bond_percent = fields.Integer(strict=True, validate=validate.Range(0, 100))
    parts = fields.List(fields.Nested(BidPart), validate=validate.Length(max=20))
    method = fields.Nested(EvaluationMethod)


class TimetableGiven(Strict):
    documents_from = Instant(required=True)
    documents_to = Instant(required=True)
    deadline = Instant(required=True)
    opening = Instant(required=True)
    validity_days = fields.Integer(strict=True, required=True, validate=validate.Range(0, 36_500))
    objections_until = Instant(allow_none=True)
    bond_end = Instant(allow_none=True)
    amendment = Instant(allow_none=True)
    report = Instant(allow_none=True)
    candidates_from = Instant(allow_none=True)
    candidates_to = Instant(allow_none=True)
    winner_fixed = Instant(allow_none=True)
    award = Instant(allow_none=True)
    contract = Instant(allow_none=True)
    prequalification_from = Instant(allow_none=True)
    prequalification_to = Instant(allow_none=True)
    prequalification_amendment = Instant(allow_none=True)
    prequalification_objections_until = Instant(allow_none=True)
    prequalification_deadline = Instant(allow_none=True)


class NewTender(Strict):
    title = Text(300, required=True, metadata={"example": "Bridge over the Nandu"})
    description = Words(20_000, blank=True)
    profile = fields.String(validate=validate.OneOf(NAMES), metadata={"example": "cn-tender"})
    currency = fields.String(validate=validate.Regexp(r"^[A-Z]{3}\Z"))
    source = Text(200, blank=True)
    lots = fields.List(fields.Nested(NewLot), validate=validate.Length(max=200))
    timetable = fields.Nested(TimetableGiven, allow_none=True)


class LotNumbers(Strict):
    lots = fields.List(
        Text(40),
        validate=validate.Length(min=1, max=200),
        metadata={"description": "numbers; by default all lots that this can concern"},
    )


class NewAmendment(LotNumbers):
    text = Words(2000, required=True, metadata={"example": "Drawing 3 is replaced."})
    may_affect_bids = fields.Boolean(required=True, metadata={"example": True})
    new_deadline = Instant()


class NewDeadline(LotNumbers):
    deadline = Instant(required=True, metadata={"example": "2026-04-10T09:30:00+08:00"})
    reason = Words(2000, required=True, metadata={"example": "more time to visit the site"})


class NewSuspension(LotNumbers):
    ground = fields.String(
        required=True,
        validate=validate.OneOf([str(one) for one in Ground]),
        metadata={"example": "objection"},
    )
    cause = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9-]{0,63}\Z"),
        metadata={"example": "objection-1"},
    )
    reason = Words(2000, required=True, metadata={"example": "an objection to drawing 3"})


class Resumption(LotNumbers):
    cause = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9-]{0,63}\Z"),
        metadata={"example": "objection-1"},
    )
    reason = Words(2000, required=True, metadata={"example": "answered"})
    new_deadline = Instant()


class Because(LotNumbers):
    reason = Words(2000, required=True, metadata={"example": "the project is given up"})


class EvaluationReport(Strict):
    sha256 = fields.String(required=True, validate=_HASH, metadata={"example": "ab" * 32})


class Candidate(Strict):
    rank = fields.Integer(strict=True, required=True, validate=validate.Range(1, 100))
    bid = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 2**53 - 1),
        metadata={"description": "the index of the submission in the ledger, as the closing lists it"},
    )
    price = fields.Integer(strict=True, required=True, validate=_AMOUNT)
    score = fields.String(load_default="", validate=validate.Regexp(r"^([0-9]{1,3}\.[0-9]{2})?\Z"))


class Candidates(Strict):
    candidates = fields.List(
        fields.Nested(Candidate), required=True, validate=validate.Length(min=1, max=100)
    )


class AwardGiven(Strict):
    rank = fields.Integer(strict=True, validate=validate.Range(1, 100), metadata={"example": 1})
    ground = fields.String(
        validate=validate.OneOf([str(one) for one in NextRankGround]),
        metadata={"description": "why not the candidate before, who was awarded"},
    )
    winner = fields.Nested(
        Candidate, metadata={"description": "where the law knows no publication of candidates"}
    )


class ContractSigned(Strict):
    price = fields.Integer(strict=True, required=True, validate=_AMOUNT, metadata={"example": 480_000_000})
    sha256 = fields.String(required=True, validate=_HASH, metadata={"example": "ab" * 32})


class Failure(Strict):
    ground = fields.String(
        required=True,
        validate=validate.OneOf(["too-few-bids", "all-rejected", "no-winner"]),
        metadata={"example": "all-rejected"},
    )
    reason = Words(2000, required=True, metadata={"example": "no bid meets the requirements"})


class Annulment(Strict):
    reason = Words(2000, required=True, metadata={"example": "collusion was found"})


class QuestionText(Strict):
    question = Words(LONGEST, required=True, metadata={"example": "Which steel does drawing 3 mean?"})


class ClarificationText(Strict):
    answer = Words(LONGEST, required=True, metadata={"example": "Q355."})


class TenderQuery(Strict):
    state = fields.String(validate=validate.OneOf([str(one) for one in State if one is not State.DRAFT]))
    after = Text(40, metadata={"description": "the last id of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class OcdsQuery(Strict):
    ocid = Text(200, metadata={"description": "which one, where there are several"})


class DocumentQuery(Strict):
    title = Text(300, required=True)


# What is given


class TenderListed(Schema):
    id = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    published_at = Instant(required=True, allow_none=True)


class TenderShown(TenderListed):
    profile = fields.String(required=True)
    training = fields.Boolean(required=True, metadata={"description": "nothing here has legal effect"})
    notice = fields.Dict(required=True, metadata={"description": "as it was published, or the draft"})
    notice_sha256 = fields.String(required=True)
    tenderee = fields.String(required=True)
    again = fields.String(required=True, allow_none=True)
    lots = fields.List(fields.Dict(), required=True)
    documents = fields.List(fields.Dict(), required=True)
    amendments = fields.List(fields.Dict(), required=True)
    moves = fields.List(fields.String(), required=True, metadata={"description": "that go from here"})


class TenderDocument(Schema):
    name = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    media_type = fields.String(required=True)
    sha256 = fields.Function(
        lambda row: row.sha256.hex(), required=True, metadata={"type": "string", "example": "ab" * 32}
    )
    size = fields.Integer(required=True)
    published_at = Instant(required=True, allow_none=True)


class QuestionAsked(Schema):
    id = fields.UUID(required=True)
    question = fields.String(required=True)
    asked_at = Instant(required=True)


class Clarification(Schema):
    number = fields.Integer(required=True)
    question = fields.String(required=True)
    answer = fields.String(required=True)
    answered_at = Instant(required=True)


class TenderEvent(Schema):
    lot = fields.String(required=True)
    event = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    at = Instant(required=True)
    rules = fields.List(fields.String(), required=True)
    articles = fields.List(fields.String(), required=True)


class Imported(Schema):
    tender = fields.Nested(TenderShown, required=True)
    report = fields.List(fields.Dict(), required=True)
