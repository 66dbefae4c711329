"""Pages as people meet them: a browser that wants HTML, over a tendering office on the test's own database."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.tendering import Tendering
from storage.database import Database
from tests.integration.app.world import Clock, World, make_app
from tests.integration.pages.reader import Reader
from tests.integration.tenders.office import KEEPING, Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


@pytest.fixture
def world(database: Database, tmp_path: Path, office: Office) -> World:
    """The application, over the office's database, blobs and tiles."""
    clock = Clock()
    app = make_app(database, tmp_path, clock)
    app.extensions["sunseal"] = replace(
        app.extensions["sunseal"],
        tendering=Tendering(office.blobs, lambda: KEEPING),
        tiles=office.log.files,
    )
    return World(app, database, clock)


@pytest.fixture
def reader(world: World) -> Reader:
    """Somebody who is not logged in."""
    return Reader(world)
