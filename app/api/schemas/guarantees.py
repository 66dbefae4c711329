"""Guarantees as they are sent and shown, from the opening on. Amounts are in hundredths of the currency."""

from marshmallow import Schema, fields, validate

from app.api.schemas.fields import Base64, Hexadecimal, Instant, Strict, Text
from guarantees.after.amending import Role as Side
from guarantees.after.demand_rules import MAX_EXTENSION_DAYS, Answer
from guarantees.documents import MOST
from guarantees.tables.lifecycle import STATES
from guarantees.undertaking import GROUNDS

HEX = validate.Regexp(r"^[0-9a-f]{64}\Z", error="32 bytes in hexadecimal.")
_PRINTS = validate.Regexp(r"^[^\u0000\ud800-\udfff]*\Z", error="Text that prints.")
_AMOUNT = {"description": "in hundredths of the currency", "example": 80_000_000}
_SHA = {"example": ["ab" * 32], "description": "SHA-256 of documents that were handed in"}


class GuaranteesQuery(Strict):
    lot = Text(128, metadata={"example": "2026031700001.1"})
    state = fields.String(validate=validate.OneOf(STATES), metadata={"example": "demanded"})
    after = fields.String(
        validate=HEX, metadata={"description": "the last id of the page before", "example": "ab" * 32}
    )


class GuaranteeShown(Schema):
    id = Hexadecimal(required=True, metadata={"description": "on chain, in hexadecimal"})
    number = fields.String(required=True)
    tender = fields.String(required=True)
    lot = fields.String(required=True)
    bid = fields.Integer(required=True, metadata={"description": "the bid's place in the ledger"})
    guarantor = fields.String(required=True, metadata={"description": "credit code"})
    applicant = fields.String(required=True)
    beneficiary = fields.String(required=True)
    amount = fields.Integer(required=True, metadata=_AMOUNT)
    currency = fields.String(required=True)
    applied_at = Instant(required=True)
    issued_at = Instant(required=True)
    expiry = Instant(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    presented_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    released_because = fields.String(required=True)
    replaced_by = Hexadecimal(required=True, allow_none=True)


class StepShown(Schema):
    step = fields.String(required=True)
    at = Instant(required=True)


class ClockShown(Schema):
    clock = fields.String(required=True)
    rule = fields.String(required=True)
    began_at = Instant(required=True)
    due_at = Instant(required=True)
    released_at = Instant(required=True, allow_none=True)
    late_because = fields.String(required=True)


class DemandShown(Schema):
    number = fields.Integer(required=True)
    amount = fields.Integer(required=True, metadata=_AMOUNT)
    extension_days = fields.Integer(required=True)
    ground = fields.String(required=True, attribute="grounds")
    statement = Base64(65_536, required=True, metadata={"description": "what was demanded, canonical JSON"})
    documents = fields.List(fields.Dict(), required=True)
    made_at = Instant(required=True)
    examine_by = Instant(required=True, metadata={"description": "too late for a refusal from here on"})
    state = fields.String(required=True)
    reply = Base64(65_536, required=True, allow_none=True)
    reply_sha256 = fields.String(required=True, allow_none=True, metadata={"description": "goes on chain"})
    answered_at = Instant(required=True, allow_none=True)


class AmendmentShown(Schema):
    number = fields.Integer(required=True)
    content = Base64(65_536, required=True)
    to_sign = Base64(65_536, required=True, metadata={"description": "what each of the three signs"})
    signed_by = fields.List(fields.String(), required=True)
    agreement = Base64(
        65_536,
        required=True,
        allow_none=True,
        metadata={"description": "with the three signatures, once agreed"},
    )
    state = fields.String(required=True)
    proposed_at = Instant(required=True)
    settled_at = Instant(required=True, allow_none=True)


class DocumentShown(Schema):
    sha256 = Hexadecimal(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    handed_in_by = fields.String(required=True)
    stored_at = Instant(required=True)


class GuaranteeWhole(GuaranteeShown):
    check_code = fields.String(required=True, metadata={"example": "ABCD-EFGH-IJKL-MNOP"})
    content = Base64(65_536, required=True, metadata={"description": "guarantee.json, as it was signed"})
    steps = fields.List(fields.Nested(StepShown), required=True)
    clocks = fields.List(fields.Nested(ClockShown), required=True)
    demands = fields.List(fields.Nested(DemandShown), required=True)
    amendments = fields.List(fields.Nested(AmendmentShown), required=True)
    documents = fields.List(fields.Nested(DocumentShown), required=True)


class DocumentQuery(Strict):
    name = Text(200, required=True, metadata={"example": "payment-proof.pdf"})


class _WithDocuments(Strict):
    documents = fields.List(
        fields.String(validate=HEX), load_default=list, validate=validate.Length(max=MOST), metadata=_SHA
    )


class NewDemand(_WithDocuments):
    amount = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 2**53 - 1), metadata=_AMOUNT
    )
    ground = fields.String(required=True, validate=validate.OneOf(GROUNDS), metadata={"example": GROUNDS[0]})
    statement = fields.String(
        required=True,
        validate=[validate.Length(1, 10_000), _PRINTS],
        metadata={"example": "中标人未在规定期限内签订合同。"},
    )
    extension_days = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, MAX_EXTENSION_DAYS),
        metadata={"description": "an extension that is taken in the payment's place", "example": 30},
    )


class NewAnswer(_WithDocuments):
    answer = fields.String(
        required=True, validate=validate.OneOf([str(one) for one in Answer]), metadata={"example": "refused"}
    )
    reasons = fields.List(
        fields.String(validate=[validate.Length(1, 2000), _PRINTS]),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={
            "example": ["索赔书未说明申请人违反了哪项义务。"],
            "description": "every discrepancy, at once",
        },
    )


class NewAmendment(Strict):
    change = Text(2000, required=True, metadata={"example": "有效期延长至2026年9月30日。"})
    successor = fields.String(
        required=True,
        validate=HEX,
        metadata={"description": "SHA-256 of the amended undertaking", "example": "ab" * 32},
    )


class Agreement(Strict):
    side = fields.String(
        required=True, validate=validate.OneOf([str(one) for one in Side]), metadata={"example": "guarantor"}
    )
    key = Base64(2048, required=True, metadata={"description": "SubjectPublicKeyInfo in DER"})
    signature = Base64(2048, required=True, metadata={"description": "over `to_sign`"})


class Successor(Strict):
    content = Base64(65_536, required=True, metadata={"description": "the amended guarantee.json"})


class Reveal(Strict):
    index = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**53 - 1))
    salt = Base64(64, required=True)
    body = Base64(65_536, required=True)


class GivenBack(Strict):
    content = Base64(65_536, required=True, metadata={"description": "guarantee.json, as the bid had it"})
    submitted = fields.Nested(Reveal, required=True, metadata={"description": "from the bid's receipt"})
    withdrawn = fields.Nested(
        Reveal, metadata={"description": "from the withdrawal's receipt, if there is one"}
    )
    early = fields.Boolean(
        load_default=False, metadata={"description": "also before the deadline, and so for all to see"}
    )


class LateRelease(Schema):
    guarantee = Hexadecimal(required=True)
    number = fields.String(required=True)
    lot = fields.String(required=True)
    clock = fields.String(required=True)
    due_at = Instant(required=True)
    trouble = fields.String(required=True)
    why_zh = fields.String(required=True, attribute="why.zh", metadata={"example": "等待链上确认。"})
    why_en = fields.String(required=True, attribute="why.en", metadata={"example": "It waits for the chain."})


class DifferenceShown(Schema):
    guarantee = Hexadecimal(required=True)
    kind = fields.String(required=True)
    sentence = fields.String(required=True)
    found_at = Instant(required=True)


class ScanShown(Schema):
    lot = fields.String(required=True)
    bid = fields.Integer(required=True)
    sha256 = Hexadecimal(required=True)
    stated = fields.Dict(required=True)
    outcome = fields.String(required=True, allow_none=True)
    remarks = fields.String(required=True)
    examined_by = fields.String(required=True)
    examined_at = Instant(required=True, allow_none=True)


class ScanExamined(Strict):
    accepted = fields.Boolean(required=True, metadata={"example": True})
    remarks = fields.String(
        load_default="",
        validate=[validate.Length(max=2000), _PRINTS],
        metadata={"example": "已电话向开立银行核实。"},
    )


class CheckQuery(Strict):
    number = Text(64, required=True, metadata={"example": "BH-2026-0001"})
    code = Text(64, required=True, metadata={"example": "ABCD-EFGH-IJKL-MNOP"})


class OpenedShown(Schema):
    guarantee = Hexadecimal(required=True)
    number = fields.String(required=True)
    lot = fields.String(required=True)
    guarantor = fields.String(required=True)
    beneficiary = fields.String(required=True)
    amount = fields.Integer(required=True, metadata=_AMOUNT)
    currency = fields.String(required=True)
    issued_at = Instant(required=True)
    expiry = Instant(required=True)
    state = fields.String(required=True)
    on_chain = fields.String(required=True)
    history = fields.List(fields.Nested(StepShown), required=True)


class CheckAnswer(Schema):
    validity = fields.String(
        required=True,
        validate=validate.OneOf(["valid", "not-known", "ended"]),
        metadata={"description": "before the opening nothing but valid or not-known", "example": "valid"},
    )
    opened = fields.Nested(OpenedShown, required=True, allow_none=True)


class StatisticsQuery(Strict):
    since = Instant(required=True, metadata={"example": "2026-01-01T00:00:00+08:00"})
    until = Instant(required=True, metadata={"example": "2026-07-01T00:00:00+08:00"})
    currency = fields.String(
        load_default="CNY", validate=validate.Regexp(r"^[A-Z]{3}\Z"), metadata={"example": "CNY"}
    )
    guarantor = fields.String(
        validate=validate.Regexp(r"^[0-9A-Z]{18}\Z"), metadata={"example": "91110000600037341L"}
    )


class OutcomeShown(Schema):
    number = fields.Integer(required=True)
    sum = fields.Integer(required=True, metadata=_AMOUNT)


class StatisticsShown(Schema):
    since = Instant(required=True)
    until = Instant(required=True)
    currency = fields.String(required=True)
    guarantors = fields.Integer(required=True)
    number = fields.Integer(required=True, metadata={"example": 279})
    sum = fields.Integer(required=True, metadata={"example": 11_576_000_000})
    freed = fields.Integer(
        required=True,
        metadata={"description": "capital that was not tied up in cash", "example": 11_576_000_000},
    )
    average_seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "from application to issue"}
    )
    demands = fields.Integer(required=True)
    demanded = fields.Integer(required=True, metadata=_AMOUNT)
    outcomes = fields.Dict(keys=fields.String(), values=fields.Nested(OutcomeShown), required=True)
