"""Whose turn it is: of all processes that do the same job, the one that holds an advisory lock works.

The lock is the connection's: a process that dies, or loses its connection, has given it back. It keeps two from working
at once in the ordinary course; should they all the same, each job's writes are conditional and do no harm.
"""

import hashlib
from contextlib import suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage.database import Database


class Turn:
    """The turn at the job of this name, in this database."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._key = int.from_bytes(hashlib.sha256(f"sunseal chain {name}".encode()).digest()[:8], "big") >> 1
        self._connection: Connection | None = None
        self._is_held = False

    def take(self) -> bool:
        """Whether it is ours, from now until `give_back` or the connection's end. Raises DBAPIError."""
        try:
            if self._connection is None:
                connection = self._database.engine.connect()
                self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            if self._is_held:
                self._connection.execute(text("SELECT 1"))  # a connection that died has given the lock away
            else:
                query = text("SELECT pg_try_advisory_lock(:key)")
                self._is_held = bool(self._connection.execute(query, {"key": self._key}).scalar_one())
        except DBAPIError:
            self.give_back()
            raise
        return self._is_held

    def give_back(self) -> None:
        """Let another process have it."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        self._is_held = False
