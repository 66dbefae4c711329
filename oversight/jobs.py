"""The jobs of oversight: draws and samples that are due, and experts to be told. The rows are the queue.

Each runs in a transaction of its own, is idempotent, and may be done by any number of processes at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crypto.randomness import RandomBytes
from custody.reader import Reader
from oversight import calling, notices, samples
from oversight.ports import TellPort
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Setting:
    """What the jobs work with."""

    database: Database
    reader: Reader
    tell: TellPort
    clock: Callable[[], datetime]
    random: RandomBytes


def tick(setting: Setting) -> bool:
    """Everything that is due now, once; whether there was anything to do.

    An expert who could not be told is told at the next tick: the first such failure is raised when all else is done.
    """
    worked = False
    with setting.database.session() as session:
        draws, asked = calling.due(session, now=setting.clock()), samples.due(session)
    for draw in draws:
        with setting.database.session() as session:
            with setting.reader.reading(session) as view:
                worked |= calling.advance(session, draw, view, now=setting.clock(), random=setting.random)
            session.commit()
    for sample in asked:
        with setting.database.session() as session:
            with setting.reader.reading(session) as view:
                worked |= samples.draw(session, sample, view, now=setting.clock())
            session.commit()
    with setting.database.session() as session:
        untold = notices.untold(session, now=setting.clock())
    failure: OSError | None = None
    for draw, number in untold:
        try:
            worked |= _tell_one(setting, draw, number)
        except OSError as error:  # who cannot be reached now keeps nobody else waiting
            failure = failure or error
    if failure is not None:
        raise failure
    return worked


def _tell_one(setting: Setting, draw: bytes, number: int) -> bool:
    with setting.database.session() as session:
        told = notices.tell(session, draw, number, setting.tell, now=setting.clock(), random=setting.random)
        session.commit()
    return told
