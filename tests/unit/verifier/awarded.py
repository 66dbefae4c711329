"""A procurement to its contract, as entries and the files that they name: notice, record, a sample, a draw of experts."""

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from random import Random

from bidding.tenders.draft import Draft, LotDraft, PartDraft, notice_bytes
from bidding.timetable import Timetable
from crypto import age, canonical_json
from crypto.canonical_json import Json
from crypto.threshold import combine_each, make_shares, verify_shares
from ledger.entries import (
    BidFailed,
    BidOpened,
    CandidatesPublished,
    DrawPublished,
    DrawRequested,
    ExpertAnswered,
    ExpertCalled,
    FallbackBegun,
    LogOpened,
    LotAwarded,
    LotContracted,
    LotOpened,
    OpenedByBidder,
    OpeningRecorded,
    PopulationCommitted,
    RankedBid,
    ReadOut,
    Revealed,
    Sealed,
    TenderPublished,
    encode,
)
from ledger.view import judge, open_header, share_context
from oversight.expert_draw import Need, Terms, next_calls
from oversight.names_file import Drawn, Names
from oversight.population import Member, Population
from oversight.sample_terms import SampleTerms, checklist_hash
from tests.published import LOG_VKEY
from tests.story import DEADLINE, ORIGIN, PRICE
from tests.unit.verifier.honest import Honest

ZONE = "+08:00"
PRICES = ("98.00", "99.50", "120.00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}{ZONE}")


NOTICE = Draft(
    title="Road lighting",
    profile="cn-tender",
    lots=(
        LotDraft(
            number="1",
            title="Road lighting",
            estimate=100_00,
            parts=(PartDraft(name="price", has_price=True),),
        ),
    ),
    timetable=Timetable(
        documents_from=at("2026-12-01T00:00:00"),
        documents_to=at("2026-12-12T00:00:00"),
        deadline=datetime.fromtimestamp(DEADLINE, at("2026-12-01T00:00:00").tzinfo),
        opening=datetime.fromtimestamp(DEADLINE, at("2026-12-01T00:00:00").tzinfo),
        validity_days=90,
    ),
)


class Awarded(Honest):
    """Three bids: two opened by keyholders, one by its bidder in the fallback and failing; award, contract, draws."""

    def tell(self) -> None:
        self.files: dict[str, bytes] = {}
        self.say(LogOpened(ORIGIN, LOG_VKEY.vkey))
        self.found()
        self.drawing = self.draw_key()
        notice = self.name(notice_bytes(NOTICE))
        self.say(TenderPublished("tender-1", "the tenderee", "cn-tender", notice, ("lot-1",), (), "tender-1"))
        self.keys = self.publish(parts=(PRICE,))
        self.bids = [self.bid("lot-1", self.keys, bytes([i]) * 50) for i in range(3)]
        self.closing = self.close("lot-1", self.bids)
        for party in self.parties:
            self.say(self.release_entry(self.closing, "price", party))
        self.open()
        self.award()
        self.draw_sample()
        self.draw_experts()

    def name(self, content: bytes) -> str:
        """A public file, by its hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[f"file/{sha256}"] = content
        return sha256

    def open(self) -> None:
        shown, last = self.bids[:2], self.bids[2]
        for bid in shown:
            self.say(self.header(bid))
        for number in (1, 3):
            self.say(self.shown(number, shown))
        results: list[BidOpened | BidFailed] = []
        for bid, price in zip(shown, PRICES, strict=False):
            results.append(BidOpened(self.closing, "price", bid.index, "keyholders", (read(price),)))
            self.say(results[-1])
        self.say(FallbackBegun(self.closing, "price", DEADLINE + 3600, (last.index,)))
        header = age.read_header(io.BytesIO(last.files["price"])).encode()
        self.say(OpenedByBidder(self.closing, "price", last.index, header.hex(), self.file_key_of(2).hex()))
        results.append(BidOpened(self.closing, "price", last.index, "bidder", (read(PRICES[2]),)))
        self.say(results[-1])
        record = canonical_json.dumps(record_of(self.closing, results))
        self.say(OpeningRecorded(self.closing, "price", self.name(record)))
        self.say(LotOpened("lot-1", 3))

    def file_key_of(self, number: int) -> bytes:
        verdict = judge(self.view, self.closing, "price")
        bid = next(one for one in verdict.admitted if one.index == self.bids[number].index)
        context = share_context(ORIGIN, self.closing, "lot-1", "price")
        public = verdict.run.public
        assert public is not None
        shares = [
            verify_shares(
                public,
                [bid.point],
                make_shares(self.share_of(self.keys["price"], party), [bid.point], context, self.random),
                context,
            )
            for party in self.parties[:2]
        ]
        shared = combine_each(shares)[bid.point]
        header = age.read_header(io.BytesIO(self.bids[number].files["price"])).encode()
        return open_header(public, bid.file, header, shared)

    def award(self) -> None:
        ranked = tuple(
            RankedBid(rank, self.bids[rank - 1].index, int(price.replace(".", "")), "")
            for rank, price in enumerate(PRICES, start=1)
        )
        self.say(CandidatesPublished("lot-1", ranked, DEADLINE + 7 * 86400, DEADLINE + 2 * 86400))
        self.say(LotAwarded("lot-1", ranked[1], "the first withdrew", DEADLINE + 7 * 86400))
        self.say(LotContracted("lot-1", ranked[1].bid, ranked[1].price, "cc" * 32, DEADLINE + 20 * 86400))

    def request(self, subject: str, population: Population, terms: bytes) -> str:
        root = population.root().hex()
        self.say(PopulationCommitted(subject, root, len(population.members)))
        digest = hashlib.sha256(terms).hexdigest()
        draw = self.id_of(
            self.say(DrawRequested(self.drawing, subject, root, len(population.members), digest))
        )
        self.draw = draw
        for number in (1, 2):
            self.say(self.draw_share(number))
        return draw

    def publish_draw(self, population: Population, terms: bytes, positions: Sequence[int]) -> None:
        names = Names(self.draw, tuple(Drawn(at, who(at), salt(at)) for at in sorted(positions)))
        hashes = (self.name(file) for file in (population.to_bytes(), terms, names.to_bytes()))
        self.say(DrawPublished(self.draw, *hashes))

    def draw_sample(self) -> None:
        objects = Population(tuple(Member.of({}, who(i), salt(i)) for i in range(10)))
        terms = SampleTerms(Fraction(1, 5), checklist_hash(["Was it right?"]))
        draw = self.request("draws of a quarter", objects, terms.to_bytes())
        drawn = terms.draw(self.view.draws.get(draw).seed(), 10)
        self.publish_draw(objects, terms.to_bytes(), [one.item for one in drawn])

    def draw_experts(self) -> None:
        attributes: dict[str, Json] = {"active": True, "region": "460100", "specialties": ["A08"]}
        pool = Population(tuple(Member.of(attributes, who(i), salt(i)) for i in range(30)))
        terms = Terms((Need("A08", "", 5, 1),), (), 600)
        draw = self.request("experts of lot-1", pool, terms.to_bytes())
        calls = next_calls(pool, terms, self.view.draws.get(draw).seed(), ())
        said: list[tuple[int, bytes, bytes]] = []
        for number, call in enumerate(calls):
            called = encode(ExpertCalled(draw, number, call.need, call.position, 1000))
            answered = encode(ExpertAnswered(draw, number, "accepted", 1100))
            for body in (called, answered):
                hiding = self.random(32)
                said.append((self.say(Sealed.of(body, hiding)), hiding, body))
        for index, hiding, body in said:
            self.say(Revealed.of(index, hiding, body))
        self.publish_draw(pool, terms.to_bytes(), [call.position for call in calls])


def who(number: int) -> dict[str, Json]:
    return {"name": f"number {number}"}


def salt(number: int) -> bytes:
    return Random(number).randbytes(32)


def read(price: str) -> ReadOut:
    return ReadOut(
        "a bidder", "91460000MA5T000019", price, "CNY", 90, "qualified", "a manager", False, "none"
    )


def record_of(closing: str, results: Sequence[BidOpened | BidFailed]) -> dict[str, Json]:
    """What the platform's record has of the results (bidding/opening/record.py)."""
    bids: list[Json] = []
    for result in results:
        assert isinstance(result, BidOpened)
        one = result.read_out[0]
        said: dict[str, Json] = {name: getattr(one, name) for name in one.__slots__}
        bids.append({"bid": result.bid, "state": "opened", "by": result.by, "read_out": said})
    return {"type": "opening-record/v1", "results": {"closing": closing, "part": "price", "bids": bids}}
