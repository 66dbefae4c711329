"""Cover entries: sealed entries with nothing behind them, at random times.

Without them the number of sealed entries would tell how many bids, withdrawals and guarantees there are. Their rate is
itself random, so that the number of an hour says little: every hour a rate is drawn, log-uniform between MIN_RATE and
MAX_RATE, and with it exponential gaps. Both are drawn and kept here, so neither a restart nor an outage shows in them.
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


def tick(session: Session, *, now: datetime, random: RandomBytes) -> bool:
    """Appends a cover entry if one is due; to be called often, and by any number of processes.

    True if it appended one. After an outage there is one entry, not all that were missed: a burst would tell when the
    platform was down, and nothing else. The caller commits.
    """
    row = session.execute(select(CoverRow).with_for_update(skip_locked=True)).scalar_one_or_none()
    if row is None or now < row.next_at:
        return False
    if now >= row.rate_until:
        row.rate, row.rate_until = draw_rate(random), now + EPOCH
    row.next_at = now + draw_gap(row.rate, random)
    log.append(session, Sealed(cover(random).hex()), now=now)
    return True


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
