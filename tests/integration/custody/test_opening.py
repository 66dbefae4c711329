"""Openings on the platform's side: shares verified, wrong ones named, combined from any t, and only what opened shown."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from crypto import age
from crypto.threshold import ShareBatch, combine, verify_shares
from custody.errors import OpeningError
from custody.models import ReleaseRow
from custody.opening import Opening
from custody.record import record
from custody.status import releases
from ledger.entries import LotCancelled, PartOpened, SharesReleased, SharesShown, decode
from ledger.exchange import SealedRelease
from ledger.view import ReleaseRefusedError, open_header, share_context
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN, PLATFORM_AGE, PRICE, SUPERVISOR_AGE, TECHNICAL, SealedBid

COUNT = 5


class Case:
    """A closed lot with bids."""

    def __init__(self, world: World, part: str) -> None:
        self.world = world
        self.part = part
        keys = world.publish(parts=[PRICE if part == "price" else TECHNICAL])
        self.bids = [world.bid("lot-1", keys, f"bid {number}".encode()) for number in range(COUNT)]
        self.closing = world.close("lot-1", self.bids)
        self.opening = Opening(world.reader, self.closing, part, PLATFORM_AGE)

    def give(
        self,
        number: int,
        bids: Sequence[int] | None = None,
        *,
        wrong: bool = False,
        one_batch: bool = False,
    ) -> None:
        keyholder = self.world.keyholders[number - 1]
        release = keyholder.release(
            self.world.view, self.closing, self.part, bids=bids, wrong=wrong, one_batch=one_batch
        )
        self.send(number, release)

    def send(self, number: int, release: SealedRelease) -> None:
        keyholder = self.world.keyholders[number - 1]
        self.world.take(keyholder, keyholder.message(releases=[release]))
        self.world.sync()

    def refresh(self, *, everyone: bool = True) -> frozenset[int]:
        with self.world.database.session() as session:
            self.opening.refresh(session, everyone=everyone)
            session.commit()
        return self.opening.ready

    def header(self, bid: SealedBid) -> bytes:
        return age.read_header(io.BytesIO(bid.files[self.part])).encode()

    def content(self, bid: SealedBid) -> bytes:
        target = io.BytesIO()
        source = io.BytesIO(bid.files[self.part])
        key = self.opening.file_key(bid.index, age.read_header(source).encode())
        age.file.open_payload_to(key, source, target)
        return target.getvalue()

    def record(self, bids: Sequence[SealedBid]) -> int:
        with self.world.database.session() as session:
            new = record(session, self.opening, {bid.index: self.header(bid) for bid in bids}, now=NOW)
            session.commit()
        self.world.sync()
        return new

    @property
    def everyone(self) -> frozenset[int]:
        return frozenset(bid.index for bid in self.bids)


@pytest.fixture
def case(world: World, group: str) -> Case:
    return Case(world, "price")


@pytest.fixture
def committee(world: World, group: str) -> Case:
    return Case(world, "technical")


def test_bids_open_with_the_shares_of_t_members_and_not_of_fewer(case: Case) -> None:
    assert case.refresh() == frozenset()
    case.give(1)
    assert case.refresh() == frozenset()
    with pytest.raises(OpeningError, match="fewer than 2"):
        case.opening.file_key(case.bids[0].index, case.header(case.bids[0]))
    case.give(3)
    assert case.refresh() == case.everyone
    assert [case.content(bid) for bid in case.bids] == [f"bid {number}".encode() for number in range(COUNT)]


def test_a_committee_s_part_opens_from_one_batch_for_all(committee: Case) -> None:
    committee.give(2)
    committee.give(3)
    assert committee.refresh() == committee.everyone
    assert committee.content(committee.bids[4]) == b"bid 4"


def test_each_bid_opens_as_soon_as_t_members_gave_shares_of_it(committee: Case) -> None:
    indices = [bid.index for bid in committee.bids]
    committee.give(1, bids=indices[:3])
    committee.give(2, bids=indices[2:])
    assert committee.refresh() == {indices[2]}
    committee.give(3)
    assert committee.refresh() == committee.everyone
    assert committee.content(committee.bids[0]) == b"bid 0"


def test_wrong_shares_are_named_and_ignored(case: Case) -> None:
    case.give(1, wrong=True)
    case.give(2)
    assert case.refresh() == frozenset()
    assert list(case.opening.wrong) == [1]
    case.give(3)
    assert case.refresh() == case.everyone
    assert case.content(case.bids[1]) == b"bid 1"
    with case.world.database.session() as session:
        found = releases(session, case.closing)["price"]
    assert found[1].startswith("wrong: keyholder 1")
    assert (found[2], found[3]) == ("good", "good")


def test_a_release_that_is_not_what_its_entry_says_is_wrong(case: Case) -> None:
    first = case.world.keyholders[0]
    entry = case.world.release_entry(case.closing, "price", first.party)
    case.send(1, first.sealed(entry, b"something else", [PLATFORM_AGE.recipient, SUPERVISOR_AGE.recipient]))
    case.refresh()
    assert "hash" in case.opening.wrong[1]


def test_a_release_that_is_not_sealed_to_the_platform_is_wrong_and_may_be_sealed_anew(case: Case) -> None:
    first = case.world.keyholders[0]
    elsewhere = [SUPERVISOR_AGE.recipient, SUPERVISOR_AGE.recipient]
    case.send(1, first.release(case.world.view, case.closing, "price", recipients=elsewhere))
    case.refresh()
    assert "no identity fits" in case.opening.wrong[1]


def test_one_batch_for_all_is_wrong_in_a_public_part(case: Case) -> None:
    case.give(1, one_batch=True)
    case.refresh()
    assert "a batch of its own" in case.opening.wrong[1]


def test_another_member_s_shares_in_one_s_own_release_are_wrong(case: Case) -> None:
    first, second = case.world.keyholders[:2]
    stolen = second.release(case.world.view, case.closing, "price")
    target = io.BytesIO()
    with case.world.database.session() as session:
        case.send(2, stolen)
        row = session.get_one(ReleaseRow, (case.closing, "price", 2))
    age.decrypt(io.BytesIO(row.sealed), target, [PLATFORM_AGE.unwrap])
    entry = decode(stolen.entry.encode())
    assert isinstance(entry, SharesReleased)
    mine = replace(entry, member=1).signed_by(first.party.signing)
    case.send(1, first.sealed(mine, target.getvalue(), [PLATFORM_AGE.recipient, SUPERVISOR_AGE.recipient]))
    case.refresh()
    assert list(case.opening.wrong) == [1]
    assert list(case.opening.members) == [2]


def test_a_release_that_is_not_in_the_ledger_yet_waits(case: Case) -> None:
    keyholder = case.world.keyholders[0]
    release = keyholder.release(case.world.view, case.closing, "price")
    case.world.take(keyholder, keyholder.message(releases=[release]))
    case.refresh()
    assert not case.opening.members
    case.world.sync()
    case.refresh()
    assert list(case.opening.members) == [1]


def test_shares_that_are_not_needed_any_more_may_wait(case: Case) -> None:
    for number in (1, 2, 3):
        case.give(number)
    assert case.refresh(everyone=False) == case.everyone
    assert len(case.opening.members) == 2
    case.refresh()
    assert len(case.opening.members) == 3


def test_a_withdrawn_bid_is_never_opened_whoever_gave_shares_of_it(world: World, group: str) -> None:
    keys = world.publish(parts=[PRICE])
    bids = [world.bid("lot-1", keys) for _ in range(COUNT)]
    reveal = world.withdraw(bids[0])
    closing = world.close("lot-1", bids)
    given = [keyholder.release(world.view, closing, "price") for keyholder in world.keyholders[:2]]
    reveal()  # only now does anyone see that it was withdrawn before the closing
    for keyholder, release in zip(world.keyholders, given, strict=False):
        world.take(keyholder, keyholder.message(releases=[release]))
    world.sync()
    opening = Opening(world.reader, closing, "price", PLATFORM_AGE)
    with world.database.session() as session:
        opening.refresh(session)
    assert opening.ready == frozenset(bid.index for bid in bids[1:])
    header = age.read_header(io.BytesIO(bids[0].files["price"])).encode()
    with pytest.raises(OpeningError, match="withdrawn"):
        opening.file_key(bids[0].index, header)
    with world.database.session() as session, pytest.raises(OpeningError, match="withdrawn"):
        record(session, opening, {bids[0].index: header}, now=NOW)


def test_nothing_of_a_cancelled_lot_is_opened(case: Case) -> None:
    case.give(1)
    case.give(2)
    case.world.say(LotCancelled("lot-1", "an objection was upheld"))
    with pytest.raises(ReleaseRefusedError, match="cancelled"):
        case.refresh()


def test_anyone_opens_again_from_what_is_recorded(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.record.CHUNK", 2)
    case.give(2)
    case.give(3)
    case.refresh()
    assert case.record(case.bids[:2]) == 2
    case.give(1)
    case.refresh()
    assert case.record(case.bids) == 3
    assert case.record(case.bids) == 0
    view = case.world.view
    headers = view.openings.headers(case.closing, "price")
    assert set(headers) == case.everyone
    shown: dict[int, dict[int, bytes]] = {}
    for leaf in case.world.leaves:
        entry = decode(leaf)
        if isinstance(entry, SharesShown):
            raw = bytes.fromhex(entry.shares)
            size = len(raw) // len(entry.bids)
            assert len(entry.bids) <= 2
            for at, bid in enumerate(entry.bids):
                shown.setdefault(bid, {})[entry.member] = raw[at * size : (at + 1) * size]
    verdict = case.opening.verdict
    context = share_context(ORIGIN, case.closing, "lot-1", "price")
    for admitted in verdict.admitted:
        assert len(shown[admitted.index]) == 2  # of t members, and no more
        verified = [
            verify_shares(case.opening.public, [admitted.point], ShareBatch.parse(batch), context)
            for batch in shown[admitted.index].values()
        ]
        from_ledger = combine(verified)[0]
        key = open_header(case.opening.public, admitted.file, headers[admitted.index], from_ledger)
        assert key == case.opening.file_key(admitted.index, headers[admitted.index])


def test_a_header_that_does_not_fit_is_refused_and_nothing_is_written(case: Case) -> None:
    case.give(1)
    case.give(2)
    case.refresh()
    first, second = case.bids[:2]
    good = case.header(second)
    changed = bytearray(case.header(first))
    changed[-3] ^= 1
    for wrong in (case.header(second), bytes(changed), b"", case.header(first) + b"x"):
        with case.world.database.session() as session:
            with pytest.raises(OpeningError, match=f"header of bid {first.index}"):
                record(session, case.opening, {second.index: good, first.index: wrong}, now=NOW)
            session.commit()
    case.world.sync()
    assert not any(isinstance(decode(leaf), PartOpened | SharesShown) for leaf in case.world.leaves)


def test_nothing_of_a_committee_s_part_is_made_public(committee: Case) -> None:
    committee.give(1)
    committee.give(2)
    committee.refresh()
    with pytest.raises(OpeningError, match="committee"):
        committee.record(committee.bids)


def test_a_bid_that_the_closing_does_not_list_is_not_opened(case: Case) -> None:
    case.give(1)
    case.give(2)
    case.refresh()
    with pytest.raises(OpeningError, match="does not list"):
        case.opening.file_key(3, case.header(case.bids[0]))


def test_two_processes_find_the_same(case: Case) -> None:
    case.give(1)
    case.give(2, wrong=True)
    case.give(3)
    case.refresh()
    other = Opening(case.world.reader, case.closing, "price", PLATFORM_AGE)
    with case.world.database.session() as session:
        other.refresh(session)
    assert other.ready == case.opening.ready == case.everyone
    assert set(other.wrong) == set(case.opening.wrong) == {2}
