"""`world`: a node of each kind for a whole module, and a database for each test; the tests choose fresh numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guarantees.chain.deployment import Deployment
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from storage.database import Database
from tests.integration.chain.nodes import KINDS, NodeProcess
from tests.integration.chain.world import World


@pytest.fixture(scope="module", params=KINDS)
def deployed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[NodeProcess, Deployment]]:
    folder: Path = tmp_path_factory.mktemp("node")
    node = NodeProcess(str(request.param), folder)
    try:
        yield node, node.deploy()
    finally:
        node.close()


@pytest.fixture
def world(deployed: tuple[NodeProcess, Deployment], database: Database) -> Iterator[World]:
    node, deployment = deployed
    made = World(node, database, Gateway(Node(node.url), deployment))
    try:
        made.prepare()
        yield made
    finally:
        made.close()
