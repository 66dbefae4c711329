"""The gateway's process: each job in a thread of its own, again and again, and a sentence for whatever stops one."""

import logging
import threading
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from guarantees.chain.errors import ChainError
from ledger.errors import LedgerError
from storage.errors import StorageError

IDLE_SECONDS = 0.5
RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)
_EXPECTED = (ChainError, LedgerError, StorageError, SQLAlchemyError, OSError)


class Job(Protocol):
    """A sender, the indexer, the anchoring."""

    def run(self) -> bool:
        """Does what is to be done now; whether there was anything."""

    def close(self) -> None:
        """Lets another process have the turn."""


def run_until(stopped: threading.Event, jobs: Mapping[str, Job], *, idle: float = IDLE_SECONDS) -> None:
    """Runs the jobs, by name, until `stopped` is set.

    What fails (the node, the database, a transaction that the node does not take) is logged once for each different
    reason and tried again. A job that ends by a bug stops them all, and its error is raised here.
    """
    failures: list[Exception] = []

    def work(name: str, job: Job) -> None:
        try:
            _run_one(stopped, name, job, idle)
        except Exception as error:  # noqa: BLE001 -- raised again by the thread that joins
            failures.append(error)
            stopped.set()

    threads = [threading.Thread(target=work, args=pair, name=pair[0], daemon=True) for pair in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(timeout=0.2)  # in short waits, so that a signal is heard meanwhile
    if failures:
        raise failures[0]


def _run_one(stopped: threading.Event, name: str, job: Job, idle: float) -> None:
    reason = ""
    try:
        while not stopped.is_set():
            try:
                worked = job.run()
            except _EXPECTED as error:
                if str(error) != reason:
                    reason = str(error)
                    _log.warning("%s stands still: %s", name, error)
                job.close()
                stopped.wait(RETRY_SECONDS)
                continue
            if reason:
                _log.info("%s goes on", name)
                reason = ""
            if not worked:
                stopped.wait(idle)
    finally:
        job.close()
