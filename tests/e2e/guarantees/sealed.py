"""Bidders who put a guarantee into a sealed bid, by the programs that bidders use."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from app.bid_client import records as kept
from app.bid_client.channel import Channel
from app.bid_client.submitting import Submitter
from app.bid_client.wallet import Wallet
from app.bidder.folder import SealedBid
from bidding.package import records
from bidding.package.forms import PriceForm
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.names import FORM, GUARANTEE
from bidding.package.packing import BytesContent, pack
from bidding.package.sheet import LotSheet
from bidding.package.signing import sign_by_key
from bidding.sealing import seal
from crypto.signatures import SigningKey
from guarantees.checking.receipts import Reveal
from ledger.entries import encode
from ledger.policy_file import PolicyFile
from ledger.proof import verify_receipt
from tests.e2e.guarantees.tendering import Tendering
from tests.opening import own, party

TOTAL, PRICE = "4680000.00", 468_000_000
"""As it is written in the form, and in cents."""
TOKENS = 2


@dataclass
class SealingBidder:
    """Bidder `number` with a bid for one lot. `guarantee` is guarantee.json; empty: it has none."""

    at: Tendering
    number: int
    sheet: LotSheet
    guarantee: bytes = field(repr=False, default=b"")
    key: SigningKey = field(default_factory=lambda: SigningKey(token_bytes(32)))

    def submit(self) -> Reveal:
        """Packed, sealed, uploaded and submitted, until there is a receipt that holds; what it is of."""
        with Wallet(self._folder / "wallet.db") as wallet, Channel(self._prefix, patience=300) as channel:
            for _ in range(TOKENS):
                wallet.finalize(*self.at.token(wallet.add_pending))
            self._submitter(wallet, channel).submit(self._sealed(), self.key, now=self.at.clock())
        return self._reveal()

    def withdraw(self) -> Reveal:
        with Wallet(self._folder / "wallet.db") as wallet, Channel(self._prefix, patience=300) as channel:
            self._submitter(wallet, channel).withdraw(self.sheet.origin, self.sheet.lot, self.key)
        return self._reveal()

    @property
    def _folder(self) -> Path:
        return self.at.folder / "bids" / f"{self.number}"

    @property
    def _prefix(self) -> str:
        return f"{self.at.url}/api/submission"

    def _submitter(self, wallet: Wallet, channel: Channel) -> Submitter:
        policy = PolicyFile.parse((self.at.folder / "policy").read_text()).policy()
        return Submitter(channel, wallet, policy, self._folder, token_bytes)

    def _sealed(self) -> SealedBid:
        (part,) = self.sheet.parts
        secret, bidder = party(self.number)
        bid = self.key.verify_key.raw.hex()
        binding, package = self.sheet.binding(part.name, bid), io.BytesIO()
        form = PriceForm(self.sheet.lot, part.name, bidder, TOTAL, "CNY", (), None, None, None)
        contents = [BytesContent(FORM, records.to_bytes(form))]
        if self.guarantee:
            contents.append(BytesContent(GUARANTEE, self.guarantee))
        pack(contents, binding, sign_by_key(secret), package, DEFAULT_LIMITS)
        package.seek(0)
        path = self._folder / "sealed.age"
        with path.open("wb") as target:
            said = seal(package, target, part, binding, [own(self.number).recipient], random=token_bytes)
        return SealedBid(self.sheet.origin, self.sheet.lot, bid, ((said, path),))

    def _reveal(self) -> Reveal:
        """Of what was sent last, by its receipt."""
        record = kept.records(self._folder)[-1]
        policy = PolicyFile.parse((self.at.folder / "policy").read_text()).policy()
        receipt = verify_receipt(record.receipt.read_bytes(), policy)
        salt = bytes.fromhex((record.path / "salt").read_text())
        return Reveal(receipt.index, salt, encode(record.fact))
