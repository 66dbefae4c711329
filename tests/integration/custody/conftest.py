"""A platform with keyholders for each test that asks: `world` has three registered, `group` has made them a group."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.keyholders import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path / "public")
    yield world
    world.close_world()


@pytest.fixture
def group(world: World) -> str:
    """The group's id; all have accepted."""
    return world.found()
