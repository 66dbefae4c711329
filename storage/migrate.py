"""Bring a database's tables to the state this program was written for, and back.

The steps of `upgrade` and `downgrade`:

1. Connect, with no limit on how long a statement may run, and a short one on how long it may wait for a
   lock: a migration queued behind a long query would hold up everybody who comes after it.
2. Take the advisory lock. A second process waits here, and finds nothing left to do.
3. Run each revision in a transaction of its own. A crash or an error leaves the revisions before it in
   place and nothing of the one it hit; running again goes on from there.
4. Close the connection, which gives the lock back; so does a crash.

How to add a revision is told in storage/migrations/versions/__init__.py.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage.engine import Limits, describe, make_engine, parse_url
from storage.errors import DatabaseUnavailableError, SchemaError

# Any 64-bit number serves, as long as nothing else in this database locks it: "sunseal" in ASCII.
ADVISORY_LOCK = int.from_bytes(b"sunseal", "big")
LONGEST_WAIT = timedelta(minutes=15)

_LIMITS = Limits(statement=timedelta(0), lock=timedelta(seconds=15), idle=timedelta(0))
_FOLDER = Path(__file__).resolve().parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Run every revision up to `revision`, and none that has run.

    Raises SchemaError for a database that a newer program has upgraded, or if another process held the
    lock for LONGEST_WAIT; DatabaseUnavailableError; and whatever a revision itself raises.
    """
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Undo every revision above `revision` (such as "0003", "-1", or "base" for all of them).

    What the undone revisions stored is lost. Raises as `upgrade` does.
    """
    _run(url, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The revision the database is at, None for one that was never upgraded."""
    with _connection(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision this program was written for.

    Raises SchemaError if the revisions do not end in one: two were written side by side.
    """
    heads = _scripts().get_heads()
    if len(heads) != 1:
        raise SchemaError(
            f"the migrations end in {len(heads)} revisions ({', '.join(heads)}): number one anew"
        )
    return heads[0]


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [script.revision for script in reversed(list(_scripts().walk_revisions()))]


def check_current(url: str) -> None:
    """Refuse a database whose tables are not this program's; to be called once when a program starts.

    Raises SchemaError, which says what to do, and DatabaseUnavailableError.
    """
    found, wanted = current(url), head()
    if found == wanted:
        return
    if found is None:
        raise SchemaError("the database has no tables yet: run `sunseal db upgrade`")
    if found in revisions():
        raise SchemaError(
            f"the database is at revision {found} and this program needs {wanted}: run `sunseal db upgrade`"
        )
    raise SchemaError(_newer(found))


def _run(url: str, action: Callable[[Config], None]) -> None:
    with _connection(url) as connection:
        _take_lock(connection)
        found = MigrationContext.configure(connection).get_current_revision()
        connection.commit()
        if found is not None and found not in revisions():
            raise SchemaError(_newer(found))
        config = _config()
        config.attributes["connection"] = connection
        try:
            action(config)
        except CommandError as error:
            raise SchemaError(f"the migrations cannot be run: {error}") from error
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            raise SchemaError(
                "a table is in use by a long transaction and could not be changed: stop the programs that "
                "use the database, and run again; the revisions before it stay"
            ) from error


def _take_lock(connection: Connection) -> None:
    wait = f"{round(LONGEST_WAIT.total_seconds())}s"
    try:
        connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": wait})
        # Of the session, not of the transaction: it must outlast each revision's own.
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    except OperationalError as error:
        raise SchemaError(
            f"another process has been changing the tables for {wait}: wait for it, or end it, and run again"
        ) from error
    connection.commit()


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    parsed = parse_url(url)
    engine = make_engine(parsed, application_name="sunseal db", limits=_LIMITS, pooled=False)
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise DatabaseUnavailableError(
            f"the database {describe(parsed)} does not answer: check DATABASE_URL and that PostgreSQL runs"
        ) from error
    with connection:
        yield connection


def _newer(found: str) -> str:
    return (
        f"the database is at revision {found}, which this program does not know: a newer Sunseal has "
        "upgraded it; install that version"
    )


def _config() -> Config:
    config = Config()
    # Alembic's configuration gives % a meaning.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
