"""Deadlines that wait for a slow machine: put off by the tenderee while bidders still work, as the law lets it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bidding.tenders import changing
from storage.database import Database
from tests.e2e.keyholders.deployment import now

STEP = timedelta(seconds=30)


@dataclass
class Deadlines:
    """Of tenders, by their ids."""

    database: Database
    of: dict[str, datetime] = field(default_factory=dict)

    def keep_away(self, tender: str, least: timedelta) -> None:
        """At least so long from now."""
        if self.of[tender] - now() >= least:
            return
        until = (now() + least + STEP).replace(microsecond=0)
        with self.database.session() as session:
            changing.postpone(session, tender, until, "bidders need more time", now=now())
            session.commit()
        self.of[tender] = until

    @contextmanager
    def patient(self, **least: timedelta) -> Iterator[None]:
        """While the block lasts, each tender's deadline is at least so long away."""
        stopped, failures = threading.Event(), list[Exception]()

        def work() -> None:
            try:
                while not stopped.wait(1):
                    for tender, span in least.items():
                        self.keep_away(tender, span)
            except Exception as error:  # noqa: BLE001 - raised again below
                failures.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()
        assert not failures, failures
