"""What the desk's routes take and give. Amounts are in cents of their currency."""

from datetime import timedelta

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Instant, Strict, Text
from guarantees.chain.calls import MAX_BATCH
from guarantees.desk.exposure import TOTAL
from guarantees.tables.desk import PROVEN, STATES, UNCHECKED, UNPROVEN

ID = validate.Regexp(r"^[0-9a-f]{32}\Z", error="16 bytes in hexadecimal.")
_CURRENCY = validate.Regexp(r"^[A-Z]{3}\Z", error="Three letters (ISO 4217).")
_CENTS = {"description": "in cents", "example": 240_000}
LONGEST_QUOTE = timedelta(days=30)


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


class IssueShown(Schema):
    number = fields.String(required=True)
    guarantee = fields.String(required=True)
    content = Base64(65_536, required=True, metadata={"description": "guarantee.json: as secret as the bid"})
    check_code = fields.String(required=True)
    signed_at = Instant(required=True)
    issued_at = Instant(required=True, allow_none=True)
