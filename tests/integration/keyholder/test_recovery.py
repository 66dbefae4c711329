"""A keyholder made anew is in doubt until a person decides, whatever it can read; and it remembers what it gave."""

from collections.abc import Callable

from keyholder.recovery import accept, recover_state
from tests.integration.keyholder.world import World, points_of

Make = Callable[[int], World]


def test_points_of_earlier_releases_are_known_again_and_nothing_is_cosigned_before_a_decision(
    make_world: Make,
) -> None:
    world = make_world(1)
    old = world.keyholders[0]
    old.start()
    keys = world.lot(world.group())
    closing = world.closing([world.bid(run=keys["price"]) for _ in range(3)])
    world.until(lambda view: view.openings.released(closing, "price"))
    old.stop()
    for path in (old.config.mark, old.config.releases_mark, *old.folder.path.iterdir()):
        path.unlink()
    anew = world.made_anew(old)
    daemon = anew.opened()
    said = recover_state(daemon, anew.identity, None)
    assert any("3 points" in sentence for sentence in said)
    points = [point.raw for point in points_of(world.view(), "lot-1").values()]
    assert set(daemon.released.given(points).values()) == {f"{closing}/price"}
    (doubt,) = daemon.state.doubts(daemon.origin, 0)
    anew.start()
    second = world.lot(next(iter(world.view().groups)).id, "lot-2")
    other = world.closing([world.bid("lot-2", run=second["price"]) for _ in range(3)], "lot-2")
    world.eventually(lambda: world.refused("doubt"))
    accept(daemon, doubt.head.size)
    world.until(lambda view: view.openings.released(other, "price"))
    daemon.close()


def test_ledger_that_cannot_be_read_leaves_it_in_doubt(make_world: Make) -> None:
    world = make_world(1)
    anew = world.keyholders[0]
    daemon = anew.opened()
    world.platform.before_get = lambda path: (503, b"", {})
    (sentence,) = recover_state(daemon, anew.identity, None)
    daemon.close()
    assert "cannot be read" in sentence
    assert not anew.config.mark.exists()
    world.platform.before_get = lambda path: None
    anew.start()
    keys = world.lot(world.group())
    closing = world.closing([world.bid(run=keys["price"]) for _ in range(3)])
    world.eventually(lambda: world.refused("doubt"))
    assert not world.view().openings.released(closing, "price")
