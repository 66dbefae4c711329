"""What there is to say to keyholders, looked up once a process however many of them wait.

The bell rings when a request, an approval or a checkpoint is committed by whatever process; the first who hears it
looks, and the others take what it saw. Who waits holds no connection and no transaction.
"""

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from custody.mailbox import newest_requests
from custody.models import ApprovalRow
from ledger import log
from storage.bell import Bell
from storage.database import Database


@dataclass(frozen=True, slots=True)
class News:
    """The size of the published checkpoint, the newest request of each witness, and the newest approval."""

    published: int
    requests: Mapping[str, int]
    approval: int


class Board:
    """One process's board. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bell = Bell(database)
        self._looking = threading.Lock()
        self._seen: tuple[int, News] | None = None
        self._waiting: dict[Hashable, object] = {}

    def wait(self, who: Hashable, concerns: Callable[[News], bool], timeout: float) -> None:
        """Returns when there is news that concerns `who`, after `timeout` seconds, or when `who` waits anew.

        So nobody has two threads here, however many messages it sends. A database that fails counts as news: whoever
        looks next finds out.
        """
        end = time.monotonic() + timeout
        me = object()
        if self._waiting.get(who) is not None:
            self._bell.strike()
        self._waiting[who] = me
        try:
            while self._waiting.get(who) is me and (left := end - time.monotonic()) > 0:
                heard = self._bell.rung()
                try:
                    news = self._look(heard)
                except SQLAlchemyError:
                    return
                if concerns(news):
                    return
                if self._waiting.get(who) is me:
                    self._bell.wait(heard, left)
        finally:
            if self._waiting.get(who) is me:
                del self._waiting[who]

    def close(self) -> None:
        """Ends the thread."""
        self._bell.close()

    def _look(self, heard: int) -> News:
        with self._looking:
            if self._seen is None or self._seen[0] < heard:
                with self._database.session() as session:
                    news = News(
                        log.head(session).published_size,
                        newest_requests(session),
                        session.execute(select(func.coalesce(func.max(ApprovalRow.id), 0))).scalar_one(),
                    )
                self._seen = heard, news
            return self._seen[1]
