"""The sequencer's process: runs again and again, and says in one sentence what keeps it from publishing."""

import logging
import time
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


def run_until(
    stopped: Callable[[], bool],
    sequencer: Sequencer,
    database: Database,
    *,
    clock: Callable[[], datetime],
    random: RandomBytes,
) -> None:
    """Sequences and covers until `stopped()`.

    What fails (a witness, a disk, the database) is logged once for each different reason and tried again: nothing that
    was promised depends on a run that succeeds, only how soon it is published.
    """
    reason = ""
    while not stopped():
        try:
            with database.session() as session:
                cover.tick(session, now=clock(), random=random)
                session.commit()
            worked = sequencer.run()
            if reason:
                _log.info("the ledger is published again")
                reason = ""
        except (LedgerError, StorageError, SQLAlchemyError) as error:
            if str(error) != reason:
                reason = str(error)
                _log.warning(
                    "the ledger is not published: %s %s", error, " ".join(getattr(error, "__notes__", []))
                )
            time.sleep(RETRY_SECONDS)
            continue
        if not worked:
            time.sleep(IDLE_SECONDS)
    sequencer.close()
