"""A keyholder that is killed at any step, or whose memory is put back, gives one release for a thing and no other."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from ledger.exchange import WORK, SealedRelease
from tests.environment import ROOT
from tests.integration.keyholder.world import Running, World

Make = Callable[[int], World]
CHILD = """
import os, signal, sys
from pathlib import Path
from keyholder.config import Config
from keyholder.folder import Folder
from keyholder.daemon import Daemon, Outside, open_identity
from keyholder.witness.journal import Journal
from tests.integration.keyholder.world import LOCK, PACE

def probe(step):
    if step == os.environ["DIE_AT"]:
        os.kill(os.getpid(), signal.SIGKILL)

folder = Folder(Path(sys.argv[1]))
config = Config.read(folder.config)
import time
daemon = Daemon(folder, config, Journal(sys.stderr, None, lambda: int(time.time())), Outside(probe=probe, pace=PACE))
daemon.run(open_identity(folder, config, LOCK), lambda: print("ready", flush=True))
"""


def run_to_death(keyholder: Running, step: str) -> None:
    """Run it in a process of its own, until it kills itself at that step."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(keyholder.folder.path)],
        cwd=ROOT,
        env={**os.environ, "DIE_AT": step},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            assert child.wait(20) == -signal.SIGKILL
        finally:
            if child.poll() is None:
                child.kill()


def closed(world: World) -> str:
    """A lot with three bids that is closed while the keyholder does not run."""
    keyholder = world.keyholders[0]
    keyholder.start()
    keys = world.lot(world.group())
    keyholder.stop()
    return world.closing([world.bid(run=keys["price"]) for _ in range(3)])


def sent(world: World) -> set[SealedRelease]:
    return set(world.platform.releases)


@pytest.mark.parametrize(
    "step",
    [
        "followed",
        "release written",
        "release committed",
        "mark written",
        "release marked",
        "message written",
        "message sent",
    ],
)
def test_killed_at_a_step_it_sends_one_release_and_no_other(make_world: Make, step: str) -> None:
    world = make_world(1)
    closing = closed(world)
    run_to_death(world.keyholders[0], step)
    kept = set(world.keyholders[0].opened().released.names())
    assert bool(kept) == (step not in ("followed", "release written")) or step.startswith("message")
    world.keyholders[0].start()
    world.until(lambda view: view.openings.released(closing, "price"))
    assert len(sent(world)) == 1
    assert world.keyholders[0].opened().released.names() == (f"{closing}/price",)
    (given,) = sent(world)
    assert world.keyholders[0].opened().released.get(f"{closing}/price").entry == given.entry.encode()


def test_release_that_the_platform_loses_is_given_again_with_the_same_bytes(make_world: Make) -> None:
    world = make_world(1)
    closing = closed(world)
    world.platform.takes_entries = False
    world.keyholders[0].start()
    world.eventually(lambda: len(world.platform.releases) >= 3)
    assert len(sent(world)) == 1
    world.keyholders[0].stop()
    world.platform.takes_entries = True
    world.keyholders[0].start()
    world.until(lambda view: view.openings.released(closing, "price"))
    assert len(sent(world)) == 1


def test_sequences_never_repeat_over_crashes_and_an_unanswered_message_comes_again_as_it_was(
    make_world: Make,
) -> None:
    world = make_world(1)
    closing = closed(world)
    bodies: list[bytes] = []
    post = world.platform.post

    def kept(body: bytes) -> tuple[int, bytes, dict[str, str]]:
        bodies.append(body)
        return post(body)

    world.platform.post = kept  # type: ignore[method-assign]
    run_to_death(world.keyholders[0], "message sent")
    world.keyholders[0].start()
    world.until(lambda view: view.openings.released(closing, "price"))
    work = [body for body in bodies if f'"channel":"{WORK}"'.encode() in body]
    sequences = [int(body.split(b'"sequence":')[1].split(b",")[0]) for body in bodies]
    by_sequence: dict[tuple[bool, int], set[bytes]] = {}
    for body, sequence in zip(bodies, sequences, strict=True):
        by_sequence.setdefault((body in work, sequence), set()).add(body)
    assert all(len(same) == 1 for same in by_sequence.values())


def test_memory_from_before_a_release_is_noticed_and_a_person_decides(make_world: Make) -> None:
    """The mark of releases shows that more was given than the memory that was put back knows of."""
    world = make_world(1)
    keyholder = world.keyholders[0]
    closing = closed(world)
    copy = keyholder.folder.state.read_bytes()
    keyholder.start()
    world.until(lambda view: view.openings.released(closing, "price"))
    keyholder.stop()
    keyholder.folder.state.write_bytes(copy)
    keyholder.start()
    keys = world.lot(next(iter(world.view().groups)).id, "lot-2")
    second = world.closing([world.bid("lot-2", run=keys["price"]) for _ in range(3)], "lot-2")
    world.eventually(lambda: world.refused("doubt"))
    time.sleep(0.2)
    assert not world.view().openings.released(second, "price")
    keyholder.opened().released.accept_older()
    world.until(lambda view: view.openings.released(second, "price"))


def test_missing_mark_of_releases_is_a_doubt(make_world: Make) -> None:
    world = make_world(1)
    keyholder = world.keyholders[0]
    closing = closed(world)
    keyholder.config.releases_mark.unlink()
    keyholder.start()
    world.eventually(lambda: world.refused("doubt"))
    assert not world.view().openings.released(closing, "price")


def test_lost_folder_does_not_start(make_world: Make) -> None:
    world = make_world(1)
    keyholder = world.keyholders[0]
    with suppress(OSError):
        shutil.rmtree(keyholder.folder.path)
    with pytest.raises(Exception, match=r"config\.json|state"):
        keyholder.start()
