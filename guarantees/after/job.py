"""The worker of guarantees. The rows are the queue: a run does what is due, any number may run at once.

    check     guarantees that wait for the chain are looked at again; the node is asked outside any transaction
    follow    events of the chain are taken over
    sweep     lots that ended have the clocks of their guarantees
    release   what a clock asks for and nothing stands against is wanted on chain
    expire    what has expired is noted
    reconcile database, ledger and chain are compared, at every interval

Each is a transaction of its own. A node that does not answer holds up the first alone.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from guarantees.after import following, reconciling, releasing, steps
from guarantees.chain import index
from guarantees.chain.errors import ChainError
from guarantees.chain.gateway import Gateway
from guarantees.checking import waiting
from guarantees.errors import NotFoundError
from guarantees.ports import LotsPort
from statutes.errors import RuleError
from storage.database import Database

SWEEP_EVERY = timedelta(seconds=30)
RECONCILE_EVERY = timedelta(minutes=10)

_log = logging.getLogger("sunseal.guarantees")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the worker works with. `gateway` is asked how far the chain is, `probe` told each step before its commit."""

    database: Database
    lots: LotsPort
    gateway: Gateway
    clock: Callable[[], datetime]
    sweep_every: timedelta = SWEEP_EVERY
    reconcile_every: timedelta = RECONCILE_EVERY
    patience: timedelta = reconciling.PATIENCE
    probe: Callable[[str], None] = lambda _: None


class GuaranteesJob:
    """One worker, for one thread. It keeps nothing that the rows lack, but for when it did what comes at intervals."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._swept: datetime | None = None
        self._reconciled: datetime | None = None
        self._reason = ""

    def run(self) -> int:
        """Does what is due now; how much that was."""
        done = self._check() + self._follow()
        done += self._sweep() + self._release() + self._expire()
        self._reconcile()
        return done

    def _check(self) -> int:
        setting, done = self._setting, 0
        with setting.database.session() as session:
            places = waiting.due(session, now=setting.clock())
            followed = index.followed(session)
            deadlines = {
                lot: setting.lots.terms(session, lot, now=setting.clock()).deadline
                for lot in {lot for lot, _ in places}
            }
        reached = {lot: self._reached(followed, deadline) for lot, deadline in deadlines.items()}
        for place in places:
            with setting.database.session() as session:
                now = setting.clock()
                complete = reached[place[0]]
                done += waiting.look_again(session, setting.lots, place, complete=complete, now=now)
                self._commit(session, "check")
        return done

    def _reached(self, followed: int | None, deadline: datetime) -> bool:
        """A chain that cannot be reached is said to be so once, and shows no more than it did."""
        try:
            reached = waiting.reached(self._setting.gateway, followed, deadline)
        except ChainError as error:
            if str(error) != self._reason:
                self._reason = str(error)
                _log.warning("the check of guarantees waits for the chain: %s", error)
            return False
        self._reason = ""
        return reached

    def _follow(self) -> int:
        setting = self._setting
        with setting.database.session() as session:
            behind = following.behind(session)
        done = 0
        for guarantee in behind:
            with setting.database.session() as session:
                done += following.follow(session, setting.lots, guarantee, now=setting.clock())
                self._commit(session, "follow")
        return done

    def _sweep(self) -> int:
        setting, now = self._setting, self._setting.clock()
        if self._swept is not None and now - self._swept < setting.sweep_every:
            return 0
        self._swept, done = now, 0
        with setting.database.session() as session:
            lots = releasing.lots_to_sweep(session)
        for lot in lots:
            with setting.database.session() as session:
                try:
                    done += releasing.sweep(session, setting.lots, lot, now=now)
                except (NotFoundError, RuleError) as error:
                    _log.warning("the guarantees of the lot %s have no clock: %s", lot, error)
                    continue
                self._commit(session, "sweep")
        return done

    def _release(self) -> int:
        setting, done, after = self._setting, 0, 0
        while True:
            with setting.database.session() as session:
                due = releasing.to_want(session, after=after)
            if not due:
                return done
            for after, guarantee in due:  # noqa: B007 - the last one is where the next batch begins
                with setting.database.session() as session:
                    row = steps.locked(session, guarantee)
                    before = releasing.progress(session, row)
                    wanted = releasing.want(session, row, now=setting.clock())
                    done += wanted and before is None
                    self._commit(session, "release")

    def _expire(self) -> int:
        setting = self._setting
        with setting.database.session() as session:
            over = following.expired(session, now=setting.clock())
        done = 0
        for guarantee in over:
            with setting.database.session() as session:
                done += following.expire(session, guarantee, now=setting.clock())
                self._commit(session, "expire")
        return done

    def _reconcile(self) -> None:
        setting, now = self._setting, self._setting.clock()
        if self._reconciled is not None and now - self._reconciled < setting.reconcile_every:
            return
        self._reconciled = now
        with setting.database.session() as session:
            found = reconciling.reconcile(session, now=now, patience=setting.patience)
            late = releasing.late(session, now=now)
            self._commit(session, "reconcile")
        for one in found:
            _log.warning("guarantee %s: %s", one.guarantee.hex(), one.sentence)
        for release in late:
            _log.warning("guarantee %s is to be released: %s", release.guarantee.hex(), release.why.en)

    def _commit(self, session: Session, step: str) -> None:
        self._setting.probe(step)
        session.commit()
