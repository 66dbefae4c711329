"""tests/database.py: what the other tests rely on."""

import tempfile
from pathlib import Path

import psycopg

from storage.database import Database
from storage.private_server import PrivateServer
from tests.database import PREFIX, Postgres, remove_abandoned
from tests.environment import roomy_place
from tests.integration.storage.servers import kill_server


def test_each_test_has_a_database_of_its_own(
    database: Database, database_url: str, empty_database_url: str
) -> None:
    assert database_url != empty_database_url
    with psycopg.connect(database_url) as full, psycopg.connect(empty_database_url) as empty:
        assert full.execute("SELECT to_regclass('blob')").fetchone() == ("blob",)
        assert empty.execute("SELECT to_regclass('blob')").fetchone() == (None,)
    database.check()


def test_a_retired_database_is_gone_when_the_next_one_is_made(postgres: Postgres) -> None:
    first = postgres.create()
    postgres.retire(first)
    postgres.retire(postgres.create())
    name = first.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgres.url("postgres")) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        assert found.fetchone() is None


def test_the_server_of_a_killed_session_is_removed_and_this_ones_is_not(postgres: Postgres) -> None:
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=roomy_place()))
    abandoned = PrivateServer(folder / "postgres")
    abandoned.start()
    try:
        remove_abandoned()
        assert not abandoned.running()
        assert not folder.exists()
        assert postgres.server.running()
    finally:
        kill_server(folder / "postgres")
