"""A world that is closed after the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.keyholder.world import World


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[[int], World]]:
    made: list[World] = []

    def make(n: int = 1) -> World:
        made.append(World(tmp_path / str(len(made)), n))
        return made[-1]

    yield make
    for world in made:
        world.close()
