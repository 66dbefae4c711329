"""A rush of bids through one web process: durable receipts a second, and how long the last bidder waits for one.

Files are uploaded before, as bidders do; what is measured is the final request: a token checked and spent, the uploads
compared, the bid sealed into the ledger, cosigned, published, and its receipt made. Beside it stand bare commits of one
row on the same PostgreSQL, from as many connections as there are bidders at once.
"""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx

from app.api.submission_app import PREFIX
from scripts.bench.commits import bare_commits, on_disk
from scripts.bench.measure import Result, cost, rate
from storage import migrate
from storage.database import Database, Limits
from storage.private_server import PrivateServer
from tests.faults.submission.ready import Ready, prepared
from tests.faults.submission.web_process import WebProcess
from tests.intake import make_world

BIDS = 200
BIDDERS = 40
SECONDS = 4.0


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="sunseal-bench-", dir=on_disk()) as data:
        Path(data).chmod(0o755)
        server = PrivateServer(Path(data) / "postgres")
        url = server.start()
        try:
            migrate.upgrade(url)
            database = Database(url, limits=Limits(pool_size=BIDDERS + 10))
            bare = bare_commits(database, b"\x00" * 100, BIDDERS, SECONDS)
            took, waits = _rush(database, url, Path(data))
            database.close()
        finally:
            server.stop()
    peer = f"bare commits, {BIDDERS} connections"
    yield rate("bidding.intake", BIDS / took, "bids/s with their receipts", peer, bare)
    slowest = waits[len(waits) * 95 // 100]
    yield cost("bidding.intake.wait", slowest, f"s to the receipt, p95 of {BIDDERS} at once", "the aim", 1.0)


def _rush(database: Database, url: str, folder: Path) -> tuple[float, list[float]]:
    """The seconds for all, and for each, sorted."""
    world = make_world(database, folder)
    world.publish(deadline=datetime(2100, 1, 1, tzinfo=UTC))
    ready = [prepared(world, number) for number in range(BIDS)]
    web = WebProcess(url, folder)
    web.start()
    limits = httpx.Limits(max_connections=BIDDERS)
    try:
        with (
            world.published(),
            httpx.Client(base_url=web.base, timeout=60, limits=limits) as client,
            ThreadPoolExecutor(BIDDERS) as bidders,
        ):

            def submit(bid: Ready) -> float:
                began = time.perf_counter()
                path = f"{PREFIX}/submissions"
                while (
                    answer := client.post(path, content=bid.content, headers=bid.headers)
                ).status_code == 202:
                    pass  # it stands, and its receipt is being made: ask again
                answer.raise_for_status()
                return time.perf_counter() - began

            begun = time.perf_counter()
            waits = sorted(bidders.map(submit, ready))
            return time.perf_counter() - begun, waits
    finally:
        web.kill()
        world.app.close()
