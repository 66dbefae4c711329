"""What a running keyholder does not do, whatever its platform shows; and what it says of it."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.signatures import SigningKey
from crypto.threshold import ShareBatch, recipient_of, verify_shares, vrf
from keyholder.config import APPROVAL, Chain
from ledger import entries
from ledger.anchor_head import Anchored
from ledger.checkpoint import Checkpoint
from ledger.exchange import Approval
from ledger.view import share_context
from tests.integration.keyholder.fake_platform import ORIGIN
from tests.integration.keyholder.test_following import other_face
from tests.integration.keyholder.world import PRICE, World, points_of, sealed_part

Make = Callable[[int], World]
TECHNICAL = replace(PRICE, name="technical", public=False)


class Clock:
    """One clock for the platform and the keyholder, which a test moves."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def opened(world: World, **lot: object) -> tuple[str, list[int]]:
    """A lot with three bids that is closed; the closing and the places of the bids."""
    keys = world.lot(world.group(), **lot)  # type: ignore[arg-type]
    bids = [world.bid(run=keys["price"]) for _ in range(3)]
    return world.closing(bids), [bid.place for bid in bids]


def released(world: World, closing: str, part: str = "price") -> bool:
    return bool(world.view().openings.released(closing, part))


def test_early_closing_is_refused_for_ever(make_world: Make) -> None:
    world, clock = make_world(1), Clock()
    world.platform.clock = clock
    world.keyholders[0].start(clock=clock)
    closing, _ = opened(world, deadline=int(time.time()) + 1000)
    world.eventually(lambda: world.refused("early"))
    clock.ahead = 1010
    world.platform.publish()
    world.eventually(lambda: world.refused("closed-early"))
    world.eventually(lambda: any(report.rule == "closed-early" for report in world.platform.reports))
    assert not released(world, closing)


def test_platform_with_another_clock_is_refused_until_they_agree(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    world.platform.lies_by = 100
    closing, _ = opened(world)
    world.eventually(lambda: world.refused("clock"))
    assert not released(world, closing)
    world.platform.lies_by = 0
    world.until(lambda view: view.openings.released(closing, "price"))


def test_checkpoint_that_the_quorum_saw_before_the_deadline_is_not_enough(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    keys = world.lot(world.group())
    bids = [world.bid(run=keys["price"]) for _ in range(3)]
    world.reveal(*bids)
    deadline = world.view().lots.get("lot-1").deadline
    closing = entries.LotClosed("lot-1", deadline, tuple(bid.place for bid in bids))
    (name,) = world.platform.add(closing, at=deadline - 6)
    world.eventually(lambda: world.refused("stale"))
    assert not released(world, name)
    world.platform.publish()
    world.until(lambda view: view.openings.released(name, "price"))


def test_forked_ledger_ends_all_releases_until_a_person_decides(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    keys = world.lot(world.group())
    world.eventually(lambda: world.keyholders[0].daemon and world.keyholders[0].daemon.tree.tree().size == 8)
    other = other_face(world.platform, 3, 30)
    world.platform.before_get = other.get
    world.eventually(lambda: world.keyholders[0].opened().memory.forks())
    world.platform.before_get = lambda path: None
    closing = world.closing([world.bid(run=keys["price"]) for _ in range(3)])
    world.eventually(lambda: world.refused("doubt"))
    time.sleep(0.3)
    assert not released(world, closing)
    world.keyholders[0].opened().memory.decide_forks(1)
    world.until(lambda view: view.openings.released(closing, "price"))
    assert len(world.keyholders[0].opened().memory.forks()) >= 1
    other.close()


def test_copied_stanza_is_left_out_and_the_others_go_on(make_world: Make) -> None:
    """A price's stanza in another bid: the first keeps its share, the copy gets none."""
    world = make_world(1)
    world.keyholders[0].start()
    keys = world.lot(world.group())
    bids = [world.bid(run=keys["price"]) for _ in range(3)]
    world.reveal(bids[0])
    copied = world.view().lots.get("lot-1").submissions[bids[0].place].part("price")
    assert copied
    thief = world.bid(parts={"price": replace(copied, sha256="11" * 32)})
    world.reveal(*bids[1:], thief)
    deadline = world.view().lots.get("lot-1").deadline
    places = tuple(bid.place for bid in (*bids, thief))
    (closing,) = world.platform.add(entries.LotClosed("lot-1", deadline, places))
    world.until(lambda view: view.openings.released(closing, "price"))
    assert set(world.opened_releases()[0].bids) == {bid.place for bid in bids}
    world.eventually(lambda: world.refused("share-seen"))


def test_point_of_an_earlier_release_gets_no_share_in_another_part(make_world: Make) -> None:
    """The ledger's own rule on copies set aside: the keyholder's memory alone refuses."""
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.start()
    keys = world.lot(world.group())
    bids = [world.bid(run=keys["price"]) for _ in range(4)]
    world.reveal(*bids)
    point = points_of(world.view(), "lot-1")[bids[1].place]
    keyholder.opened().released.adopt([(point.raw, "another/part")])
    deadline = world.view().lots.get("lot-1").deadline
    (closing,) = world.platform.add(entries.LotClosed("lot-1", deadline, tuple(bid.place for bid in bids)))
    world.until(lambda view: view.openings.released(closing, "price"))
    assert bids[1].place not in world.opened_releases()[0].bids
    world.eventually(lambda: world.refused("share-given"))


def test_fewer_bids_than_the_keyholder_wants_are_not_opened(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    keys = world.lot(world.group(), min_bids=1)
    closing = world.closing([world.bid(run=keys["price"]) for _ in range(2)])
    world.eventually(lambda: world.refused("too-few"))
    assert not released(world, closing)


@pytest.mark.parametrize("stop", [entries.LotCancelled, entries.LotSuspended])
def test_stopped_lot_is_not_opened(
    make_world: Make, stop: type[entries.LotCancelled | entries.LotSuspended]
) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    keys = world.lot(world.group())
    world.platform.append(stop("lot-1", "so"))
    closing = world.closing([world.bid(run=keys["price"]) for _ in range(3)])
    world.eventually(lambda: world.refused("cancelled" if stop is entries.LotCancelled else "suspended"))
    assert not released(world, closing)


def test_person_approves_at_the_machine_or_by_key_on_the_platform(make_world: Make) -> None:
    world = make_world(1)
    person, stranger = SigningKey(b"A" * 32), SigningKey(b"B" * 32)
    keyholder = world.keyholders[0]
    keyholder.reconfigure(mode=APPROVAL, approvers=(person.verify_key.raw.hex(),))
    keyholder.start()
    group = world.group()
    closings = []
    for lot in ("lot-1", "lot-2"):
        keys = world.lot(group, lot)
        recipient = recipient_of(world.view().keys.get(keys["price"]).public)  # type: ignore[arg-type]
        bids = [
            world.bid(lot, parts={"price": sealed_part("price", recipient, world.random)}) for _ in range(3)
        ]
        closings.append(world.closing(bids, lot))
    world.eventually(lambda: world.refused("approval"))

    def approval(key: SigningKey, origin: str = ORIGIN) -> Approval:
        return Approval(origin, closings[0], "price", key.verify_key.raw.hex()).signed_by(key)

    forged = replace(approval(person), closing=closings[1])
    for wrong in (approval(stranger), approval(person, "other.example"), forged):
        world.platform.approve(wrong)
    time.sleep(0.5)
    assert not any(released(world, closing) for closing in closings)
    world.platform.approve(approval(person))
    world.until(lambda view: view.openings.released(closings[0], "price"))
    assert not released(world, closings[1])
    keyholder.opened().memory.approve(f"{closings[1]}/price", "", 0)
    world.until(lambda view: view.openings.released(closings[1], "price"))


def test_committee_part_has_one_batch_and_a_later_part_waits_for_its_caller(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    caller = SigningKey(b"C" * 32)
    later = replace(PRICE, after="technical", caller=caller.verify_key.raw.hex())
    keys = world.lot(world.group(), parts=[TECHNICAL, later])
    view = world.view()
    bids = []
    for _ in range(4):
        parts = {
            name: sealed_part(name, recipient_of(view.keys.get(key).public), world.random)  # type: ignore[arg-type]
            for name, key in keys.items()
        }
        bids.append(world.bid(parts=parts))
    closing = world.closing(bids)
    world.until(lambda view: view.openings.released(closing, "technical"))
    (release,) = world.opened_releases()
    ((listed, batch),) = release.batches
    points = points_of(world.view(), "lot-1", "technical")
    public = view.keys.get(keys["technical"]).public
    assert public
    verify_shares(
        public, [points[bid] for bid in listed], batch, share_context(ORIGIN, closing, "lot-1", "technical")
    )
    time.sleep(0.2)
    assert not released(world, closing)
    called = [bid.place for bid in bids[:3]]
    world.platform.add(
        entries.PartCalled(ORIGIN, closing, "price", tuple(called), "00" * 64).signed_by(caller)
    )
    world.until(lambda view: view.openings.released(closing, "price"))
    assert set(world.opened_releases()[1].bids) == set(called)


def test_draw_is_answered_with_a_share_that_holds(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    key = world.key(world.group())
    world.platform.add(entries.DrawKeyBound(key))
    (draw,) = world.platform.add(entries.DrawRequested(key, "experts", "11" * 32, 20, "22" * 32))
    view = world.until(lambda view: view.draws.get(draw).shares)
    sent = next(
        entry
        for leaf in reversed(world.platform.leaves)
        if isinstance(entry := entries.decode(leaf), entries.DrawShare)
    )
    public = view.keys.get(key).public
    assert public
    vrf.verify_share(public, view.draws.get(draw).leaf, ShareBatch.parse(bytes.fromhex(sent.share)))


class Anchors:
    """A chain that shows what a test says."""

    def __init__(self) -> None:
        self.head = Anchored(0, b"")

    def newest(self) -> Anchored:
        return self.head


def test_closing_waits_for_its_anchor_and_another_trees_is_none(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchors = Anchors()
    monkeypatch.setattr("keyholder.daemon.AnchorReader", lambda chain, origin, http: anchors)
    monkeypatch.setattr("keyholder.knowledge.CHAIN_EVERY", 0.05)
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.reconfigure(chain=Chain(("http://127.0.0.1:1",), "0x" + "ab" * 20, 0))
    keyholder.start()
    closing, _ = opened(world)
    world.eventually(lambda: world.refused("anchor"))
    head = Checkpoint.parse(world.platform.publish().text)
    anchors.head = Anchored(head.size, b"r" * 32)
    time.sleep(0.4)
    assert not released(world, closing)
    assert "not the one that was followed" in keyholder.said.getvalue()
    anchors.head = Anchored(head.size, head.root)
    world.until(lambda view: view.openings.released(closing, "price"))


def test_nothing_secret_is_in_journal_reports_or_refusals(make_world: Make) -> None:
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.start()
    closing, _ = opened(world)
    world.until(lambda view: view.openings.released(closing, "price"))
    said = keyholder.said.getvalue() + keyholder.folder.journal.read_text()
    seed = bytes([1]) * 32
    shares = [batch.encode().hex() for release in world.opened_releases() for _, batch in release.batches]
    for secret in (seed.hex(), keyholder.identity.static.raw.hex(), *shares):
        assert secret[:32] not in said
    assert seed not in keyholder.folder.state.read_bytes()
    assert keyholder.identity.static.raw not in keyholder.folder.state.read_bytes()
