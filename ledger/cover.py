"""Cover entries: sealed entries with nothing behind them, at random times.

Without them the number of sealed entries would tell how many bids, withdrawals and guarantees there are. Their
rate is
itself random, so that the number of an hour says little: every hour a rate is drawn, log-uniform between MIN_RATE and
MAX_RATE, and with it exponential gaps. Both are kept in the database, so that no restart shows in them.
What can still be inferred is written in docs/threat-model.md.
"""

import math
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from ledger import log
from ledger.entries import Sealed
from ledger.models import CoverRow
from ledger.sealed import cover

EPOCH = timedelta(hours=1)
MIN_RATE = 12.0
"""Cover entries an hour, at the least."""
MAX_RATE = 240.0
LATE = timedelta(seconds=30)
MAX_WAIT = 1.0


def tick(session: Session, *, now: datetime, random: RandomBytes) -> float:
    """Appends a cover entry if one is due; the seconds until it should be asked again, MAX_WAIT at most.

    Any number of processes may ask: one of them appends. One that is overdue by more than LATE is not made up
    for, but
    drawn anew: the first entry after an outage would else always be cover. The caller commits.
    """
    due = session.execute(select(CoverRow.next_at)).scalar_one_or_none()  # without a lock
    if due is None or now < due:
        return _wait(now, due)
    row = session.execute(
        select(CoverRow).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or now < row.next_at:
        return _wait(now, None)
    overdue = now - row.next_at > LATE
    if now >= row.rate_until:
        row.rate, row.rate_until = draw_rate(random), now + EPOCH
    row.next_at = now + draw_gap(row.rate, random)
    if not overdue:
        log.append(session, Sealed(cover(random).hex()), now=now)
    return _wait(now, row.next_at)


def start(session: Session, *, now: datetime, random: RandomBytes) -> None:
    """The row that `tick` keeps; made when the log is opened."""
    rate = draw_rate(random)
    session.add(CoverRow(id=1, rate=rate, rate_until=now + EPOCH, next_at=now + draw_gap(rate, random)))


def draw_rate(random: RandomBytes) -> float:
    """Entries an hour, log-uniform between MIN_RATE and MAX_RATE."""
    return MIN_RATE * math.exp(math.log(MAX_RATE / MIN_RATE) * _uniform(random))


def draw_gap(rate: float, random: RandomBytes) -> timedelta:
    """The time to the next entry: exponential, with a mean of 1/rate hours."""
    return timedelta(hours=-math.log(_uniform(random)) / rate)


def _uniform(random: RandomBytes) -> float:
    """In (0, 1], never 0, so that its logarithm exists."""
    return (int.from_bytes(random(7), "big") + 1) / 2**56


def _wait(now: datetime, due: datetime | None) -> float:
    return MAX_WAIT if due is None else max(0.0, min(MAX_WAIT, (due - now).total_seconds()))
