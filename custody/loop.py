"""The jobs of custody as a process: again and again, saying once what hinders them."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from crypto.randomness import RandomBytes
from custody import pool
from custody.errors import CustodyError
from custody.reader import Reader
from ledger.errors import LedgerError
from storage.database import Database
from storage.errors import StorageError

IDLE_SECONDS = 0.5
RETRY_SECONDS = 2.0

_log = logging.getLogger(__name__)
_EXPECTED = (CustodyError, LedgerError, StorageError, SQLAlchemyError, OSError)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the jobs work with, and how many keys are to be ready in how much time."""

    database: Database
    reader: Reader
    clock: Callable[[], datetime]
    random: RandomBytes
    target: int = pool.TARGET
    timeout: timedelta = pool.TIMEOUT


def tick(setting: Setting) -> bool:
    """Each job once, in a transaction of its own; whether there was anything to do."""
    worked = 0
    with setting.database.session() as session:
        with setting.reader.reading(session) as view:
            worked += pool.follow(session, view, now=setting.clock())
        session.commit()
    with setting.database.session() as session:
        with setting.reader.reading(session) as view:
            worked += pool.end_overdue(session, view, now=setting.clock(), timeout=setting.timeout)
        session.commit()
    with setting.database.session() as session:
        with setting.reader.reading(session) as view:
            worked += pool.fill(
                session, view, now=setting.clock(), random=setting.random, target=setting.target
            )
        session.commit()
    return bool(worked)


def run_until(stopped: threading.Event, setting: Setting) -> None:
    """Does the jobs until `stopped` is set. What fails is logged once for each different reason, and tried again."""
    reason = ""
    while not stopped.is_set():
        try:
            worked = tick(setting)
        except _EXPECTED as error:
            if str(error) != reason:
                reason = str(error)
                _log.warning("the keys are not looked after: %s", error)
            stopped.wait(RETRY_SECONDS)
            continue
        if reason:
            _log.info("the keys are looked after again")
            reason = ""
        if not worked:
            stopped.wait(IDLE_SECONDS)
