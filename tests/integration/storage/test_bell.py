"""The bell rings for what was committed, in every process, and after it was deaf."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from storage.bell import Bell, ring
from storage.database import Database


@pytest.fixture
def bell(database: Database) -> Iterator[Bell]:
    bell = Bell(database)
    bell.wait(bell.rung(), 5)  # it listens
    yield bell
    bell.close()


def commit(database: Database) -> None:
    with database.session() as session:
        ring(session)
        session.commit()


def test_it_rings_at_once_for_what_another_committed(database_url: str, bell: Bell) -> None:
    heard = bell.rung()
    other = Database(database_url)
    begin = time.monotonic()
    commit(other)
    assert bell.wait(heard, 5) > heard
    assert time.monotonic() - begin < 1
    other.close()


def test_it_does_not_ring_for_what_was_rolled_back(database: Database, bell: Bell) -> None:
    heard = bell.rung()
    with database.session() as session:
        ring(session)
    assert bell.wait(heard, 0.5) == heard


def test_it_rings_after_its_connection_was_lost(database: Database, bell: Bell) -> None:
    heard = bell.rung()
    with database.session() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
            )
        )
        session.commit()
    heard = bell.wait(heard, 5)
    assert heard > 0
    commit(database)
    assert bell.wait(heard, 5) > heard


def test_its_connection_is_not_one_of_the_pool(database: Database, bell: Bell) -> None:
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_who_waits_is_let_go_when_it_is_closed(database: Database) -> None:
    bell = Bell(database)
    heard = bell.wait(bell.rung(), 5)
    thread = threading.Thread(target=bell.wait, args=(heard, 30))
    thread.start()
    bell.close()
    thread.join(5)
    assert not thread.is_alive()
