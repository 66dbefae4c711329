"""One platform for the tests of this folder, which tell one procurement."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import Postgres
from tests.e2e.procurement.platform import Platform


@pytest.fixture(scope="module")
def at(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    folder: Path = tmp_path_factory.mktemp("procurement")
    made = Platform(folder, postgres.create(migrated_template))
    try:
        made.start()
        yield made
    finally:
        made.stop()
