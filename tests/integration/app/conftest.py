"""The application over a test's own database."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.integration.app.world import Clock, World, make_app


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    clock = Clock()
    return World(make_app(database, tmp_path, clock), database, clock)
