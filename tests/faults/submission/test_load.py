"""A rush before a deadline, with web processes killed on the way.

Every receipt that was handed out is in the closing, and every bid in the closing has its blob.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import httpx
import pytest

from app.api.submission_app import PREFIX
from bidding import closing
from bidding.closing import ClosedLot
from bidding.submission.models import IntakeRow
from ledger.proof import verify_receipt
from storage.database import Database
from tests.faults.submission.ready import Ready, prepared
from tests.faults.submission.web_process import WebProcess, kept_alive
from tests.intake import LOT, World, make_world

pytestmark = pytest.mark.long

CLIENTS = 40


@dataclass(frozen=True)
class Outcome:
    """How a bidder fared: its receipt, or the code of the refusal, or nothing; and the seconds that it took."""

    ready: Ready
    receipt: bytes | None
    code: str
    seconds: float


@pytest.mark.parametrize(
    ("count", "seconds"), [(30, 3.0), pytest.param(200, 10.0, marks=pytest.mark.long)], ids=["30", "200"]
)
def test_rush_before_the_deadline(
    database: Database, database_url: str, tmp_path: Path, count: int, seconds: float
) -> None:
    world = make_world(database, tmp_path)
    world.publish(deadline=datetime(2100, 1, 1, tzinfo=UTC))
    ready = [prepared(world, number) for number in range(count)]
    webs = [WebProcess(database_url, tmp_path) for _ in range(2)]
    with world.published(), kept_alive(webs[0]), kept_alive(webs[1]), closings(world) as closed:
        deadline = (datetime.now(UTC) + timedelta(seconds=seconds + 2)).replace(microsecond=0)
        set_deadline(world, deadline)
        outcomes = rush(webs, ready, deadline, seconds)
        end = time.monotonic() + 60
        while not closed and time.monotonic() < end:
            time.sleep(0.1)
    world.book.run()
    world.app.close()
    (one,) = closed
    receipts = {verify_receipt(o.receipt, world.book.policy()).index for o in outcomes if o.receipt}
    taken = sorted(o.seconds for o in outcomes if o.receipt)
    print(
        f"\n{len(receipts)} receipts of {count}, {len(one.bids)} bids in the closing; "
        f"receipt after {median(taken):.2f} s median, {taken[int(len(taken) * 0.95)]:.2f} s at 95 %, {taken[-1]:.2f} s at most"
    )
    assert receipts <= set(one.bids), "a receipt was handed out for a bid that is not in the closing"
    assert {o.code for o in outcomes if not o.receipt} <= {"deadline-passed", "cut off"}
    refused = Counter(o.code for o in outcomes if not o.receipt)
    print(dict(refused))
    assert receipts, "not one was in time: this machine is too busy for a rush of 10 s"
    lot = world.view().lots.get(LOT)
    assert lot.standing() == one.bids
    sent = {o.ready.draft.fact.bid for o in outcomes}
    for index in one.bids:
        fact = lot.submissions[index].bid
        assert fact.bid in sent
        for part in fact.parts:
            content = b"".join(world.blobs.stream(bytes.fromhex(part.sha256)))
            assert hashlib.sha256(content).hexdigest() == part.sha256


def set_deadline(world: World, deadline: datetime) -> None:
    """In the intake alone; the ledger's stays far ahead, which only keyholders would mind."""
    with world.database.session() as session:
        session.get_one(IntakeRow, LOT).deadline = deadline
        session.commit()


@contextmanager
def closings(world: World) -> Iterator[list[ClosedLot]]:
    """The closing job, at its ticks, by real time."""
    stopped, found = threading.Event(), list[ClosedLot]()

    def run() -> None:
        while not stopped.wait(0.2):
            found.extend(closing.run(world.database, world._anchor, world.clock))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield found
    finally:
        stopped.set()
        thread.join()


def rush(webs: list[WebProcess], ready: list[Ready], deadline: datetime, seconds: float) -> list[Outcome]:
    """Each bidder starts at a time of its own within the last seconds; both processes are killed in the middle."""
    random = Random(1)
    begin = deadline - timedelta(seconds=seconds)
    starts = sorted(begin + timedelta(seconds=random.uniform(0, seconds - 0.3)) for _ in ready)

    def kill() -> None:
        for number, web in enumerate(webs, start=1):
            time.sleep(max(0.0, (begin - datetime.now(UTC)).total_seconds() + seconds * number / 3))
            web.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    limits = httpx.Limits(max_connections=CLIENTS)
    with httpx.Client(timeout=15, limits=limits) as client, ThreadPoolExecutor(CLIENTS) as threads:

        def one(number: int) -> Outcome:
            time.sleep(max(0.0, (starts[number] - datetime.now(UTC)).total_seconds()))
            return submit(client, webs, ready[number], number, deadline)

        outcomes = list(threads.map(one, range(len(ready))))
    killer.join()
    return outcomes


def submit(
    client: httpx.Client, webs: list[WebProcess], ready: Ready, number: int, deadline: datetime
) -> Outcome:
    """Tries one process after the other, until one has answered for good."""
    began, attempt = time.monotonic(), number
    while datetime.now(UTC) < deadline + timedelta(seconds=20):
        url = f"{webs[attempt % 2].base}{PREFIX}/submissions"
        attempt += 1
        try:
            answer = client.post(url, content=ready.content, headers=ready.headers)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.status_code == 200:
            return Outcome(ready, answer.json()["receipt"].encode(), "", time.monotonic() - began)
        if answer.status_code != 202:
            return Outcome(ready, None, answer.json()["code"], time.monotonic() - began)
    return Outcome(ready, None, "cut off", time.monotonic() - began)
