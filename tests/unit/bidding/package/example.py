"""One bid of one lot, for tests to break one thing of at a time. All keys follow from fixed bytes."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.bid_keys import BidKeys
from bidding.package import records
from bidding.package.forms import Bidder, Certificate, PartForm, PriceForm, PriceLine
from bidding.package.limits import DEFAULT_LIMITS, Limits
from bidding.package.manifest import Binding
from bidding.package.names import FORM
from bidding.package.packing import BytesContent, pack
from bidding.package.reading import Package, read_package
from bidding.package.sheet import Asked, GuaranteeHere, LotSheet, SheetPart
from bidding.package.signing import Sign, sign_by_key
from crypto.age import X25519Identity
from crypto.certificates import PartyCertificate
from crypto.errors import VerificationError
from crypto.signatures import VerifyKey

BIDDER = Bidder("海南建设工程有限公司", "91110000600037341L")
PARTY_KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
KEYS = BidKeys.of_seed(b"\x02" * 32)
LOT_IDENTITY = X25519Identity(b"\x03" * 32)
TECHNICAL_IDENTITY = X25519Identity(b"\x04" * 32)

PRICE = SheetPart(
    "price",
    str(LOT_IDENTITY.recipient),
    knowledge=True,
    priced=True,
    asks=(Asked.PERIOD, Asked.QUALITY, Asked.MANAGER),
    guarantee=GuaranteeHere.OPTIONAL,
    max_size=1 << 20,
)
TECHNICAL = SheetPart(
    "technical",
    str(TECHNICAL_IDENTITY.recipient),
    knowledge=False,
    priced=False,
    asks=(),
    guarantee=GuaranteeHere.NONE,
    max_size=1 << 20,
)
SHEET = LotSheet(
    origin="ledger.example/sunseal",
    lot="2026-0317/1",
    tender="2026-0317",
    title="滨海大道改造工程 第一标段",
    deadline=1_774_402_200,
    currency="CNY",
    ceiling="4800000.00",
    parts=(PRICE, TECHNICAL),
)
BINDING = SHEET.binding("price", KEYS.bid)
FORM_OF_PRICE = PriceForm(
    lot=SHEET.lot,
    part="price",
    bidder=BIDDER,
    total="4680000.00",
    currency="CNY",
    lines=(
        PriceLine("路基工程", "m3", "12000", "150.00", "1800000.00"),
        PriceLine("沥青路面", "m2", "24000", "120.00", "2880000.00"),
    ),
    period_days=180,
    quality="合格",
    manager="王工",
)
FORM_OF_TECHNICAL = PartForm(
    lot=SHEET.lot,
    part="technical",
    bidder=BIDDER,
    period_days=None,
    quality=None,
    manager=None,
    certificates=(Certificate("市政公用工程施工总承包一级", "D146000000", "2030-12-31"),),
)
DOCUMENT = BytesContent("documents/施工组织设计.txt", "第一章 总体部署\n".encode())


@dataclass(frozen=True)
class KnownParties:
    """A register of parties in memory."""

    keys: Mapping[bytes, str]

    def of_key(self, key: VerifyKey) -> str:
        if key.raw not in self.keys:
            raise VerificationError("this key is not registered")
        return self.keys[key.raw]

    def of_chain(self, chain: Sequence[bytes]) -> tuple[str, PartyCertificate]:
        raise VerificationError("no certificates here")


PARTIES = KnownParties({PARTY_KEY.public_key().public_bytes_raw(): BIDDER.credit_code})
SIGN = sign_by_key(PARTY_KEY)


def contents(*more: BytesContent, form: object = FORM_OF_PRICE) -> list[BytesContent]:
    return [BytesContent(FORM, records.to_bytes(form)), *more]


def packed(
    *more: BytesContent, form: object = FORM_OF_PRICE, binding: Binding = BINDING, sign: Sign = SIGN
) -> bytes:
    target = io.BytesIO()
    pack(contents(*more, form=form), binding, sign, target, DEFAULT_LIMITS)
    return target.getvalue()


def read(data: bytes, binding: Binding = BINDING, limits: Limits = DEFAULT_LIMITS) -> Package:
    return read_package(io.BytesIO(data), binding, PARTIES, limits, priced=binding.part == "price")


def elsewhere(**changes: str) -> Binding:
    return replace(BINDING, **changes)
