"""From a proposed group to released shares, with daemons that run."""

from collections.abc import Callable

from crypto.threshold import combine_each, verify_shares
from ledger.view import share_context
from tests.integration.keyholder.fake_platform import ORIGIN
from tests.integration.keyholder.world import COMMITTEE_KEY, World, open_release, points_of


def test_three_keyholders_make_a_key_and_open_a_lot(make_world: Callable[[int], World]) -> None:
    world = make_world(3)
    for keyholder in world.keyholders:
        keyholder.start()
    group = world.group(threshold=2)
    keys = world.lot(group)
    bids = [world.bid(run=keys["price"]) for _ in range(4)]
    closing = world.closing(bids)
    view = world.until(lambda view: len(view.openings.released(closing, "price")) == 3)
    public = view.keys.get(keys["price"]).public
    assert public is not None
    points = points_of(view, "lot-1")
    verified = []
    for release in world.opened_releases():
        for (bid,), batch in release.batches:
            context = share_context(ORIGIN, closing, "lot-1", "price")
            verified.append(verify_shares(public, [points[bid]], batch, context))
    assert len(combine_each(verified)) == 4
    for sealed in world.platform.releases:
        found = open_release(sealed.sealed, COMMITTEE_KEY)
        assert view.openings.released(closing, "price")[found.member] == found.hash
