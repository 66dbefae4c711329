"""One deployment of five keyholders, of whom three suffice, for all tests of this folder that do not break it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import Postgres
from tests.e2e.keyholders.deployment import Deployment


@pytest.fixture(scope="module")
def deployment(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    folder: Path = tmp_path_factory.mktemp("deployment")
    made = Deployment(folder, postgres.create(migrated_template))
    try:
        made.start()
        yield made
    finally:
        made.stop()
