"""A bell: whoever waits in one process hears at once that another has committed something.

    bell = Bell(database)
    heard = bell.rung()
    while not there_is_something():
        heard = bell.wait(heard, timeout=5)

    with database.session() as session:
        ...
        ring(session)
        session.commit()        # it rings now, or never if this fails

PostgreSQL's LISTEN and NOTIFY, on one connection a process. The bell says that something has happened, not what: who
hears it looks. It may ring for nothing, and rings once whenever it was deaf for a while, so that nothing is missed.
"""

import threading
from contextlib import suppress

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from storage.database import Database

CHANNEL = "sunseal"
PATIENCE = 0.25
"""Seconds after which the thread looks whether it is to end, or tries to connect again."""


def ring(session: Session) -> None:
    """Ring when this transaction commits."""
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class Bell:
    """One process's ear. Safe to share between threads; its own thread starts with the first who listens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rang = threading.Condition()
        self._count = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    def rung(self) -> int:
        """How often it rang. To be asked before looking whether there is something to wait for."""
        with self._rang:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
                self._thread.start()
            return self._count

    def wait(self, heard: int, timeout: float) -> int:
        """How often it rang, as soon as that is more than `heard`, or after `timeout` seconds, or when it is closed."""
        with self._rang:
            self._rang.wait_for(lambda: self._count > heard or self._closed, max(0.0, timeout))
            return self._count

    def strike(self) -> None:
        """Ring for this process alone."""
        with self._rang:
            self._count += 1
            self._rang.notify_all()

    def close(self) -> None:
        """Ends the thread; nobody waits any longer."""
        with self._rang:
            self._closed = True
            self._rang.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._closed:
            with suppress(SQLAlchemyError, psycopg.Error):
                self._listen_on_a_connection()
            with self._rang:
                self._rang.wait_for(lambda: self._closed, PATIENCE)

    def _listen_on_a_connection(self) -> None:
        with self._database.engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            driver = connection.connection.driver_connection
            connection.execute(text(f"LISTEN {CHANNEL}"))
            connection.detach()  # it hears for ever, so no pool gets it back
            if not isinstance(driver, psycopg.Connection):  # pragma: no cover - there is no other driver
                raise TypeError("the bell needs psycopg")
            self.strike()  # whatever was committed before is to be looked at
            while not self._closed:
                for _ in driver.notifies(timeout=PATIENCE, stop_after=1):
                    self.strike()
