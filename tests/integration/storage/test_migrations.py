"""Every revision, up and down, with rows in the tables.

The rows of revision NNNN are in rows/NNNN.sql: INSERTs that are right at that revision. A revision without
them fails here, and so does one whose rows leave one of its new tables empty.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from storage import migrate, revisions
from storage.base import Base
from tests.database import Postgres
from tests.integration.storage.schema import rows_of, schema_of, tables_of

ROWS = Path(__file__).parent / "rows"
REVISIONS = revisions.revisions()
# Whatever declares tables: their classes are compared with what the revisions make.
MODELS = [
    "storage.blob_rows",
    "ledger.models",
    "custody.models",
    "parties.models",
    "bidding.models",
    "guarantees.models",
    "guarantees.chain.models",
    "oversight.models",
    "app.models",
]


def connect(url: str) -> Connection:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool).connect()


def before(revision: str) -> str:
    """The revision before, in the words of `downgrade`."""
    index = REVISIONS.index(revision)
    return REVISIONS[index - 1] if index else "base"


def insert_rows(url: str, revision: str) -> None:
    file = ROWS / f"{revision}.sql"
    if not file.exists():
        pytest.fail(f"revision {revision} has no rows to be tested with: write {file.name} into {ROWS}")
    with psycopg.connect(url) as connection:
        connection.execute(file.read_bytes())


def climb(url: str, to: str) -> None:
    """Upgrade to `to` one by one, with each revision's rows put in on the way."""
    for revision in REVISIONS[: REVISIONS.index(to) + 1 if to != "base" else 0]:
        migrate.upgrade(url, revision)
        insert_rows(url, revision)


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def steps(postgres: Postgres) -> dict[str, str]:
    """By revision, the name of a database at it with the rows of all revisions so far: to copy, never to connect to."""
    names = {"base": "template1"}
    for revision in REVISIONS:
        names[revision] = f"at_{revision}"
        url = postgres.create(names[before(revision)], name=names[revision])
        migrate.upgrade(url, revision)
        insert_rows(url, revision)
    return names


@pytest.fixture
def below(revision: str, postgres: Postgres, steps: dict[str, str]) -> Iterator[str]:
    """A database one below `revision`, with the rows of all revisions so far."""
    url = postgres.create(steps[before(revision)])
    yield url
    postgres.retire(url)


def test_each_new_table_has_rows_to_be_tested_with(revision: str, below: str) -> None:
    with connect(below) as connection:
        old_tables, old_rows = tables_of(connection), rows_of(connection)
    migrate.upgrade(below, revision)
    insert_rows(below, revision)
    with connect(below) as connection:
        new_rows = rows_of(connection)
    empty = [table for table in new_rows if table not in old_tables and not new_rows[table]]
    assert not empty, f"rows/{revision}.sql puts nothing into {', '.join(empty)}"
    assert sum(map(len, new_rows.values())) > sum(map(len, old_rows.values()))


def test_going_up_and_down_again_leaves_tables_and_rows_as_they_were(revision: str, below: str) -> None:
    with connect(below) as connection:
        old_schema, old_rows = schema_of(connection), rows_of(connection)
    migrate.upgrade(below, revision)
    assert revisions.current(below) == revision
    migrate.downgrade(below, before(revision))
    with connect(below) as connection:
        assert schema_of(connection) == old_schema
        assert rows_of(connection) == old_rows


def test_going_down_with_rows_of_its_own_works_and_up_again_too(revision: str, below: str) -> None:
    with connect(below) as connection:
        old_schema = schema_of(connection)
    migrate.upgrade(below, revision)
    with connect(below) as connection:
        new_schema = schema_of(connection)
    assert new_schema != old_schema, "a revision that changes nothing"
    insert_rows(below, revision)
    migrate.downgrade(below, before(revision))
    with connect(below) as connection:
        assert schema_of(connection) == old_schema
    migrate.upgrade(below, revision)
    with connect(below) as connection:
        assert schema_of(connection) == new_schema


def test_the_whole_way_up_and_down_in_one_go(empty_database_url: str) -> None:
    with connect(empty_database_url) as connection:
        bare = schema_of(connection)
    climb(empty_database_url, REVISIONS[-1])
    migrate.downgrade(empty_database_url, "base")
    with connect(empty_database_url) as connection:
        assert schema_of(connection) == bare
    migrate.upgrade(empty_database_url)
    revisions.check_current(empty_database_url)


def test_the_revisions_make_exactly_the_tables_that_the_classes_describe(database_url: str) -> None:
    for module in MODELS:
        if find_spec(module) is not None:
            __import__(module)
    with connect(database_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_revisions_are_one_line_of_numbers_and_files_are_named_after_them() -> None:
    scripts = ScriptDirectory.from_config(migrate._config())
    previous = None
    for number, script in enumerate(reversed(list(scripts.walk_revisions())), start=1):
        assert script.revision == f"{number:04}"
        assert script.down_revision == previous
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", Path(script.path).name)
        previous = script.revision


def test_no_rows_are_left_of_a_revision_that_is_gone() -> None:
    assert {file.stem for file in ROWS.glob("*.sql")} <= set(REVISIONS)


def test_the_copied_database_is_at_the_newest_revision(postgres: Postgres, database_url: str) -> None:
    revisions.check_current(database_url)
    assert database_url != postgres.url("migrated")
