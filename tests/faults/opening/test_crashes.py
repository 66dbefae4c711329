"""The table of crashes: the job dies by kill -9 at each of its steps; another run goes on, and nothing is lost or doubled."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.entries import BidFailed, BidOpened, OpeningRecorded, OpeningSilent, PartOpened, SharesShown
from storage.database import Database
from tests.environment import ROOT
from tests.opening import OpeningWorld

pytestmark = pytest.mark.long

STEPS = [
    ("begin", 1, 0),
    ("refresh", 1, 0),
    ("bid", 1, 0),
    ("bid-committed", 1, 0),
    ("bid", 2, 0),
    ("bid-committed", 3, 0),
    ("bid", 4, 0),
    ("show", 1, 0),
    ("finish", 1, 0),
    ("record", 1, 3600),
]
"""The step, the how manieth time, and seconds after the first run."""


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[OpeningWorld]:
    world = OpeningWorld(database, tmp_path)
    yield world
    world.close_world()


def run(world: OpeningWorld, folder: Path, seconds: int, step: str = "none", count: int = 1) -> int:
    url = world.database.engine.url.render_as_string(hide_password=False)
    module = [sys.executable, "-m", "tests.faults.opening.process"]
    done = subprocess.run(
        [*module, url, str(folder), str(seconds), step, str(count)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode in (0, -9), done.stderr
    world.sync()
    return done.returncode


@pytest.mark.parametrize(("step", "count", "later"), STEPS)
def test_a_job_killed_at_any_step_is_gone_on_with(
    world: OpeningWorld, tmp_path: Path, step: str, count: int, later: int
) -> None:
    lot = world.lot()
    for number in range(3):
        lot.bid(number)
    lot.bid(3, content={"price": b"no package"})
    lot.close()
    (tmp_path / "lot-1.sheet").write_bytes(lot.sheet.to_bytes())
    lot.release(1)
    lot.release(2)
    if later:
        run(world, tmp_path, 0)
    assert run(world, tmp_path, later, step, count) == -9
    for seconds in (5, 3600, 3605):
        assert run(world, tmp_path, later + seconds) == 0
    assert lot.states() == ["opened"] * 3 + ["failed"]
    assert lot.row().state == "recorded"
    results = Counter(one.bid for kind in (BidOpened, BidFailed) for one in world.entries(kind))  # type: ignore[attr-defined]
    assert results == {bid.index: 1 for bid in lot.bids}
    shown = Counter(one.bid for one in world.entries(PartOpened))  # type: ignore[attr-defined]
    assert shown == {bid.index: 1 for bid in lot.bids}
    members = Counter(
        (one.member, bid)  # type: ignore[attr-defined]
        for one in world.entries(SharesShown)
        for bid in one.bids  # type: ignore[attr-defined]
    )
    assert members == {(member, bid.index): 1 for member in (1, 2) for bid in lot.bids}
    assert [len(world.entries(kind)) for kind in (OpeningRecorded, OpeningSilent)] == [1, 1]
