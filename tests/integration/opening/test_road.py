"""The main road: releases, keys, packages, results; and what a bad bid does to itself and to nobody else."""

import io

import pytest
from sqlalchemy.exc import NoResultFound

from bidding.opening.storage_key import of_lot
from bidding.package.packing import BytesContent
from crypto import age
from ledger import log
from ledger.entries import BidFailed, BidOpened, LotSuspended, PartOpened, SharesShown
from ledger.entries.lots import LotResumed
from tests.log import NOW
from tests.opening import STORAGE, LotStory, OpeningWorld, party
from tests.story import TECHNICAL
from tests.unit.bidding.package.crafted_zip import Entry, crafted, deflated


def failures(world: OpeningWorld) -> dict[int, tuple[str, str, str]]:
    found = [entry for entry in world.entries(BidFailed) if isinstance(entry, BidFailed)]
    return {entry.bid: (entry.cause, entry.detail, entry.responsibility) for entry in found}


def test_each_bid_is_opened_and_read_out_once_t_members_gave_shares(
    world: OpeningWorld, lot: LotStory
) -> None:
    job = world.job()
    job.run()
    assert lot.states() == ["sealed"] * 3
    lot.release(1)
    world.clock.goes_on(seconds=2)
    job.run()
    assert lot.states() == ["sealed"] * 3
    lot.release(3)
    world.clock.goes_on(seconds=2)
    job.run()
    assert lot.states() == ["opened"] * 3
    assert lot.row().state == "opened"
    assert world.told == ["lot-1"]
    entries = [entry for entry in world.entries(BidOpened) if isinstance(entry, BidOpened)]
    assert [entry.bid for entry in entries] == [bid.index for bid in lot.bids]
    (read,) = entries[1].read_out
    assert (read.bidder, read.credit_code) == (party(1)[1].name, party(1)[1].credit_code)
    assert (read.price, read.currency, read.period_days) == ("4680010.00", "CNY", 180)
    assert (read.quality, read.manager, read.above_ceiling, read.guarantee) == ("合格", "王工", False, "none")
    assert len(world.entries(PartOpened)) == 3
    assert len(world.entries(SharesShown)) == 2


def test_runs_that_come_again_add_nothing(world: OpeningWorld, lot: LotStory) -> None:
    lot.release(1)
    lot.release(2)
    for _ in range(3):
        world.job().run()
        world.clock.goes_on(seconds=2)
    assert len(world.entries(BidOpened)) == 3
    assert len(world.entries(PartOpened)) == 3


def test_nothing_begins_before_the_closing_is_published(
    world: OpeningWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = world.lot()
    for number in range(3):
        lot.bid(number)
    lot.close()
    with world.database.session() as session:
        published = log.head(session).published_size
        log.head(session).published_size = published - 1
        session.commit()
    assert world.job().run() == 0
    with pytest.raises(NoResultFound):
        lot.row()


def test_price_above_the_ceiling_is_read_out_as_such_and_no_failure(world: OpeningWorld) -> None:
    lot = world.lot(ceiling="4700000.00")
    for number, total in enumerate(("4700000.00", "4700000.01", "1.00")):
        lot.bid(number, total=total)
    lot.close()
    lot.release(1)
    lot.release(2)
    world.job().run()
    entries = [entry for entry in world.entries(BidOpened) if isinstance(entry, BidOpened)]
    assert [entry.read_out[0].above_ceiling for entry in entries] == [False, True, False]


def test_a_guarantee_is_handed_on_and_what_is_found_is_read_out(world: OpeningWorld) -> None:
    handed = []

    def examine(session: object, presented: object, /, *, now: object) -> str:
        handed.append(presented)
        return "verified"

    lot = world.lot()
    lot.bid(0, guarantee=b'{"number":"G-1"}')
    lot.bid(1)
    lot.bid(2)
    lot.close()
    lot.release(1)
    lot.release(2)
    world.job(guarantees=examine).run()
    entries = [entry for entry in world.entries(BidOpened) if isinstance(entry, BidOpened)]
    assert [entry.read_out[0].guarantee for entry in entries] == ["verified", "none", "none"]
    assert [one.credit_code for one in handed] == [party(0)[1].credit_code]  # type: ignore[attr-defined]
    assert "G-1" not in repr(handed)


def test_hostile_bids_fail_by_their_bidders_fault_and_the_others_go_on(world: OpeningWorld) -> None:
    lot = world.lot()
    lot.bid(0)
    whole = lot.package(1, "price", "ab" * 32, total="1.00")
    other_key = lot.bid(1, content={"price": whole})
    no_zip = lot.bid(2, content={"price": b"not a zip at all"})
    traversal = lot.bid(3, content={"price": crafted(Entry(b"../manifest.json", b"{}"))})
    cut = lot.bid(4, change=lambda file: file[:-5])
    flipped = lot.bid(5, change=lambda file: file[:-40] + bytes([file[-40] ^ 1]) + file[-39:])
    short = lot.bid(6, content={"price": whole[:100]})
    packed = Entry(b"manifest.json", bytes(1 << 20), method=8, packed=deflated(bytes(1 << 20)))
    bomb = lot.bid(7, content={"price": crafted(packed)})
    other = world.lot("lot-2")
    elsewhere = lot.bid(8, lots_key=other.keys["price"])
    lot.bid(9, documents=[BytesContent("documents/图纸.bin", bytes(1 << 20))])
    lot.close()
    lot.release(1)
    lot.release(2)
    world.job().run()
    assert lot.states().count("opened") == 2
    found = failures(world)
    assert found[other_key.index] == ("package", "other-bid", "bidder")
    assert found[no_zip.index] == ("package", "not-a-zip", "bidder")
    assert found[traversal.index] == ("package", "name-path", "bidder")
    assert found[cut.index] == ("payload", "", "bidder")
    assert found[flipped.index] == ("payload", "", "bidder")
    assert found[short.index] == ("package", "cut-short", "bidder")
    assert found[bomb.index] == ("package", "ratio", "bidder")
    assert found[elsewhere.index] == ("header", "", "bidder")
    assert len(found) == 8
    assert lot.row().state == "opened"
    headers = world.view.openings.headers(lot.closing, "price")
    assert elsewhere.index not in headers
    assert {cut.index, other_key.index} <= set(headers)


def test_of_a_committee_s_part_nothing_is_read_out(world: OpeningWorld) -> None:
    lot = world.lot(parts=[TECHNICAL])
    for number in range(3):
        lot.bid(number)
    lot.close()
    lot.release(1, "technical")
    lot.release(2, "technical")
    world.job(sheets=world._sheet).run()
    assert lot.states("technical") == ["opened"] * 3
    entries = [entry for entry in world.entries(BidOpened) if isinstance(entry, BidOpened)]
    assert [entry.read_out for entry in entries] == [()] * 3
    assert not world.entries(PartOpened)
    assert not any(party(0)[1].name.encode() in leaf for leaf in world.leaves)


def test_wrong_shares_are_left_out_and_the_others_open(world: OpeningWorld, lot: LotStory) -> None:
    lot.release(1, wrong=True)
    lot.release(2)
    world.job().run()
    assert lot.states() == ["sealed"] * 3
    lot.release(3)
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert lot.states() == ["opened"] * 3


def test_what_is_kept_opens_the_file_by_the_deployment_s_key_alone(
    world: OpeningWorld, lot: LotStory
) -> None:
    lot.release(1)
    lot.release(2)
    world.job().run()
    sealed = lot.rows()[0].file_key
    assert sealed is not None
    assert lot.file_key(0) not in sealed
    with world.database.session() as session:
        keys = of_lot(session, lot.id, STORAGE, now=NOW, random=world.random)
        with pytest.raises(age.AgeError):
            of_lot(session, lot.id, age.X25519Identity(b"\x72" * 32), now=NOW, random=world.random)
    target, source = io.BytesIO(), io.BytesIO(lot.bids[0].files["price"])
    age.read_header(source)
    age.open_payload_to(keys.unseal(sealed), source, target)
    assert target.getvalue().startswith(b"PK")


def test_suspended_lot_is_not_opened_until_it_is_resumed_and_no_window_runs(
    world: OpeningWorld, lot: LotStory
) -> None:
    lot.release(1)
    lot.release(2)
    world.say(LotSuspended("lot-1", "a complaint"))
    job = world.job()
    job.run()
    assert lot.states() == ["sealed"] * 3
    world.clock.goes_on(days=3)
    job.run()
    assert (lot.row().stopped, lot.row().state) == ("suspended", "waiting")
    world.say(LotResumed("lot-1", "decided"))
    world.clock.goes_on(seconds=2)
    job.run()
    assert lot.states() == ["opened"] * 3


def test_a_copy_that_is_damaged_is_the_platforms_trouble_and_not_the_bidders_fault(
    world: OpeningWorld, lot: LotStory
) -> None:
    damaged = lot.bids[1]
    name = damaged.fact.parts[0].sha256
    (path,) = (world.log.files._root.parent / "blobs").rglob(name)
    good = path.read_bytes()
    path.write_bytes(good[:-100] + bytes([good[-100] ^ 1]) + good[-99:])
    lot.release(1)
    lot.release(2)
    job = world.job()
    job.run()
    assert lot.states() == ["opened", "sealed", "opened"]
    assert lot.row().state == "waiting"
    world.clock.goes_on(hours=2)  # no fallback for it: its key is known
    job.run()
    assert lot.row().state == "waiting"
    path.write_bytes(good)
    world.clock.goes_on(seconds=2)
    job.run()
    assert lot.states() == ["opened"] * 3


def test_a_copy_that_is_never_restored_fails_by_no_fault_of_the_bidder(
    world: OpeningWorld, lot: LotStory
) -> None:
    world.blobs.delete(bytes.fromhex(lot.bids[1].fact.parts[0].sha256))
    lot.release(1)
    lot.release(2)
    job = world.job()
    job.run()
    world.clock.goes_on(hours=25)
    job.run()
    assert failures(world) == {lot.bids[1].index: ("storage", "", "other")}
    assert lot.states() == ["opened", "failed", "opened"]


def test_anyone_opens_again_what_is_shown(world: OpeningWorld, lot: LotStory) -> None:
    lot.release(1)
    lot.release(2)
    world.job().run()
    world.sync()
    headers = world.view.openings.headers(lot.closing, "price")
    assert set(headers) == {bid.index for bid in lot.bids}
