"""A tendering office for each test that asks (tests/integration/tenders/office.py), also behind the REST API."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.tendering import Tendering
from storage.database import Database
from tests.integration.app.world import Clock, World, make_app
from tests.integration.tenders.office import KEEPING, Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


@pytest.fixture
def world(database: Database, tmp_path: Path, office: Office) -> World:
    """The application, over the office's database and blobs."""
    clock = Clock()
    app = make_app(database, tmp_path, clock)
    app.extensions["sunseal"] = replace(
        app.extensions["sunseal"], tendering=Tendering(office.blobs, lambda: KEEPING)
    )
    return World(app, database, clock)
