"""The sequencer's process: runs again and again, and says in one sentence what keeps it from publishing."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from crypto.randomness import RandomBytes
from ledger import cover
from ledger.errors import LedgerError
from ledger.sequencer import Sequencer
from storage.database import Database
from storage.errors import StorageError

IDLE_SECONDS = 0.05
RETRY_SECONDS = 0.5

_log = logging.getLogger(__name__)
_EXPECTED = (LedgerError, StorageError, SQLAlchemyError, OSError)


def run_until(
    stopped: threading.Event,
    sequencer: Sequencer,
    database: Database,
    *,
    clock: Callable[[], datetime],
    random: RandomBytes,
) -> None:
    """Sequences and covers until `stopped` is set.

    What fails (a witness, a disk, the database) is logged once for each different reason and tried again: nothing that
    was promised depends on a run that succeeds, only how soon it is published. After a failure the lock is given back,
    so that another process can try.
    """
    covering = threading.Thread(
        target=_cover, args=(stopped, database, clock, random), name="cover", daemon=True
    )
    covering.start()
    reason = ""
    try:
        while not stopped.is_set():
            try:
                worked = sequencer.run()
            except _EXPECTED as error:
                if str(error) != reason:
                    reason = str(error)
                    notes = " ".join(getattr(error, "__notes__", []))
                    _log.warning("the ledger is not published: %s %s", error, notes)
                sequencer.close()
                stopped.wait(RETRY_SECONDS)
                continue
            if worked and reason:
                _log.info("the ledger is published again")
                reason = ""
            if not worked:
                stopped.wait(IDLE_SECONDS)
    finally:
        sequencer.close()
        covering.join(timeout=RETRY_SECONDS)


def _cover(
    stopped: threading.Event, database: Database, clock: Callable[[], datetime], random: RandomBytes
) -> None:
    """Cover entries at their own times, in no step with the batches, or their place among others would tell them."""
    wait = 0.0
    while not stopped.wait(wait):
        try:
            with database.session() as session:
                wait = cover.tick(session, now=clock(), random=random)
                session.commit()
        except _EXPECTED:
            wait = RETRY_SECONDS  # the sequencer says what is wrong
