"""Draws: asked for once, the seed from any t shares, wrong ones named."""

from random import Random

import pytest

from crypto.threshold import vrf
from custody import draws, loop
from custody.errors import DrawError, PoolEmptyError
from ledger.entries import DrawShare
from ledger.entries.signed import UNSIGNED
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN


def ask(world: World, subject: str = "experts for lot-1") -> str:
    with world.database.session() as session:
        name = draws.request(
            session, world.group, subject=subject, population="ab" * 32, size=500, terms="cd" * 32, now=NOW
        )
        session.commit()
    world.sync()
    return name


@pytest.fixture
def ready(world: World, group: str) -> World:
    setting = loop.Setting(world.database, world.reader, lambda: NOW, Random(1).randbytes, 2)
    loop.tick(setting)
    world.sync()
    world.converse()
    loop.tick(setting)
    return world


def send(world: World, number: int, entry: DrawShare) -> None:
    keyholder = world.keyholders[number - 1]
    world.take(keyholder, keyholder.message(entries=[entry]))
    world.sync()


def test_a_draw_is_asked_for_once_and_two_draws_share_the_key(ready: World) -> None:
    name = ask(ready)
    assert ask(ready) == name
    other = ask(ready, "experts for lot-2")
    assert [draw.id for draw in ready.view.draws] == [name, other]
    assert len({draw.run.id for draw in ready.view.draws}) == 1


def test_the_seed_is_known_with_t_shares_and_the_same_from_any(ready: World) -> None:
    name = ask(ready)
    for number in (3, 1):
        with pytest.raises(DrawError, match="too few"):
            draws.seed(ready.view, name)
        send(ready, number, ready.keyholders[number - 1].draw_share(ready.view, name))
    seed = draws.seed(ready.view, name)
    assert len(seed) == 64
    send(ready, 2, ready.keyholders[1].draw_share(ready.view, name))
    assert draws.seed(ready.view, name) == seed
    assert draws.state(ready.view, name) == draws.DrawState((1, 2, 3), (), seed)


def test_a_wrong_share_is_named_and_the_others_go_on(ready: World) -> None:
    name, other = ask(ready), ask(ready, "another draw")
    first = ready.keyholders[0]
    foreign = first.draw_share(ready.view, other)
    wrong = DrawShare(ORIGIN, name, 1, foreign.share, UNSIGNED).signed_by(first.party.signing)
    send(ready, 1, wrong)
    assert draws.state(ready.view, name) == draws.DrawState((), (1,), None)
    for number in (2, 3):
        send(ready, number, ready.keyholders[number - 1].draw_share(ready.view, name))
    found = ready.view.draws.get(name)
    assert found.run.public is not None
    assert draws.seed(ready.view, name) == vrf.output(
        found.run.public, found.leaf, list(found.shares.values())
    )


def test_a_draw_without_a_ready_key_says_so(world: World, group: str) -> None:
    with pytest.raises(PoolEmptyError):
        ask(world)


def test_what_is_no_draw_is_refused(ready: World) -> None:
    with pytest.raises(DrawError):
        draws.seed(ready.view, "00" * 32)
    with ready.database.session() as session, pytest.raises(DrawError):
        draws.request(
            session, ready.group, subject="none", population="ab" * 32, size=0, terms="cd" * 32, now=NOW
        )
