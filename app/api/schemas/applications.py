"""Applications for guarantees, as they are asked for and listed. What is sealed in letters, nobody here can read."""

from typing import Any

from marshmallow import Schema, fields

_HASH, _SIGNATURE, _CODE = "ab" * 32, "5a" * 64, "91110000600037341L"
_PRODUCT = '{"product":"bid-standard","type":"guarantee-product/v1","...":"..."}'


def _hex(digits: int, example: str) -> dict[str, Any]:
    return {"pattern": f"^[0-9a-f]{{{digits}}}$", "example": example}


_BYTES = {"pattern": "^([0-9a-f]{2})*$", "example": _SIGNATURE}
_GUARANTOR = {"description": "the guarantor's unified social credit code", "example": _CODE}


class Origin(Schema):
    origin = fields.String(required=True, metadata={"example": "ledger.example.org"})


class ListedShown(Schema):
    """A guarantor: the supervisor's newest signed listing, and whether it may issue now."""

    leaf = fields.String(
        required=True,
        metadata={
            "description": "the entry guarantor-listed/v1 as its canonical JSON",
            "example": '{"type":"guarantor-listed/v1","...":"..."}',
        },
    )
    licensed = fields.Boolean(required=True, metadata={"example": True})


class ProductShown(Schema):
    """A product that is offered, as its guarantor signed it."""

    content = fields.String(
        required=True, metadata={"description": "the record's canonical JSON", "example": _PRODUCT}
    )
    signature = fields.String(required=True, metadata=_BYTES)


class WithdrawnProduct(Schema):
    guarantor = fields.String(required=True, metadata=_GUARANTOR)
    product = fields.String(required=True, metadata={"example": "bid-standard"})
    version = fields.Integer(required=True, metadata={"example": 1})
    signature = fields.String(required=True, metadata=_BYTES)


class PartyShown(Schema):
    name = fields.String(required=True, metadata={"example": "海口市市政工程建设管理中心"})
    credit_code = fields.String(required=True, metadata={"example": "914403001922038216"})


class LotShown(Schema):
    """What an open lot asks of a guarantee: the record guarantee-lot/v1. Amounts in cents, times in POSIX seconds."""

    type = fields.Constant("guarantee-lot/v1", required=True, metadata={"example": "guarantee-lot/v1"})
    tender = fields.String(required=True, metadata={"example": "2026-0317"})
    tender_title = fields.String(required=True, metadata={"example": "滨海大道改造工程"})
    lot = fields.String(required=True, metadata={"example": "2026-0317.1"})
    lot_title = fields.String(required=True, metadata={"example": "第一标段"})
    beneficiary = fields.Nested(PartyShown, required=True)
    bond = fields.Integer(required=True, metadata={"example": 80000000})
    currency = fields.String(required=True, metadata={"example": "CNY"})
    deadline = fields.Integer(required=True, metadata={"example": 1782867600})
    valid_until = fields.Integer(
        required=True,
        metadata={
            "description": "the first second at which the bids bind no longer",
            "example": 1790643600,
        },
    )
    chain_id = fields.Integer(required=True, metadata={"example": 20170117})
    registry = fields.String(required=True, metadata=_hex(40, "33" * 20))
    account = fields.String(
        required=True, metadata={"description": "what acts for the beneficiary", **_hex(40, "22" * 20)}
    )


class LookupTold(Schema):
    """By what a guarantee is found: a hash of its number and its check code, and its id on chain."""

    guarantor = fields.String(required=True, metadata=_GUARANTOR)
    guarantee = fields.String(required=True, metadata=_hex(64, _HASH))
    lookup = fields.String(required=True, metadata=_hex(64, _HASH))
    signature = fields.String(required=True, metadata=_BYTES)


class LetterboxQuestion(Schema):
    key = fields.String(required=True, metadata=_hex(64, _HASH))
    at = fields.Integer(required=True, metadata={"description": "POSIX seconds", "example": 1782867600})
    signature = fields.String(required=True, metadata=_hex(128, _SIGNATURE))


class GuarantorsQuestion(Schema):
    guarantor = fields.String(required=True, metadata=_GUARANTOR)
    at = fields.Integer(required=True, metadata={"description": "POSIX seconds", "example": 1782867600})
    signature = fields.String(required=True, metadata=_BYTES)


class LetterShown(Schema):
    """A sealed letter that the platform holds."""

    mailbox = fields.String(required=True, metadata=_hex(32, "ab" * 16))
    kind = fields.String(required=True, metadata=_GUARANTOR)
    recipient = fields.String(
        required=True,
        metadata={"description": "what the guarantor's letters are sealed to", "example": "age1..."},
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
