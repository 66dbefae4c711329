"""The fallback by the bidder's own stanza, and two envelopes."""

import pytest

from bidding.opening import calling, fallback
from bidding.opening.errors import OpeningRefusedError
from crypto.signatures import SigningKey
from ledger.entries import BidFailed, BidOpened, FallbackBegun, OpenedByBidder, PartOpened
from tests.opening import LotStory, OpeningWorld
from tests.story import LATER_PRICE, TECHNICAL


def give(world: OpeningWorld, lot: LotStory, number: int, key: bytes, part: str = "price") -> None:
    with world.database.session() as session:
        bid = lot.bids[number].index
        where = (world.blobs, world.reader, lot.closing, part, bid)
        fallback.give_key(session, *where, key, now=world.clock(), random=world.random)
        session.commit()


def silent(world: OpeningWorld, lot: LotStory) -> None:
    """One keyholder answers, and the window for shares goes by."""
    lot.release(1)
    job = world.job()
    job.run()
    world.clock.goes_on(minutes=31)
    job.run()


def test_a_bidder_opens_its_own_bid_when_too_few_keyholders_answer(
    world: OpeningWorld, lot: LotStory
) -> None:
    silent(world, lot)
    assert lot.row().state == "fallback"
    (begun,) = world.entries(FallbackBegun)
    assert isinstance(begun, FallbackBegun)
    assert begun.bids == tuple(bid.index for bid in lot.bids)
    give(world, lot, 0, lot.file_key(0))
    give(world, lot, 0, lot.file_key(0))
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert lot.states() == ["opened", "sealed", "sealed"]
    world.clock.goes_on(minutes=61)
    world.job().run()
    assert lot.states() == ["opened", "failed", "failed"]
    (opened,), failed = world.entries(BidOpened), world.entries(BidFailed)
    assert isinstance(opened, BidOpened)
    assert (opened.by, opened.read_out[0].price) == ("bidder", "4680000.00")
    assert [(one.cause, one.responsibility) for one in failed if isinstance(one, BidFailed)] == [
        ("keyholders", "other")
    ] * 2
    (shown,) = world.entries(OpenedByBidder)
    assert isinstance(shown, OpenedByBidder)
    assert shown.file_key == lot.file_key(0).hex()
    assert not world.entries(PartOpened)


def test_only_the_key_of_that_very_file_is_taken_and_only_in_the_window(
    world: OpeningWorld, lot: LotStory
) -> None:
    world.job().run()
    with pytest.raises(OpeningRefusedError, match="not-in-fallback"):
        give(world, lot, 0, lot.file_key(0))
    world.clock.goes_on(minutes=31)
    world.job().run()
    for key in (lot.file_key(1), bytes(16), b"", lot.file_key(0)[:-1]):
        with pytest.raises(OpeningRefusedError, match="wrong-key"):
            give(world, lot, 0, key)
    with world.database.session() as session, pytest.raises(OpeningRefusedError, match="unknown"):
        fallback.give_key(
            *(session, world.blobs, world.reader, lot.closing, "price", 9999, bytes(16)),
            now=world.clock(),
            random=world.random,
        )
    world.clock.goes_on(minutes=61)
    with pytest.raises(OpeningRefusedError, match="not-in-fallback"):
        give(world, lot, 0, lot.file_key(0))
    assert all(row.given_key is None for row in lot.rows())


def test_shares_that_come_late_are_used_all_the_same(world: OpeningWorld, lot: LotStory) -> None:
    silent(world, lot)
    give(world, lot, 0, lot.file_key(0))
    lot.release(2)
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert lot.states() == ["opened"] * 3
    assert len(world.entries(PartOpened)) == 3
    assert not world.entries(OpenedByBidder)


def two_envelopes(world: OpeningWorld) -> LotStory:
    """The technical parts are open; the third bidder's technical part failed."""
    lot = world.lot(parts=[TECHNICAL, LATER_PRICE])
    for number in range(3):
        lot.bid(number)
    lot.bid(3, content={"technical": b"no package"})
    lot.close()
    lot.release(1, "technical")
    lot.release(2, "technical")
    world.job().run()
    assert lot.states("technical") == ["opened"] * 3 + ["failed"]
    return lot


def call(world: OpeningWorld, lot: LotStory, *numbers: int, signer: SigningKey | None = None) -> None:
    bids = [lot.bids[number] for number in numbers]
    entry = lot.called("price", bids) if signer is None else lot.called("price", bids, signer)
    with world.database.session() as session:
        calling.call(session, world.reader, entry, now=world.clock())
        session.commit()
    world.sync()


def test_price_parts_open_when_called_for_and_who_did_not_pass_is_never_opened(world: OpeningWorld) -> None:
    lot = two_envelopes(world)
    assert world.told == ["lot-1"]
    world.clock.goes_on(days=2)
    world.job().run()
    assert lot.row("price").state == "later"
    assert lot.rows("price") == []
    call(world, lot, 0, 2)  # the second was opened, and did not pass
    lot.release(1, "price")
    lot.release(2, "price")
    world.clock.goes_on(seconds=2)
    world.job().run()
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert lot.states("price") == ["opened", "not-called", "opened", "not-called"]
    priced = [one for one in world.entries(BidOpened) if isinstance(one, BidOpened) and one.part == "price"]
    assert [one.bid for one in priced] == [lot.bids[0].index, lot.bids[2].index]
    assert all(row.file_key is None for row in lot.rows("price") if row.state == "not-called")
    for bid in (lot.bids[1], lot.bids[3]):
        assert bid.index not in world.view.openings.headers(lot.closing, "price")


def test_a_call_that_names_who_did_not_pass_or_is_not_its_caller_s_is_refused(world: OpeningWorld) -> None:
    lot = two_envelopes(world)
    with pytest.raises(OpeningRefusedError, match="not-passed"):
        call(world, lot, 0, 3)
    with pytest.raises(OpeningRefusedError, match="call"):
        call(world, lot, 0, signer=SigningKey(b"\x77" * 32))
    call(world, lot, 0)
    with pytest.raises(OpeningRefusedError, match="call"):
        call(world, lot, 0, 1)


def test_a_bidder_cannot_open_a_price_part_that_was_not_called_for(world: OpeningWorld) -> None:
    lot = two_envelopes(world)
    with pytest.raises(OpeningRefusedError, match="not-in-fallback"):
        give(world, lot, 1, lot.file_key(1, "price"))
    call(world, lot, 0, 2)
    world.clock.goes_on(seconds=2)
    world.job().run()
    world.job().run()
    world.clock.goes_on(minutes=31)
    world.job().run()
    assert lot.row("price").state == "fallback"
    with pytest.raises(OpeningRefusedError, match="decided"):
        give(world, lot, 1, lot.file_key(1, "price"))
