"""500 viewers of one opening on one web process all see every stage, and a late-comer sees the same."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.e2e.browser.watched import STAGES, watched
from tests.opening import OpeningWorld

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

VIEWERS = 500


def test_all_viewers_see_every_stage_and_a_late_comer_the_same(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    opening = OpeningWorld(database, tmp_path)
    try:
        found = watched(opening, database_url, tmp_path, VIEWERS)
    finally:
        opening.close_world()
    print(found)
    assert tuple(found.reached) == STAGES
    assert found.late
