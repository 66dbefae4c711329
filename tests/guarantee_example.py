"""A guarantee as tests need one: complete, signed, and with amounts and names that can be changed."""

from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto import party_keys
from crypto.signatures import SigningKey
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import (
    BID,
    ELECTRONIC,
    GROUNDS,
    URDG,
    Demand,
    OnChain,
    Party,
    Presentation,
    Undertaking,
)

ISSUER_KEY = SigningKey(bytes(range(32)))
SALT = bytes(range(32))
BANK = Party("海南示范银行股份有限公司", "91110000600037341L")
BIDDER = Party("海南建设工程有限公司", "91350100M000100Y43")
TENDEREE = Party("海口市市政工程建设管理中心", "914403001922038216")

PRODUCT = Product(
    guarantor=BANK.credit_code,
    product="bid-standard",
    version=1,
    name_zh="投标保函",
    name_en="Bid guarantee",
    currency="CNY",
    rate=1_000,
    minimum=30_000,
    least=100_000,
    most=10**10,
    days=365,
    documents=("营业执照",),
    text=None,
)
UNDERTAKING = Undertaking(
    number="BH-2026-0001",
    kind=BID,
    issuer=BANK,
    applicant=BIDDER,
    beneficiary=TENDEREE,
    tender="2026031700001",
    tender_title="滨海大道改造工程",
    lot="2026031700001.1",
    lot_title="第一标段：道路及排水",
    amount=80_000_000,
    currency="CNY",
    applied=1_773_000_000,
    issued=1_773_100_000,
    expiry=1_782_000_000,
    expiry_event="",
    demand=Demand(
        on_first_demand=True,
        irrevocable=True,
        grounds=GROUNDS,
        documents=(),
        partial=False,
        multiple=False,
    ),
    presentation=Presentation(ELECTRONIC, "https://tenders.example/guarantees"),
    rules=URDG,
    law="CN",
    languages=("zh", "en"),
    charges="applicant",
    transferable=False,
    on_chain=OnChain(20170117, "33" * 20, "11" * 20, "22" * 20),
    text=None,
)


def signed(key: SigningKey = ISSUER_KEY, salt: bytes = SALT, **changed: Any) -> SignedGuarantee:
    """The example, with fields of the undertaking changed."""
    spki = party_keys.spki(Ed25519PublicKey.from_public_bytes(key.verify_key.raw))
    return SignedGuarantee.sign(replace(UNDERTAKING, **changed), spki, key.sign, salt)
