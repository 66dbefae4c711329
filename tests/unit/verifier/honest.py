"""A whole honest procurement, as entries."""

import io
from collections.abc import Sequence

from crypto import age
from crypto.threshold import make_shares, vrf
from ledger.entries import (
    DrawRequested,
    DrawShare,
    LogOpened,
    PartOpened,
    Sealed,
    SharesShown,
)
from ledger.entries.signed import UNSIGNED
from ledger.view import judge, share_context
from tests.published import LOG_VKEY
from tests.story import ORIGIN, PRICE, TECHNICAL, SealedBid, Story


class Honest(Story):
    """A whole procurement: two lots, one of them opened, a withdrawal, a draw."""

    def tell(self) -> None:
        self.say(LogOpened(ORIGIN, LOG_VKEY.vkey))
        self.found()
        self.keys = self.publish(parts=(PRICE, TECHNICAL))
        self.bids = [self.bid("lot-1", self.keys, bytes([i]) * 50) for i in range(4)]
        self.say(Sealed(self.random(32).hex()))
        self.withdraw(self.bids[3])()
        self.reveal(self.bids[3])
        self.closing = self.close("lot-1", self.bids[:3])
        for part in ("price", "technical"):
            for party in self.parties:
                self.say(self.release_entry(self.closing, part, party))
        for bid in self.bids[:3]:
            self.say(self.header(bid))
        for number in (1, 3):
            self.say(self.shown(number, self.bids[:3]))
        self.drawing = self.draw_key()
        self.draw = self.id_of(self.say(DrawRequested(self.drawing, "experts", "ab" * 32, 20, "cd" * 32)))
        for number in (1, 2, 3):
            self.say(self.draw_share(number))

    def header(self, bid: SealedBid, part: str = "price") -> PartOpened:
        header = age.read_header(io.BytesIO(bid.files[part])).encode()
        return PartOpened(self.closing, part, bid.index, header.hex())

    def shown(self, number: int, bids: Sequence[SealedBid], part: str = "price") -> SharesShown:
        key = self.share_of(self.keys[part], self.parties[number - 1])
        context = share_context(ORIGIN, self.closing, "lot-1", part)
        points = {bid.index: bid.point for bid in judge(self.view, self.closing, part).admitted}
        batches = [make_shares(key, [points[bid.index]], context, self.random).encode() for bid in bids]
        return SharesShown(self.closing, part, number, tuple(b.index for b in bids), b"".join(batches).hex())

    def draw_share(self, number: int) -> DrawShare:
        party = self.parties[number - 1]
        leaf = self.view.draws.get(self.draw).leaf
        share = vrf.make_share(self.share_of(self.drawing, party), leaf, self.random)
        return DrawShare(ORIGIN, self.draw, number, share.encode().hex(), UNSIGNED).signed_by(party.signing)
