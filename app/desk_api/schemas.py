"""What the desk's routes take and give. Amounts are in cents of their currency."""

from datetime import timedelta

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Instant, Strict, Text
from guarantees.after.demand_rules import Answer
from guarantees.chain.calls import MAX_BATCH
from guarantees.desk.exposure import TOTAL
from guarantees.tables.desk import PROVEN, STATES, UNCHECKED, UNPROVEN

ID = validate.Regexp(r"^[0-9a-f]{32}\Z", error="16 bytes in hexadecimal.")
_CURRENCY = validate.Regexp(r"^[A-Z]{3}\Z", error="Three letters (ISO 4217).")
_CENTS = {"description": "in cents", "example": 240_000}
LONGEST_QUOTE = timedelta(days=30)


class AnswerProgress(Schema):
    answer = fields.String(required=True)
    state = fields.String(
        required=True, metadata={"description": "wanted, signed, sent, mined, confirmed; reverted, refused"}
    )


class ApplicationsQuery(Strict):
    state = fields.String(validate=validate.OneOf(STATES), metadata={"example": "applied"})


class ApplicationShown(Schema):
    id = fields.Function(lambda row: row.id.hex(), required=True, metadata={"type": "string"})
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    applicant = fields.String(required=True, metadata={"description": "credit code"})
    name = fields.String(required=True)
    tender = fields.String(required=True)
    lot = fields.String(required=True)
    product = fields.String(required=True)
    amount = fields.Integer(required=True)
    currency = fields.String(required=True)
    expiry = Instant(required=True)
    documents = fields.List(fields.Dict(), required=True)
    applied_at = Instant(required=True)
    changed_at = Instant(required=True)
    remark = fields.String(required=True)
    key_standing = fields.String(
        required=True,
        validate=validate.OneOf((UNCHECKED, UNPROVEN, PROVEN)),
        metadata={"description": "whether the ledger proves that the key that signed is the applicant's"},
    )
    key_checked_at = Instant(required=True, allow_none=True)


class NewQuote(Strict):
    premium = fields.Integer(
        strict=True,
        validate=validate.Range(0, 2**53 - 1),
        metadata={**_CENTS, "description": "in cents; by the product's rate if it is left out"},
    )
    hours = fields.Integer(
        load_default=48,
        validate=validate.Range(1, LONGEST_QUOTE // timedelta(hours=1)),
        metadata={"example": 48},
    )
    note = Text(500, metadata={"example": "请在两日内接受。"})


class QuoteMade(Schema):
    number = fields.Integer(required=True)
    premium = fields.Integer(required=True)
    valid_until = Instant(required=True)


class Reason(Strict):
    zh = Text(500, required=True, metadata={"example": "授信额度不足。"})
    en = Text(500, required=True, metadata={"example": "The limit is used up."})


class NewPayment(Strict):
    reference = Text(
        200,
        required=True,
        metadata={"example": "T20260302-000017", "description": "the bank's own; once for all"},
    )
    invoice = Text(
        200, required=True, metadata={"example": "FP0A1B2C3D4E5F", "description": "as the payer named it"}
    )
    amount = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 2**53 - 1), metadata=_CENTS
    )
    currency = fields.String(load_default="CNY", validate=_CURRENCY, metadata={"example": "CNY"})
    payer = Text(200, required=True, metadata={"example": "海南建设工程有限公司"})
    paid_at = Instant(required=True, metadata={"example": "2026-03-02T09:30:00+08:00"})


class PaymentRecorded(Schema):
    reference = fields.String(required=True)
    invoice = fields.String(required=True, allow_none=True)
    trouble = fields.String(required=True, metadata={"description": "empty, or why a person looks at it"})
    recorded_at = Instant(required=True)


class NewLimit(Strict):
    applicant = fields.String(
        load_default=TOTAL,
        validate=validate.Regexp(r"^([0-9A-Z]{18})?\Z"),
        metadata={"example": "91350100M000100Y43", "description": "a credit code; empty: of all together"},
    )
    currency = fields.String(load_default="CNY", validate=_CURRENCY)
    amount = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 2**53 - 1), metadata={"example": 10**10}
    )


class ExposureShown(Schema):
    applicant = fields.String(required=True)
    currency = fields.String(required=True)
    standing = fields.Integer(required=True)
    number = fields.Integer(required=True)
    limit = fields.Integer(required=True, allow_none=True)
    room = fields.Integer(required=True, allow_none=True)


class NewIssue(Strict):
    applications = fields.List(
        fields.String(validate=ID),
        required=True,
        validate=validate.Length(1, MAX_BATCH),
        metadata={"example": ["0a" * 16]},
    )
    itself = fields.Boolean(
        load_default=False,
        metadata={
            "description": "another program of the guarantor sends the transaction, whose data is given"
        },
    )


class Issued(Schema):
    guarantees = fields.List(fields.String(), required=True, metadata={"description": "ids on chain"})
    purpose = fields.String(required=True, allow_none=True)
    to = fields.String(
        required=True, allow_none=True, metadata={"description": "the registry, with `itself`"}
    )
    data = fields.String(required=True, allow_none=True)


class DemandedShown(Schema):
    guarantee = fields.String(required=True, metadata={"description": "id on chain"})
    application = fields.String(required=True)
    number = fields.String(required=True, metadata={"description": "of the guarantee"})
    amount = fields.Integer(required=True, metadata=_CENTS)
    currency = fields.String(required=True)
    extension_days = fields.Integer(
        required=True, metadata={"description": "that the beneficiary would take in place of money; 0: none"}
    )
    statement = fields.String(
        required=True, allow_none=True, metadata={"description": "SHA-256 of what is demanded and why"}
    )
    examined_until = Instant(
        required=True, metadata={"description": "too late for a refusal or an extension from here on"}
    )
    late = fields.Boolean(required=True, metadata={"description": "what remains is to pay"})
    answers = fields.List(
        fields.Nested(AnswerProgress), required=True, metadata={"description": "wanted so far"}
    )


class NewAnswer(Strict):
    answer = fields.String(
        required=True, validate=validate.OneOf([str(one) for one in Answer]), metadata={"example": "paid"}
    )
    document = fields.String(
        validate=validate.Regexp(r"^[0-9a-f]{64}\Z", error="A SHA-256 in hexadecimal."),
        metadata={
            "example": "ab" * 32,
            "description": "SHA-256 that the platform shows of the proof of payment or the notice of refusal "
            "(reply_sha256); an extension needs none",
        },
    )


class AnswerQueued(Schema):
    purpose = fields.String(required=True, metadata={"description": "names the act in the outbox"})


class IssueShown(Schema):
    number = fields.String(required=True)
    guarantee = fields.String(required=True)
    content = Base64(65_536, required=True, metadata={"description": "guarantee.json: as secret as the bid"})
    check_code = fields.String(required=True)
    signed_at = Instant(required=True)
    issued_at = Instant(required=True, allow_none=True)


class NewDraft(Strict):
    change = fields.String(
        required=True, validate=validate.Length(1, 2000), metadata={"example": "有效期延长三十日。"}
    )
    expiry = fields.Integer(
        strict=True, validate=validate.Range(0, 2**53 - 1), metadata={"description": "the last second, POSIX"}
    )
    amount = fields.Integer(strict=True, validate=validate.Range(1, 2**53 - 1), metadata=_CENTS)


class Drafted(Schema):
    guarantee = fields.String(required=True, metadata={"description": "its id on chain, once it is there"})
    number = fields.String(required=True)
    amount = fields.Integer(required=True, metadata=_CENTS)
    expiry = fields.Integer(required=True)
    change = fields.String(required=True)
    successor = fields.String(
        required=True, metadata={"description": "SHA-256 of the amended undertaking: what is proposed"}
    )
    agreed = fields.Boolean(required=True)


class AmendmentToSign(Strict):
    content = Base64(65_536, required=True, metadata={"description": "the amendment, as the platform has it"})


class AmendmentSignature(Schema):
    side = fields.String(required=True)
    key = Base64(2048, required=True)
    signature = Base64(2048, required=True)


class AgreedAmendment(Strict):
    agreement = Base64(65_536, required=True, metadata={"description": "the amendment with its signatures"})


class HandedOver(Schema):
    content = Base64(65_536, required=True, metadata={"description": "guarantee.json"})
    letter = Base64(8 << 20, required=True, metadata={"description": "the letter, a PDF"})
