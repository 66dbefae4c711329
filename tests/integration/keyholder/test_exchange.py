"""What a keyholder says to a platform that loses, refuses, repeats, stalls or talks nonsense."""

import time
from collections.abc import Callable

import pytest

from keyholder.identity import Identity
from ledger.exchange import Answer, Message
from tests.integration.keyholder.world import World

OTHER = Identity("keyholder.example/other", b"z" * 32)
Make = Callable[[int], World]
Reply = tuple[int, bytes, dict[str, str]]


def grouped(make_world: Make) -> tuple[World, str]:
    """A keyholder that runs, and a group that awaits its acceptance."""
    world = make_world(1)
    world.keyholders[0].start()
    group = world.propose()
    return world, group


def accepted(world: World, group: str) -> None:
    world.keyholders[0].opened().memory.approve(group, "", 0)
    world.until(lambda view: view.groups.get(group).is_complete)


def test_answer_that_is_lost_is_asked_for_again_with_the_same_bytes(make_world: Make) -> None:
    world, group = grouped(make_world)
    taken: list[Message] = []

    def lose(message: Message) -> Reply | None:
        if message.entries and not taken:
            taken.append(message)
            return 500, b"", {}
        return None

    world.platform.after_post = lose
    accepted(world, group)
    world.eventually(lambda: taken)
    time.sleep(0.5)
    assert [message.entries for message in world.platform.messages].count(taken[0].entries) == 1


@pytest.mark.parametrize("last", [40, 2**40])
def test_higher_last_sequence_of_the_platform_is_gone_on_from(make_world: Make, last: int) -> None:
    world = make_world(1)
    key = world.keyholders[0].identity.signing_key
    for channel in ("witness", "work"):
        world.platform._last[key, channel] = (last, b"", b"")
    world.keyholders[0].start()
    accepted(world, world.propose())
    assert all(message.sequence > last for message in world.platform.messages)


def test_absurd_last_sequence_is_not_believed(make_world: Make) -> None:
    world, group = grouped(make_world)
    world.platform.before_post = lambda body: (409, b'{"last":%d}' % (2**53 - 1), {})
    time.sleep(0.5)
    world.platform.before_post = lambda body: None
    accepted(world, group)
    assert all(message.sequence < 10_000 for message in world.platform.messages)


@pytest.mark.parametrize(
    "reply",
    [
        (200, b"", {}),
        (200, b"{}", {}),
        (200, b"\xff" * 100, {}),
        (200, Answer(10**9, 0, 0).to_bytes(), {}),
        (200, b"x" * (9 << 20), {}),
        (302, b"", {"Location": "http://127.0.0.1:1/"}),
        (401, b"", {}),
        (409, b"", {}),
        (409, b'{"last":"x"}', {}),
        (429, b"", {"Retry-After": "1"}),
        (503, b"", {"Retry-After": "a while"}),
        (999, b"", {}),
    ],
    ids=str,
)
def test_nonsense_delays_and_nothing_else(make_world: Make, reply: Reply) -> None:
    world, group = grouped(make_world)
    world.keyholders[0].opened().memory.approve(group, "", 0)
    world.platform.before_post = lambda body: reply
    time.sleep(0.4)
    world.platform.before_post = lambda body: None
    world.until(lambda view: view.groups.get(group).is_complete, within=15)
    assert "Traceback" not in world.keyholders[0].said.getvalue()
    assert world.keyholders[0].said.getvalue().count("\n") < 40


def test_one_entry_that_is_refused_does_not_hold_up_the_others(make_world: Make) -> None:
    world = make_world(1)
    world.keyholders[0].start()
    groups = [world.propose(), world.propose(1, [world.keyholders[0].identity, OTHER])]

    def refuse(body: bytes) -> Reply | None:
        return (400, b"{}", {}) if f'\\"group\\":\\"{groups[1]}'.encode() in body else None

    world.platform.before_post = refuse
    memory = world.keyholders[0].opened().memory
    for group in groups:
        memory.approve(group, "", 0)
    world.until(lambda view: view.groups.get(groups[0]).is_complete)


def test_published_size_that_is_a_lie_only_makes_it_look(make_world: Make) -> None:
    world, group = grouped(make_world)

    def lie(message: Message) -> Reply:
        return 200, Answer(message.sequence, int(time.time()), 2**50).to_bytes(), {}

    world.platform.after_post = lie
    time.sleep(0.5)
    count = len(world.platform.messages)
    time.sleep(1.0)
    assert len(world.platform.messages) - count < 60
    world.platform.after_post = lambda message: None
    accepted(world, group)
