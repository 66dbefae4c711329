"""The table of crashes: a sender and an indexer die by kill -9 at each of their steps; then one ordinary run, and all is well.

Well means: each act that was wanted is done once, in one transaction with one nonce; what is refused is refused with its
reason; each guarantee was issued once; and the index is what the chain says.
"""

import subprocess
import sys
import time
from collections import Counter
from itertools import count

import pytest
from sqlalchemy import func, select

from guarantees.chain import calls, index, outbox
from guarantees.chain.models import EventRow, KeyRow, OutboxRow
from guarantees.chain.rebuild import rebuild
from guarantees.chain.terms import Terms
from tests.environment import ROOT
from tests.integration.chain.nodes import ANVIL
from tests.integration.chain.world import YEAR, World

SENDER_STEPS = [
    ("during watch", 2),
    ("after watch", 2),
    ("during settle", 2),
    ("after settle", 2),
    ("after mend", 1),
    ("during plan", 1),
    ("after plan", 1),
    ("during send", 1),
    ("during send", 4),
    ("after send", 1),
    ("after replace", 1),
]
INDEXER_STEPS = ["before read", "during store", "after store"]
ROUND = 5

pytestmark = pytest.mark.long

_numbers = count(1)


def batch(world: World) -> list[Terms]:
    return [world.terms(next(_numbers)) for _ in range(ROUND)]


def want(world: World, wanted: list[Terms], word: str = "issue") -> None:
    for terms in wanted:
        call = calls.issue(world.commitment(terms), world.chain_time() + YEAR)
        world.want("guarantor", f"{word} {terms.salt.hex()}", call)


def command(world: World, kind: str, step: str, count: int, patience: float = 15) -> list[str]:
    name, folder, url = "guarantor", world.node.folder.path, world.database.engine.url
    database = url.render_as_string(hide_password=False)
    module = [sys.executable, "-m", "tests.faults.chain.process"]
    return [*module, kind, database, world.node.url, str(folder), name, step, str(count), str(patience)]


def die(world: World, kind: str, step: str, count: int = 1, patience: float = 15) -> None:
    started = command(world, kind, step, count, patience)
    done = subprocess.run(started, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr.decode()


def settle(world: World) -> None:
    end = time.monotonic() + 30
    while True:
        world.sender("guarantor").run()
        with world.database.session() as session:
            counts = outbox.counts(session)
        if not set(counts) & set(outbox.OPEN):
            return
        assert time.monotonic() < end, counts


def assert_well(world: World, wanted: list[Terms], first_nonce: int, others: int = 0) -> None:
    world.follow()
    for terms in wanted:
        assert world.progress(f"issue {terms.salt.hex()}").state == outbox.CONFIRMED
    with world.database.session() as session:
        rows = session.execute(
            select(OutboxRow.nonce).where(OutboxRow.key == world.address("guarantor"))
        ).scalars()
        nonces = sorted(nonce for nonce in rows if nonce is not None)
        issued = Counter(session.execute(select(EventRow.subject).where(EventRow.name == "Issued")).scalars())
    assert nonces == list(range(first_nonce, first_nonce + len(wanted) + others))
    assert world.gateway.node.nonce(world.address("guarantor")) == first_nonce + len(wanted) + others
    assert {issued[world.id(terms)] for terms in wanted} == {1}
    assert rebuild(world.indexer()).is_equal


@pytest.mark.parametrize(("step", "times"), SENDER_STEPS)
def test_sender_killed_at_a_step(world: World, step: str, times: int) -> None:
    first_nonce = world.gateway.node.nonce(world.address("guarantor"))
    wanted = batch(world)
    want(world, wanted)
    refused = f"refused {step} {times}"
    world.want("guarantor", refused, calls.issue(bytes(32), 1))
    die(world, "sender", step, times)
    later = batch(world)
    want(world, later)
    settle(world)
    assert world.progress(refused).state == outbox.REVERTED
    assert (world.progress(refused).error or {})["name"] == "ExpiryNotInFuture"
    assert_well(world, wanted + later, first_nonce, others=1)


@pytest.mark.parametrize(
    ("step", "times"), [("during replace", 1), ("after replace", 2), ("during send", ROUND + 1)]
)
def test_sender_killed_while_it_replaces_what_is_stuck(world: World, step: str, times: int) -> None:
    first_nonce = world.gateway.node.nonce(world.address("guarantor"))
    wanted = batch(world)
    want(world, wanted)
    world.node.hold_back()
    try:
        die(world, "sender", step, times, patience=0.2)
        world.sender("guarantor").run()
    finally:
        world.node.hold_back(is_on=False)
        world.node.mine()
    settle(world)
    assert_well(world, wanted, first_nonce)


def test_sender_killed_while_it_fills_a_gap(world: World) -> None:
    first_nonce = world.gateway.node.nonce(world.address("guarantor"))
    with world.database.session() as session:
        session.add(KeyRow(address=world.address("guarantor"), next_nonce=first_nonce + 1))
        session.commit()
    wanted = batch(world)
    want(world, wanted)
    die(world, "sender", "during mend")
    settle(world)
    assert_well(world, wanted, first_nonce, others=1)


@pytest.mark.parametrize("step", INDEXER_STEPS)
def test_indexer_killed_at_a_step(world: World, step: str) -> None:
    first_nonce = world.gateway.node.nonce(world.address("guarantor"))
    wanted = batch(world)
    want(world, wanted)
    settle(world)
    die(world, "indexer", step)
    assert_well(world, wanted, first_nonce)


@pytest.mark.parametrize("step", ["before back", "during back"])
def test_indexer_killed_while_it_takes_back(world: World, step: str) -> None:
    if world.node.kind != ANVIL:
        pytest.skip("only Anvil can be made to reorganise its chain")
    taken = world.node.ask("evm_snapshot")
    (terms, *_) = wanted = batch(world)
    want(world, wanted)
    settle(world)
    world.follow()
    world.indexer().close()
    assert world.node.ask("evm_revert", taken)
    world.node.mine(ROUND + 2)
    die(world, "indexer", step)
    world.follow()
    with world.database.session() as session:
        assert index.guarantee(session, world.id(terms)) is None
        assert (
            session.execute(select(func.count()).where(EventRow.subject == world.id(terms))).scalar_one() == 0
        )
    assert rebuild(world.indexer()).is_equal
