"""The jobs of oversight: what is due in draws and samples, and experts to be told. The rows are the queue.

Each runs in a transaction of its own, is idempotent, and may be done by any number of processes at once.

    1. A draw whose seed came, or that has a call whose window is over, goes on.
    2. Bidders that an opening has named are matched with the employers of those called.
    3. After the award the names are published.
    4. A sample whose seed came is drawn and published.
    5. Whoever was called is told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from custody.errors import CustodyError
from custody.reader import Reader
from oversight import calling, following, notices, samples
from oversight.errors import OversightError
from oversight.ports import CommitteePort, LotPort, TellPort
from storage.database import Database

_Act = Callable[[Session], bool]
_ITS_OWN = (CustodyError, OversightError, OSError)
"""What is wrong with one draw, sample or telephone, and keeps no other waiting."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the jobs work with."""

    database: Database
    reader: Reader
    tell: TellPort
    lots: LotPort
    committee: CommitteePort
    clock: Callable[[], datetime]
    random: RandomBytes


def tick(setting: Setting) -> bool:
    """Everything that is due now, once; whether there was anything to do.

    What cannot be done now is tried at the next tick: the first such failure is raised when all else is done.
    """
    worked, failures = False, list[Exception]()
    for due in (_advancing, _matching, _publishing, _sampling, _telling):
        with setting.database.session() as session:
            acts = list(due(setting, session))
        for act in acts:
            try:
                with setting.database.session() as session:
                    worked |= act(session)
                    session.commit()
            except _ITS_OWN as error:
                failures.append(error)
    if failures:
        raise failures[0]
    return worked


def _advancing(setting: Setting, session: Session) -> Iterable[_Act]:
    def advance(draw: bytes, session: Session) -> bool:
        with setting.reader.reading(session) as view:
            return calling.advance(session, draw, view, now=setting.clock(), random=setting.random)

    return [partial(advance, draw) for draw in calling.due(session, now=setting.clock())]


def _matching(setting: Setting, session: Session) -> Iterable[_Act]:
    def match(draw: bytes, session: Session) -> bool:
        following.match(
            *(session, draw, setting.lots),
            now=setting.clock(),
            random=setting.random,
            committee=setting.committee,
        )
        return True

    return [partial(match, draw) for draw in following.unmatched(session, setting.lots)]


def _publishing(setting: Setting, session: Session) -> Iterable[_Act]:
    def publish(draw: bytes, session: Session) -> bool:
        return following.publish(session, draw, setting.lots, now=setting.clock())

    return [partial(publish, draw) for draw in following.unpublished(session, setting.lots)]


def _sampling(setting: Setting, session: Session) -> Iterable[_Act]:
    def draw(sample: bytes, session: Session) -> bool:
        with setting.reader.reading(session) as view:
            return samples.draw(session, sample, view, now=setting.clock())

    return [partial(draw, sample) for sample in samples.due(session)]


def _telling(setting: Setting, session: Session) -> Iterable[_Act]:
    def tell(draw: bytes, number: int, session: Session) -> bool:
        return notices.tell(session, draw, number, setting.tell, now=setting.clock(), random=setting.random)

    return [partial(tell, draw, number) for draw, number in notices.untold(session, now=setting.clock())]
