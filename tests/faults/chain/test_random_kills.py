"""kill -9 of node, sender and indexer at random under load: no guarantee lost, none issued twice, index equal to a rebuild.

For three minutes, or SUNSEAL_KILL_SECONDS. The node is `sunseal chain`, which has its chain again after a kill; what is
wanted is committed by four writers meanwhile. PostgreSQL stays up: tests/faults/storage kills that.
"""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from guarantees.chain import calls, outbox
from guarantees.chain.errors import ChainError
from guarantees.chain.gateway import Gateway
from guarantees.chain.models import AttemptRow, EventRow, OutboxRow
from guarantees.chain.node import Node
from guarantees.chain.rebuild import Comparison, rebuild
from guarantees.chain.terms import guarantee_id
from storage.database import Database
from tests.environment import ROOT
from tests.integration.chain.nodes import OURS, NodeProcess
from tests.integration.chain.world import YEAR, World

WRITERS = 4
PAUSE = 0.25
"""Seconds between two acts of a writer."""


class Process:
    """The sender or the indexer, started anew whenever it was killed."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.kills = -1
        self._process: subprocess.Popen[bytes] | None = None
        self.restart()

    def restart(self) -> None:
        self.kill()
        self._process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.DEVNULL)
        self.kills += 1

    def kill(self) -> None:
        if self._process is not None:
            assert self._process.poll() is None, "it ended by itself"
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.mark.long
@pytest.mark.timeout(900)
def test_node_sender_and_indexer_killed_at_random_under_load(
    database: Database, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = float(os.environ.get("SUNSEAL_KILL_SECONDS") or 180)
    random = Random(int(os.environ.get("SUNSEAL_KILL_SEED") or 5))
    node = NodeProcess(OURS, tmp_path)
    world = World(node, database, Gateway(Node(node.url), node.deploy()))
    processes: list[Process] = []
    stopped = threading.Event()
    committed: list[list[bytes]] = [[] for _ in range(WRITERS)]
    expiry = int(time.time()) + YEAR
    try:
        world.prepare()
        world.close()
        folder = str(node.folder.path)
        for kind in ("sender", "indexer"):
            module = [sys.executable, "-m", "tests.faults.chain.process", kind, database_url, node.url]
            processes.append(Process([*module, folder, "guarantor", "none", "0", "2"]))

        def write(writer: int) -> None:
            own = Random(writer)
            while not stopped.wait(PAUSE * own.uniform(0.5, 1.5)):
                commitment = own.randbytes(32)
                with database.session() as session:
                    purpose = f"issue {commitment.hex()}"
                    call = calls.issue(commitment, expiry)
                    outbox.want(
                        session, call, key=world.address("guarantor"), purpose=purpose, now=world.now()
                    )
                    if own.random() < 0.1:
                        session.rollback()
                        continue
                    session.commit()
                committed[writer].append(commitment)

        writers = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
        for thread in writers:
            thread.start()
        end, node_kills = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            time.sleep(random.uniform(0.1, 2.5))
            victim = random.choice(["node", "sender", "indexer"])
            if victim == "node":
                node.kill()
                time.sleep(random.uniform(0, 0.5))
                node.start()
                node_kills += 1
            else:
                processes[victim == "indexer"].restart()
        stopped.set()
        for thread in writers:
            thread.join()
        wanted = [commitment for part in committed for commitment in part]
        settled_after = _wait_until_final(database, 120)
        for process in processes:
            process.kill()
        _assert_well(world, wanted)
        with capsys.disabled():
            attempts = _count(database, AttemptRow)
            print(
                f"\n{seconds:.0f} s: {len(wanted)} guarantees, {attempts} transactions signed, killed: node {node_kills},"
                f" sender {processes[0].kills}, indexer {processes[1].kills}; final {settled_after:.1f} s after the last"
            )
    finally:
        stopped.set()
        for process in processes:
            if process._process is not None:
                process._process.kill()
                process._process.wait()
        world.close()
        node.close()


def _wait_until_final(database: Database, seconds: float) -> float:
    start = time.monotonic()
    while True:
        with database.session() as session:
            counts = outbox.counts(session)
        if not set(counts) & set(outbox.OPEN):
            return time.monotonic() - start
        assert time.monotonic() - start < seconds, counts
        time.sleep(0.1)


def _assert_well(world: World, wanted: list[bytes]) -> None:
    guarantor = world.address("guarantor")
    found = _rebuilt(world)
    with world.database.session() as session:
        of_guarantor = OutboxRow.key == guarantor
        rows = list(session.execute(select(OutboxRow).where(of_guarantor)).scalars())
        events = session.execute(select(EventRow.subject).where(EventRow.name == "Issued")).scalars()
        issued = Counter(events)
    assert found.is_equal, found
    assert len(wanted) > 10
    assert Counter(row.state for row in rows) == {outbox.CONFIRMED: len(wanted)}
    assert issued == Counter(guarantee_id(guarantor, commitment) for commitment in wanted)
    assert sorted(row.nonce or 0 for row in rows) == list(range(len(wanted)))
    assert world.gateway.node.nonce(guarantor) == len(wanted)
    for commitment in wanted:
        assert world.gateway.guarantee(guarantee_id(guarantor, commitment)).state == "Issued"


def _rebuilt(world: World) -> Comparison:
    """The lock of the indexer that was killed goes a moment later."""
    end = time.monotonic() + 20
    while True:
        world.follow()
        try:
            return rebuild(world.indexer())
        except ChainError:
            assert time.monotonic() < end


def _count(database: Database, model: type[AttemptRow]) -> int:
    with database.session() as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()
