"""A platform that takes bids (tests/intake.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.intake import World, make_world


@pytest.fixture
def world(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[World]:
    """A test whose file says RECEIPT_SECONDS waits that long for receipts."""
    seconds = getattr(request.module, "RECEIPT_SECONDS", 20.0)
    world = make_world(database, tmp_path, receipt_seconds=seconds)
    yield world
    world.app.close()
