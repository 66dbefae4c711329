"""The peer of whatever is promised durably: bare commits of one row, on the same PostgreSQL, with fsync on."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from storage.database import Database

_TABLE = "CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, row bytea)"


def bare_commits(database: Database, row: bytes, connections: int, seconds: float) -> float:
    """Rows of that length a second, from so many connections at once."""
    with database.session() as session:
        session.execute(text(_TABLE))
        session.commit()

    def commit() -> None:
        with database.session() as session:
            session.execute(text("INSERT INTO bare (row) VALUES (:row)"), {"row": row})
            session.commit()

    return storm(commit, connections, seconds) / seconds


def storm(work: Callable[[], None], threads: int, seconds: float) -> int:
    """How often `work` was done, by so many threads, until the time was over."""
    counts = [0] * threads
    end = time.monotonic() + seconds

    def repeat(number: int) -> None:
        while time.monotonic() < end:
            work()
            counts[number] += 1

    workers = [threading.Thread(target=repeat, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts)


def on_disk() -> Path:
    """A folder on the disk that a deployment has, not in memory: a commit costs what it costs."""
    var = Path("var").resolve()
    var.mkdir(exist_ok=True)
    return var
