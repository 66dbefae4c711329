"""What a stranger waits for: the whole verification of a log with one lot of many bids, from files in memory.

Beside it stands the arithmetic that no verifier can do without, on the same bids: the shares of two members, verified
and combined.
"""

from collections.abc import Iterator

from crypto.threshold import combine_each, make_shares, verify_shares
from ledger.entries import LogOpened
from ledger.view import judge, share_context
from scripts.bench.measure import Result, best_side_by_side, cost
from tests.published import LOG_VKEY, POLICY, Files, published
from tests.story import ORIGIN, PRICE, SUPERVISOR
from tests.unit.verifier.honest import Honest
from verifier.audit import Trust, audit

BIDS = 1000
ROUNDS = 3
AT_ONCE = 200
"""An entry has room for the shares of so many bids."""
SHOWN_BY = (1, 3)


class _ManyBids(Honest):
    """One lot, opened at its deadline."""

    def tell(self) -> None:
        self.say(LogOpened(ORIGIN, LOG_VKEY.vkey))
        self.found()
        self.keys = self.publish(parts=(PRICE,))
        self.bids = [self.bid("lot-1", self.keys, bytes([i % 256]) * 50) for i in range(BIDS)]
        self.closing = self.close("lot-1", self.bids)
        for party in self.parties:
            self.say(self.release_entry(self.closing, "price", party))
        for bid in self.bids:
            self.say(self.header(bid))
        for number in SHOWN_BY:
            for start in range(0, BIDS, AT_ONCE):
                self.say(self.shown(number, self.bids[start : start + AT_ONCE]))

    def bare(self) -> None:
        """The shares, verified and combined."""
        run = judge(self.view, self.closing, "price").run
        context = share_context(ORIGIN, self.closing, "lot-1", "price")
        assert run.public is not None
        combine_each([verify_shares(run.public, self._points, made, context) for made in self._made])

    def prepare(self) -> None:
        """Makes the shares, which is the members' work and not measured."""
        self._points = [bid.point for bid in judge(self.view, self.closing, "price").admitted]
        context = share_context(ORIGIN, self.closing, "lot-1", "price")
        key = self.keys["price"]
        self._made = [
            make_shares(self.share_of(key, self.parties[number - 1]), self._points, context, self.random)
            for number in SHOWN_BY
        ]


def run() -> Iterator[Result]:
    story = _ManyBids()
    story.tell()
    story.prepare()
    files = Files(published(story.leaves))
    trust = Trust(POLICY, SUPERVISOR.verify_key)

    def verify() -> None:
        report = audit(files, trust)
        assert report.is_green, report.as_json()

    ours, bare = best_side_by_side(ROUNDS, verify, story.bare)
    peer = f"bare shares and combinations ({bare / ours:.0%})"
    yield cost("verifier.audit", ours, f"s for {BIDS} opened bids, {len(story.leaves)} entries", peer, bare)
