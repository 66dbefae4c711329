"""The hall of one opening with 500 viewers on one web process: how long each stage takes to reach the last of them.

Each viewer does what the page's program does (client/src/hall.ts). Beside it stands the aim of the decision on event
streams: four seconds from a stage's commit to the last viewer's page.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.bench.measure import Result, cost
from storage import migrate
from storage.database import Database
from storage.private_server import PrivateServer
from tests.e2e.browser.watched import watched
from tests.environment import roomy_place
from tests.opening import OpeningWorld

VIEWERS = 500
AIM = 4.0


def run() -> Iterator[Result]:
    with (
        tempfile.TemporaryDirectory(prefix="sunseal-bench-", dir=roomy_place()) as data,
        tempfile.TemporaryDirectory(prefix="sunseal-bench-") as folder,
    ):
        Path(data).chmod(0o755)
        server = PrivateServer(Path(data) / "postgres")
        url = server.start()
        try:
            migrate.upgrade(url)
            database = Database(url)
            opening = OpeningWorld(database, Path(folder))
            try:
                found = watched(opening, url, Path(folder), VIEWERS)
            finally:
                opening.close_world()
                database.close()
        finally:
            server.stop()
    slowest = max(found.reached.values())
    yield cost(f"viewers.{VIEWERS}", slowest, "s from a stage to its last viewer", "the aim", AIM)
    share = found.processor / found.took
    yield cost(f"viewers.{VIEWERS}.processor", share, "cores of the web process", "one core", 1.0)
