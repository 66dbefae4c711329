"""`office`: a platform with keyholders and a committed pool, of 90 experts unless a test says otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.integration.oversight.office import Office
from tests.keyholders import World


@pytest.fixture
def size() -> int:
    return 90


@pytest.fixture
def office(database: Database, tmp_path: Path, size: int) -> Iterator[Office]:
    world = World(database, tmp_path / "public")
    world.found()
    yield Office(world, size)
    world.close_world()
