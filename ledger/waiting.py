"""Appending and waiting for the receipt, for any number of callers at once.

    with Desk(database, files, policy) as desk:
        receipt = desk.append_and_wait(entry, now=now, timeout=2)

One thread of the process asks the database how far the log is published, and only while somebody waits; a
waiter reads
its own row only when that has moved. So a thousand waiters cost the database no more than one.
"""

import threading
import time
from datetime import datetime
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from ledger import log
from ledger.entries import Entry
from ledger.errors import LogError
from ledger.ports import TileFiles
from ledger.proof import Policy
from ledger.receipts import NotYetPublishedError, receipt_of
from storage.database import Database
from storage.errors import StorageError

POLL_SECONDS = 0.02

_PASSING = (NotYetPublishedError, SQLAlchemyError, StorageError)


class Desk:
    """Where a process waits for its receipts. Safe to share between threads; to be closed."""

    def __init__(self, database: Database, files: TileFiles, policy: Policy) -> None:
        self._database = database
        self._files = files
        self._policy = policy
        self._moved = threading.Condition()
        self._published = 0
        self._waiting = 0
        self._closed = False
        self._watch = threading.Thread(target=self._watch_publication, name="receipts", daemon=True)
        self._watch.start()

    def __enter__(self) -> "Desk":  # noqa: PYI034 - nobody derives from it
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the thread. Who still waits gets NotYetPublishedError."""
        with self._moved:
            self._closed = True
            self._moved.notify_all()
        self._watch.join()

    def append_and_wait(self, entry: Entry, *, now: datetime, timeout: float) -> bytes:
        """Appends `entry` in a transaction of its own and waits for its receipt, `timeout` seconds at most.

        Raises NotYetPublishedError when the time is up, or what kept it from reading: the entry is committed
        and will be
        published; what failed is the waiting. The error's note says under which id to ask for the receipt later
        (`receipts.receipt_of`).
        """
        with self._database.session() as session:
            entry_id = log.append(session, entry, now=now)
            session.commit()
        return self.wait(entry_id, timeout=timeout)

    def wait(self, entry_id: int, *, timeout: float) -> bytes:
        """The receipt of an entry that is committed, within `timeout` seconds; raises as `append_and_wait`."""
        end = time.monotonic() + timeout
        seen = -1
        with self._moved:
            self._waiting += 1
            self._moved.notify_all()
        try:
            while True:
                seen = self._wait_beyond(seen, end)
                try:
                    with self._database.session() as session:
                        return receipt_of(session, self._files, self._policy, entry_id)
                except _PASSING as error:
                    if time.monotonic() >= end or self._closed:
                        error.add_note(f"the entry's id is {entry_id}")
                        raise
        finally:
            with self._moved:
                self._waiting -= 1

    def _wait_beyond(self, seen: int, end: float) -> int:
        with self._moved:
            self._moved.wait_for(
                lambda: self._published > seen or self._closed, max(0.0, end - time.monotonic())
            )
            return self._published

    def _watch_publication(self) -> None:
        while True:
            with self._moved:
                self._moved.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
            try:
                with self._database.session() as session:
                    size = log.head(session).published_size
            except (SQLAlchemyError, StorageError, LogError):
                size = 0  # whoever waits finds out by himself when his time is up
            with self._moved:
                if size > self._published:
                    self._published = size
                    self._moved.notify_all()
            time.sleep(POLL_SECONDS)
