"""Objections and complaints over a real tendering office (tests/integration/complaints/hall.py), also behind REST."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.tendering import Tendering
from storage.database import Database
from tests.integration.app.world import Clock, World, make_app
from tests.integration.complaints.hall import Hall
from tests.integration.tenders.office import KEEPING
from tests.unit.bidding.examples import at


class Calendar(Clock):
    """A clock that shows what a test puts it to."""

    def __init__(self) -> None:
        super().__init__()
        self.at = at(3, 3, 10)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hall(database: Database, tmp_path: Path) -> Hall:
    return Hall(database, tmp_path)


@pytest.fixture
def world(database: Database, tmp_path: Path, hall: Hall) -> World:
    """The application over the hall's database and blobs, on 3 March 2026."""
    clock = Calendar()
    app = make_app(database, tmp_path, clock)
    app.extensions["sunseal"] = replace(
        app.extensions["sunseal"], tendering=Tendering(hall.office.blobs, lambda: KEEPING)
    )
    return World(app, database, clock)
