"""`world` runs a test once on each node, the slower one among the long tests; `anvil_world` on Anvil alone, for what only Anvil can be made to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from storage.database import Database
from tests.integration.chain.nodes import ANVIL, KINDS, NodeProcess
from tests.integration.chain.world import World


def _world(kind: str, folder: Path, database: Database) -> Iterator[World]:
    node = NodeProcess(kind, folder)
    try:
        world = World(node, database, Gateway(Node(node.url), node.deploy()))
        try:
            world.prepare()
            yield world
        finally:
            world.close()
    finally:
        node.close()


@pytest.fixture(
    params=[kind if kind == ANVIL else pytest.param(kind, marks=pytest.mark.long) for kind in KINDS]
)
def world(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Iterator[World]:
    yield from _world(str(request.param), tmp_path, database)


@pytest.fixture
def anvil_world(tmp_path: Path, database: Database) -> Iterator[World]:
    yield from _world(ANVIL, tmp_path, database)
