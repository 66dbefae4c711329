"""The index: resumes where it stopped, is the same however it was followed, and can be made anew from nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from guarantees.chain import calls, index
from guarantees.chain.errors import ChainError, NodeRefusedError
from guarantees.chain.events import Log
from guarantees.chain.indexer import Indexer
from guarantees.chain.models import BlockRow, EventRow, GuaranteeRow
from guarantees.chain.rebuild import Comparison, rebuild
from tests.integration.chain.nodes import KINDS, NodeProcess
from tests.integration.chain.world import World

Content = dict[str, list[tuple[Any, ...]]]


def content(world: World) -> Content:
    with world.database.session() as session:
        return index.content(session)


def rebuilt(world: World) -> Comparison:
    return rebuild(world.indexer())


def busy(world: World, first: int = 0) -> None:
    world.presented(first)
    world.presented(first + 1)
    terms = world.presented(first + 2)
    world.done("beneficiary", f"release {first}", calls.release(world.id(terms)))


def test_followed_block_by_block_or_at_once_it_is_the_same(world: World) -> None:
    for first in (0, 10):
        busy(world, first)
        world.indexer()._span = 1
        world.indexer().run()
        world.follow()
    stepwise = content(world)
    assert len(stepwise["chain_guarantee"]) == 6
    found = rebuilt(world)
    assert found.is_equal
    assert found.events == len(stepwise["chain_event"])
    assert content(world) == stepwise


def test_a_new_process_goes_on_where_the_last_one_stopped(world: World) -> None:
    busy(world)
    world.follow()
    world.indexer().close()
    world._indexers.clear()
    busy(world, 10)
    world.follow()
    assert rebuilt(world).is_equal


def test_it_waits_for_the_depth(world: World) -> None:
    world.follow(depth=4)
    terms = world.issue(1)
    guarantee = world.id(terms)
    world.node.mine(3)
    world.follow(depth=4)
    with world.database.session() as session:
        assert index.guarantee(session, guarantee) is None
    world.node.mine(1)
    world.follow(depth=4)
    with world.database.session() as session:
        assert index.guarantee(session, guarantee) is not None


def test_a_rebuild_finds_and_mends_what_was_altered_or_lost(world: World) -> None:
    busy(world)
    world.follow()
    right = content(world)
    with world.database.session() as session:
        session.execute(update(GuaranteeRow).values(expiry=GuaranteeRow.expiry + 1))
        session.delete(session.execute(select(EventRow).limit(1)).scalar_one())
        session.commit()
    found = rebuilt(world)
    assert found.differing == {"chain_event": 1, "chain_guarantee": 6, "chain_guarantor": 0}
    assert content(world) == right


def test_a_rebuild_that_fails_leaves_everything_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(world)
    world.follow()
    right = content(world)

    def fails(*_: object) -> None:
        raise NodeRefusedError("eth_getLogs", 1, "injected")

    with monkeypatch.context() as patched:
        patched.setattr(world.gateway.node, "logs", fails)
        with pytest.raises(NodeRefusedError):
            rebuilt(world)
    assert content(world) == right
    assert rebuilt(world).is_equal


def test_a_rebuild_needs_the_turn(world: World) -> None:
    world.follow()
    second = Indexer(world.database, world.gateway, depth=0)
    with pytest.raises(ChainError, match="another process follows"):
        rebuild(second)
    second.close()


def test_a_node_that_refuses_long_ranges_is_asked_for_shorter_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(world)
    logs = world.gateway.node.logs

    def grudging(addresses: list[bytes], first: int, last: int) -> list[tuple[Log, int | None]]:
        if last - first >= 2:
            raise NodeRefusedError("eth_getLogs", -32005, "query returned more than 10000 results")
        return logs(addresses, first, last)

    monkeypatch.setattr(world.gateway.node, "logs", grudging)
    indexer = world.indexer()
    refused, worked = 0, True
    while worked:
        try:
            worked = indexer.run()
        except NodeRefusedError:
            refused += 1
    monkeypatch.undo()
    assert refused > 0
    assert rebuilt(world).is_equal


def test_hashes_of_old_blocks_are_dropped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guarantees.chain.indexer.KEPT", 5)
    for number in range(12):
        world.node.mine()
        world.follow()
        assert number >= 0
    with world.database.session() as session:
        assert session.execute(select(func.count()).select_from(BlockRow)).scalar_one() <= 6


def test_both_nodes_give_the_same_events(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same keys, calls and block times: the same addresses, ids and fields, but for the hashes of blocks."""
    start = world.chain_time() + 1000
    expected = [
        "RoleGranted",
        "Issued",
        "Presented",
        "Demanded",
        "Refused",
        "Released",
    ]
    terms = world.terms(1)
    steps: list[tuple[str, Callable[[], calls.Call]]] = [
        ("guarantor", lambda: calls.issue(world.commitment(terms), 2_000_000_000)),
        ("beneficiary", lambda: calls.present(terms)),
        ("beneficiary", lambda: calls.demand(terms, 5, 9, bytes(32))),
        ("guarantor", lambda: calls.refuse(world.commitment(terms), start + 20 + 1_296_000, bytes(32))),
        ("beneficiary", lambda: calls.release(world.id(terms))),
    ]
    for number, (name, call) in enumerate(steps):
        world.node.set_next_time(start + 10 * number)
        world.done(name, f"step {number}", call())
    world.follow()
    with world.database.session() as session:
        rows = list(session.execute(select(EventRow).order_by(EventRow.block, EventRow.log_index)).scalars())
    about = [row for row in rows if row.contract == "GuaranteeRegistry" and row.name in expected]
    told = [
        (row.name, row.subject, {k: _relative(v, start) for k, v in row.fields.items()}) for row in about
    ][-5:]
    assert SEEN.setdefault("told", told) == told
    assert SEEN.setdefault("deployment", world.gateway.deployment) == world.gateway.deployment
    kinds = SEEN.setdefault("kinds", set())
    assert isinstance(kinds, set)
    kinds.add(world.node.kind)
    assert kinds <= set(KINDS)
    assert isinstance(world.node, NodeProcess)


SEEN: dict[str, object] = {}
"""What the first node told, for the second to be compared with."""


def _relative(value: object, start: int) -> object:
    is_time = isinstance(value, int) and start < value < start + 10_000_000
    return value - start if is_time and isinstance(value, int) else value
