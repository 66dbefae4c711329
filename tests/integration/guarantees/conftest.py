"""A world of guarantees on Anvil (tests/guarantees.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from storage.database import Database
from tests.database import Postgres
from tests.guarantees import GuaranteeWorld
from tests.guarantor_desk import DeskWorld, desk_beside
from tests.integration.chain.nodes import ANVIL, NodeProcess
from tests.integration.chain.world import World


@pytest.fixture
def guarantees(tmp_path: Path, database: Database) -> Iterator[GuaranteeWorld]:
    node = NodeProcess(ANVIL, tmp_path)
    try:
        chain = World(node, database, Gateway(Node(node.url), node.deploy()))
        try:
            yield GuaranteeWorld(chain, tmp_path)
        finally:
            chain.close()
    finally:
        node.close()


@pytest.fixture
def desk_world(
    tmp_path: Path,
    database: Database,
    postgres: Postgres,
    migrated_template: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DeskWorld]:
    """A platform on the test's database, and a guarantor's desk on one of its own (tests/guarantor_desk.py)."""
    url = postgres.create(migrated_template)
    yield from desk_beside(database, url, tmp_path, monkeypatch)
    postgres.retire(url)
