"""The opening job. The rows are the queue: a run does what is due, any number may run at once, a missed tick changes
nothing. Of each opening, in this order, each step a transaction of its own:

    begin     a closing that is published has its rows
    refresh   the releases that came since are verified; what the ledger never admits fails at once
    bid       each bid whose key is known is opened and has its result, one transaction a bid
    show      of a public part, what lets anyone open it again goes on the ledger
    finish    all bids have results; or the window for shares is over and the fallback begins, or that too is over
    record    the hall's window is over: silence is recorded, and the opening record

A crash between any two leaves what is done done, and the next run goes on behind it.
"""

import logging
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.opening import beginning, fallback, one_bid, record, showing
from bidding.opening.causes import Cause, Fault, of_rule
from bidding.opening.errors import TroubleError
from bidding.opening.models import (
    FALLBACK,
    LATER,
    OPENED,
    RECORDED,
    SEALED,
    WAITING,
    OpenedBidRow,
    OpeningRow,
)
from bidding.opening.setting import Setting
from custody.opening import Opening
from ledger.view import ReleaseRefusedError
from statutes.errors import RuleError
from storage.errors import StorageError

BATCH = 100
_LOCKS = 0x53554F50
"""Ours among the advisory locks."""

_log = logging.getLogger("sunseal.opening")

Name = tuple[str, str]
"""(closing, part)."""


class OpeningJob:
    """One worker, for one thread. Between its runs it keeps verified shares, and nothing else that the rows lack."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._openings: dict[Name, Opening] = {}

    def run(self) -> int:
        """Does what is due now; how many openings and bids went on."""
        done = self._begin()
        for name in self._due():
            done += self._advance(name)
        return done

    def _now(self) -> datetime:
        return self._setting.clock()

    def _begin(self) -> int:
        database, begun = self._setting.database, 0
        with database.session() as session:
            waiting = beginning.not_begun(session)
        for _, closing in waiting:
            with database.session() as session, self._setting.reader.reading(session) as view:
                begun += beginning.begin(session, view, closing, now=self._now())
                self._setting.probe("begin")
                session.commit()
        return begun

    def _due(self) -> list[Name]:
        query = select(OpeningRow.closing, OpeningRow.part).where(OpeningRow.due_at <= self._now())
        with self._setting.database.session() as session:
            rows = session.execute(query.order_by(OpeningRow.due_at, OpeningRow.position).limit(BATCH))
            return [(closing, part) for closing, part in rows]

    def _advance(self, name: Name) -> int:
        """All that can be done of one opening now."""
        with self._setting.database.session() as session:
            row = lock(session, name)
            if row is None:
                return 0
            state = row.state
            if state == LATER:
                went_on = self._take_call(session, row)
                session.commit()
                if not went_on:
                    return 0
                state = WAITING
            elif state == OPENED:
                went_on = record.finish(session, self._setting, row, now=self._now())
                self._setting.probe("record")
                session.commit()
                self._openings.pop(name, None)
                return int(went_on)
        if not self._refresh(name):
            return 0
        done = sum(self._open(name, bid) for bid in self._openable(name))
        self._show(name)
        return done + self._finish(name)

    def _take_call(self, session: Session, row: OpeningRow) -> bool:
        row.due_at = self._now() + self._setting.windows.poll
        with self._setting.reader.reading(session) as view:
            return beginning.take_call(session, view, row, now=self._now())

    def _refresh(self, name: Name) -> bool:
        """Whether the ledger allows the opening now. Bids that it leaves out for good have their result."""
        setting = self._setting
        opening = self._openings.setdefault(
            name, Opening(setting.reader, name[0], name[1], setting.opening_key)
        )
        with setting.database.session() as session:
            row = lock(session, name)
            if row is None or row.state not in (WAITING, FALLBACK):
                return False
            now = self._now()
            row.due_at = now + setting.windows.poll
            try:
                opening.refresh(session, everyone=False)
            except ReleaseRefusedError as error:
                # Suspended, cancelled, not yet released: the keyholders' time has not begun.
                row.stopped, row.shares_until = error.rule, None
                session.commit()
                return False
            row.stopped = ""
            if row.shares_until is None:
                row.shares_until = now + setting.windows.shares
            for bid, refused in opening.verdict.refused.items():
                if refused.rule == "not-called":
                    continue
                left_out = one_bid.lock(session, opening, bid)
                if left_out is not None:
                    one_bid.fail(session, left_out, of_rule(refused.rule), now=now)
            setting.probe("refresh")
            session.commit()
        return True

    def _openable(self, name: Name) -> list[int]:
        """Bids without a result whose key is known."""
        opening = self._openings[name]
        with self._setting.database.session() as session:
            rows = session.execute(
                select(OpenedBidRow.bid, OpenedBidRow.given_key.is_not(None)).where(
                    OpenedBidRow.closing == name[0],
                    OpenedBidRow.part == name[1],
                    OpenedBidRow.state == SEALED,
                )
            ).all()
        admitted = {bid.index for bid in opening.verdict.admitted}
        return sorted(bid for bid, given in rows if bid in admitted and (given or bid in opening.ready))

    def _open(self, name: Name, bid: int) -> int:
        setting, opening = self._setting, self._openings[name]
        with setting.database.session() as session:
            row = one_bid.lock(session, opening, bid)
            if row is None:
                return 0
            now = self._now()
            try:
                one_bid.open_bid(session, setting, opening, row, now=now)
            except (TroubleError, StorageError) as error:
                session.rollback()
                self._in_trouble(name, bid, error)
                return 0
            setting.probe("bid")
            session.commit()
        setting.probe("bid-committed")
        return 1

    def _in_trouble(self, name: Name, bid: int, error: Exception) -> None:
        """Noted once; a result only when the time for mending it is over."""
        setting, opening = self._setting, self._openings[name]
        _log.error("entry %d, part %s, waits: %s", bid, name[1], error)
        with setting.database.session() as session:
            row = one_bid.lock(session, opening, bid)
            if row is None:
                return
            now = self._now()
            row.trouble_at = row.trouble_at or now
            if now >= row.trouble_at + setting.windows.storage:
                one_bid.fail(session, row, Fault(Cause.STORAGE), now=now)
            session.commit()

    def _show(self, name: Name) -> None:
        setting, opening = self._setting, self._openings[name]
        with setting.database.session() as session:
            if showing.show(session, setting, opening, now=self._now()):
                setting.probe("show")
                session.commit()

    def _finish(self, name: Name) -> int:
        setting, opening = self._setting, self._openings[name]
        with setting.database.session() as session:
            row = lock(session, name)
            if row is None or row.state not in (WAITING, FALLBACK):
                return 0
            now = self._now()
            fallback.advance(session, setting, opening, row, now=now)
            session.flush()
            if fallback.undecided(session, row) or showing.unshown(session, row):
                session.commit()
                return 0
            record.read_out(session, setting, row, now=now)
            session.flush()
            try:
                self._tell(session, name, now)
            except RuleError as error:
                session.rollback()
                _log.warning("part %s waits to be read out: %s", name[1], type(error).__name__)
                return 0
            setting.probe("finish")
            session.commit()
        return 1

    def _tell(self, session: Session, name: Name, now: datetime) -> None:
        """The tender, once the last of the parts that open at the deadline is read out. Two at a time take turns."""
        verdict = self._openings[name].verdict
        first = [part.name for part in verdict.lot.entry.parts if not part.after]
        if name[1] not in first:
            return
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name[0], _LOCKS))))
        query = select(func.count()).where(
            OpeningRow.closing == name[0],
            OpeningRow.part.in_(first),
            OpeningRow.state.not_in((OPENED, RECORDED)),
        )
        if session.execute(query).scalar_one() == 0:
            self._setting.opened(session, verdict.lot.id, now=now)


def lock(session: Session, name: Name) -> OpeningRow | None:
    """The opening's row, unless another worker is at it."""
    query = select(OpeningRow).where(OpeningRow.closing == name[0], OpeningRow.part == name[1])
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()
