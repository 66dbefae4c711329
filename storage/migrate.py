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

from collections.abc import Callable
from datetime import timedelta

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage import revisions
from storage.errors import SchemaError

# Any 64-bit number serves, as long as nothing else in this database locks it: "sunseal" in ASCII.
ADVISORY_LOCK = int.from_bytes(b"sunseal", "big")
LONGEST_WAIT = timedelta(minutes=15)


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


def _run(url: str, action: Callable[[Config], None]) -> None:
    with revisions.connection(url) as connection:
        _take_lock(connection)
        found = revisions.at(connection)
        connection.commit()
        if found is not None and found not in revisions.revisions():
            raise revisions.newer(found)
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


def _config() -> Config:
    config = Config()
    # Alembic's configuration gives % a meaning.
    config.set_main_option("script_location", str(revisions.FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
