"""A platform that opens bids (tests/opening.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.opening import LotStory, OpeningWorld


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[OpeningWorld]:
    world = OpeningWorld(database, tmp_path)
    yield world
    world.close_world()


@pytest.fixture
def lot(world: OpeningWorld) -> LotStory:
    """A lot with three honest bids, closed."""
    lot = world.lot()
    for number in range(3):
        lot.bid(number, total=f"46800{number}0.00")
    lot.close()
    return lot
