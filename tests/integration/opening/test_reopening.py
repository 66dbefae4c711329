"""A document comes out of an opened bid by what the ledger shows, after the opening alone, and only if it is the very one."""

import hashlib

import pytest

from bidding.opening import fallback, reopening, storage_key
from bidding.opening.errors import OpeningRefusedError, TroubleError
from bidding.package.manifest import ListedMember
from bidding.package.packing import BytesContent
from crypto.age import X25519Identity
from crypto.age.errors import AgeError
from tests.opening import STORAGE, LotStory, OpeningWorld
from tests.story import LATER_PRICE, TECHNICAL

SCAN = b"%PDF-1.7 " + bytes(range(256)) * 1200
WANTED = ListedMember("documents/scan.pdf", hashlib.sha256(SCAN).hexdigest(), len(SCAN))
DOCUMENTS = [BytesContent("documents/plan.dwg", b"a plan" * 40_000), BytesContent(WANTED.name, SCAN)]


def taken(
    world: OpeningWorld,
    lot: LotStory,
    number: int,
    wanted: ListedMember = WANTED,
    storage: X25519Identity | None = None,
) -> bytes:
    world.sync()
    where = (world.reader, world.blobs, lot.id, lot.bids[number].index, wanted)
    with world.database.session() as session:
        return b"".join(reopening.document(session, *where, since=0, storage=storage))


def refused(world: OpeningWorld, lot: LotStory, number: int, wanted: ListedMember = WANTED) -> str:
    with pytest.raises(OpeningRefusedError) as caught:
        taken(world, lot, number, wanted)
    return caught.value.code


def bids(lot: LotStory) -> None:
    for number in range(3):
        lot.bid(number, documents=DOCUMENTS if number < 2 else ())
    lot.close()


def test_nothing_comes_out_before_the_opening_and_the_very_document_after_it(world: OpeningWorld) -> None:
    lot = world.lot()
    bids(lot)
    assert refused(world, lot, 0) == "unknown"
    world.job().run()
    lot.release(1)
    world.job().run()
    assert refused(world, lot, 0) == "unknown", "one keyholder is not enough"
    lot.release(2)
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert taken(world, lot, 0) == taken(world, lot, 1) == SCAN
    assert refused(world, lot, 2) == "no-document"
    other = hashlib.sha256(b"another").hexdigest()
    for wrong in (
        ListedMember(WANTED.name, other, WANTED.size),
        ListedMember(WANTED.name, WANTED.sha256, WANTED.size - 1),
        ListedMember("documents/scan2.pdf", WANTED.sha256, WANTED.size),
    ):
        assert refused(world, lot, 0, wrong) == "no-document"


def test_out_of_a_committee_s_part_it_comes_with_the_storage_key_alone(world: OpeningWorld) -> None:
    lot = world.lot(parts=[TECHNICAL, LATER_PRICE])
    bids(lot)
    lot.release(1, "technical")
    lot.release(2, "technical")
    world.job().run()
    assert lot.states("technical") == ["opened"] * 3
    assert refused(world, lot, 0) == "not-shown"
    assert taken(world, lot, 0, storage=STORAGE) == SCAN
    with pytest.raises(AgeError):
        taken(world, lot, 0, storage=X25519Identity(bytes(32)))
    with world.database.session() as session:
        storage_key.forget(session, lot.id)
        session.commit()
    with pytest.raises(OpeningRefusedError):
        taken(world, lot, 0, storage=STORAGE)


def test_a_bid_that_its_bidder_opened_gives_it_too(world: OpeningWorld) -> None:
    lot = world.lot()
    bids(lot)
    world.job().run()
    world.clock.goes_on(minutes=31)
    world.job().run()
    with world.database.session() as session:
        fallback.give_key(
            *(session, world.blobs, world.reader, lot.closing, "price", lot.bids[1].index, lot.file_key(1)),
            now=world.clock(), random=world.random,
        )  # fmt: skip
        session.commit()
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert taken(world, lot, 1) == SCAN
    assert refused(world, lot, 0) == "unknown"


def test_a_damaged_copy_is_trouble_and_gives_nothing(world: OpeningWorld) -> None:
    lot = world.lot()
    bids(lot)
    lot.release(1)
    lot.release(2)
    world.job().run()
    name = lot.bids[0].fact.parts[0].sha256
    (path,) = (world.log.files._root.parent / "blobs").rglob(name)
    content = path.read_bytes()
    path.write_bytes(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])
    with pytest.raises(TroubleError):
        taken(world, lot, 0)
