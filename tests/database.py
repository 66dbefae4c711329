"""A real PostgreSQL for tests: one private server a session, and a fresh database for each test that asks.

| fixture              | what it is                                                             |
|----------------------|------------------------------------------------------------------------|
| `session`            | a Session on the test's own database, closed afterwards                |
| `database`           | the Database it comes from; for a test that needs several sessions     |
| `database_url`       | the URL of a fresh database at the newest revision, for other processes |
| `empty_database_url` | the URL of a fresh database without tables                             |
| `postgres`           | the session's server: `.url(name)`, `.create(template)`, `.retire(url)`  |

A fresh database takes about 0.05 s (a copy of one that was migrated once), and the server about 1 s, only if a
test asks for any of them. Whatever a test does to its database ends with the test: commit as you like.
Do not stop or kill the session's server; a test about that makes a PrivateServer of its own in `tmp_path`.

The server lies in a folder of its own and ends with the session; in memory where there is room (/dev/shm), for
nothing here must survive a power cut and fsync costs nothing there. That of a session that was killed is found
by the next one, by its lock that nobody holds any more, and removed.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from storage import migrate
from storage.database import Database
from storage.private_server import DATABASE, PrivateServer
from tests.environment import roomy_place

PREFIX = "sunseal-test-"
MIGRATED = "migrated"


class Postgres:
    """The server of one test session."""

    def __init__(self, server: PrivateServer) -> None:
        self.server = server
        server.start()
        self._admin = psycopg.connect(self.url("postgres"), autocommit=True)
        self._numbers = count(1)
        self._retired: list[str] = []

    def url(self, name: str) -> str:
        """The URL of the database `name` on this server."""
        return self.server.url.replace(f"/{DATABASE}?", f"/{name}?")

    def create(self, template: str = "template1", *, name: str | None = None) -> str:
        """A new database, a copy of `template` (which nobody may be connected to); its URL."""
        name = name or f"test_{next(self._numbers)}"
        while self._retired:
            self.drop(self._retired.pop())
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, under whoever is still connected."""
        name = make_url(url).database
        assert name is not None
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def retire(self, url: str) -> None:
        """Have a database dropped by and by: right after its last connection PostgreSQL would make us wait."""
        self._retired.append(url)

    def stop(self) -> None:
        self._admin.close()
        self.server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    remove_abandoned()
    unlocked = Path(tempfile.mkdtemp(prefix="new-" + PREFIX, dir=roomy_place()))
    lock = os.open(unlocked, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    # Under the name that another session looks for only now that it is locked.
    folder = unlocked.rename(unlocked.with_name(unlocked.name.removeprefix("new-")))
    try:
        server = Postgres(PrivateServer(folder / "postgres"))
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
        os.close(lock)


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    """The name of a database at the newest revision, to copy and never to connect to."""
    migrate.upgrade(postgres.create(name=MIGRATED))
    return MIGRATED


@pytest.fixture
def database_url(postgres: Postgres, migrated_template: str) -> Iterator[str]:
    url = postgres.create(migrated_template)
    yield url
    postgres.retire(url)


@pytest.fixture
def empty_database_url(postgres: Postgres) -> Iterator[str]:
    url = postgres.create()
    yield url
    postgres.retire(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, application_name="sunseal test")
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


def remove_abandoned() -> None:
    for folder in roomy_place().glob(PREFIX + "*"):
        try:
            lock = os.open(folder, os.O_RDONLY)
        except OSError:  # another user's, or just gone
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            PrivateServer(folder / "postgres").stop()
            shutil.rmtree(folder)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
