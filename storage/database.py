"""The database: sessions on PostgreSQL. Nothing here commits; the caller does, once.

    database = Database(url)
    with database.session() as session:
        service.submit(session, ..., now=now)
        session.commit()

Which isolation, and why:

- READ COMMITTED is the rule. Our writers meet on single rows, and there it is enough: a job is taken by
  `FOR UPDATE SKIP LOCKED`, a checkpoint is swapped by `UPDATE ... WHERE` the old value, and PostgreSQL looks
  at the row again after waiting for it. It never makes a caller repeat a transaction.
- REPEATABLE READ, with `read_only=True`, is for whatever reads many rows that must belong together (an
  export, a report): one snapshot, no locks, no failures.
- SERIALIZABLE is for a rule across rows that no constraint can state. Its caller must be ready to run the
  whole transaction again (SQLSTATE 40001); nothing here does that for it.
"""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from storage.base import Base
from storage.engine import Limits, describe, make_engine, parse_url
from storage.errors import DatabaseUnavailableError, UnsuitableDatabaseError

__all__ = ["Base", "Database", "Isolation", "Limits"]

Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]

_SUITABLE = text(
    "SELECT current_setting('server_encoding'), current_setting('fsync'),"
    " current_setting('full_page_writes'), current_setting('synchronous_commit')"
)


class Database:
    """One pool of connections to one PostgreSQL, for one process; safe to share between its threads.

    A forked child starts with an empty pool of its own. Raises LocationError for a URL that is not
    understood; the server is first spoken to by `check` or by a session's first statement.
    """

    def __init__(self, url: str, *, application_name: str = "sunseal", limits: Limits | None = None) -> None:
        self._url = parse_url(url)
        self._engine = make_engine(self._url, application_name=application_name, limits=limits or Limits())
        # Rows stay readable after the commit: an answer built from them opens no second transaction.
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        _forget_connections_after_fork(self._engine)

    @property
    def engine(self) -> Engine:
        """The engine, for what needs a connection without a session, such as LISTEN."""
        return self._engine

    def __repr__(self) -> str:
        return f"Database({describe(self._url)!r})"

    @contextmanager
    def session(
        self, isolation: Isolation = "READ COMMITTED", *, read_only: bool = False
    ) -> Iterator[Session]:
        """A session that ends with the block. What was not committed by then is rolled back."""
        options: dict[str, Any] = {"isolation_level": isolation}
        if read_only:
            options["postgresql_readonly"] = True
        with self._sessions(bind=self._engine.execution_options(**options)) as session:
            yield session

    def check(self) -> None:
        """Refuse a database that must not be used; to be called once when a program starts.

        Raises DatabaseUnavailableError if it does not answer, and UnsuitableDatabaseError if it would forget
        a commit (a receipt given for it would be a lie) or is not in UTF-8. What is *not* checked: whether
        the disk below keeps what it says it wrote.
        """
        try:
            with self._engine.connect() as connection:
                encoding, fsync, full_page_writes, synchronous_commit = connection.execute(_SUITABLE).one()
        except OperationalError as error:
            raise DatabaseUnavailableError(
                f"the database {describe(self._url)} does not answer: {_reason(error)}; "
                "check DATABASE_URL and that PostgreSQL runs"
            ) from error
        if encoding != "UTF8":
            raise UnsuitableDatabaseError(
                f"the database is encoded in {encoding}: create it with ENCODING 'UTF8'"
            )
        forgetful = {
            "fsync": fsync,
            "full_page_writes": full_page_writes,
            "synchronous_commit": synchronous_commit,
        }
        off = [name for name, setting in forgetful.items() if setting == "off"]
        if off:
            raise UnsuitableDatabaseError(
                f"PostgreSQL runs with {', '.join(off)} off and may forget what it committed: "
                "turn it on; a receipt must hold"
            )

    def close(self) -> None:
        """Close the pooled connections; those that are lent close when they come back."""
        self._engine.dispose()


def _forget_connections_after_fork(engine: Engine) -> None:
    """Two processes on one connection would read each other's answers (a web server that forks workers)."""
    reference = weakref.ref(engine)

    def forget() -> None:
        inherited = reference()
        if inherited is not None:
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def _reason(error: OperationalError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[-1].strip() if lines else "no reason given"
