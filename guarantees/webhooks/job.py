"""The sender: takes what is due, sends it, writes down what came of it. Any number of them may run at once.

1. Claim: of each subscription the oldest that is due, with `due_at` moved LEASE ahead, committed. A slow receiver holds
   up nobody else.
2. Send them all at once. A crash here, or before 3 is committed, sends them again after the lease.
3. Mark, committed.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from guarantees.webhooks import announcing
from guarantees.webhooks.models import DEAD, DELIVERED, WAITING, DeliveryRow
from guarantees.webhooks.sending import ATTEMPT_SECONDS, Poster, Result
from storage.database import Database

BACKOFF = tuple(
    timedelta(minutes=minutes) for minutes in (0.2, 1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440)
)
"""After the first failure, the second...; one attempt more than there are pauses, over about four days."""
LEASE = timedelta(seconds=4 * ATTEMPT_SECONDS)
KEPT = timedelta(days=30)
"""How long a delivery stays to be looked at once it is delivered or dead."""
BATCH = 32

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the sender works with. `probe` is told each step as it is come to: tests die there."""

    database: Database
    poster: Poster
    clock: Callable[[], datetime]
    probe: Callable[[str], None] = lambda _: None


class Sender:
    """A job of `guarantees.chain.loop.run_until`."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def run(self) -> bool:
        """One round; whether there was anything to send."""
        setting = self._setting
        with setting.database.session() as session:
            rows = claim(session, now=setting.clock())
            session.commit()
        if not rows:
            return False
        setting.probe("claimed")
        results = asyncio.run(self._send(rows))
        setting.probe("sent")
        with setting.database.session() as session:
            for row, result in zip(rows, results, strict=True):
                mark(session, row, result, now=setting.clock())
            sweep(session, now=setting.clock())
            session.commit()
        return True

    def close(self) -> None:
        """Nothing is held between rounds."""

    async def _send(self, rows: Sequence[DeliveryRow]) -> list[Result]:
        poster, now = self._setting.poster, self._setting.clock()
        async with poster.client() as client:
            posts = (
                poster.post(client, row.webhook.url, announcing.content(row), str(row.event_id), now=now)
                for row in rows
            )
            return list(await asyncio.gather(*posts))


def claim(session: Session, *, now: datetime) -> Sequence[DeliveryRow]:
    """Step 1: rows that are ours until their lease ends."""
    oldest = (
        select(DeliveryRow.id)
        .ext(distinct_on(DeliveryRow.webhook_id))
        .where(DeliveryRow.state == WAITING, DeliveryRow.due_at <= now)
        .order_by(DeliveryRow.webhook_id, DeliveryRow.due_at, DeliveryRow.id)
    )
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.id.in_(oldest), DeliveryRow.state == WAITING, DeliveryRow.due_at <= now)
        .order_by(DeliveryRow.due_at)
        .limit(BATCH)
        .with_for_update(of=DeliveryRow, skip_locked=True)
    ).all()
    for row in rows:
        if row.attempts > len(
            BACKOFF
        ):  # each time, whoever sent it ended before it could say what came of it
            row.state, row.due_at, row.done_at = DEAD, None, now
            row.trouble = "the sender ended in the middle of the last attempt"
            continue
        row.attempts += 1
        row.due_at = now + LEASE
    session.flush()
    return [row for row in rows if row.state == WAITING]


def mark(session: Session, sent: DeliveryRow, result: Result, *, now: datetime) -> None:
    """Step 3. Another sender may have taken over since; what was delivered stays delivered."""
    row = session.get(DeliveryRow, sent.id, with_for_update={"of": DeliveryRow})
    if row is None or row.state != WAITING:
        return
    row.last_status, row.trouble = result.status, result.trouble
    if not result.trouble:
        row.state, row.due_at, row.done_at = DELIVERED, None, now
        return
    if row.attempts != sent.attempts:
        return  # the attempt after ours says what comes next
    if result.is_final or row.attempts > len(BACKOFF):
        row.state, row.due_at, row.done_at = DEAD, None, now
        _log.warning("webhook %s: delivery %s is given up: %s", row.webhook_id, row.id, result.trouble)
        return
    row.due_at = now + BACKOFF[row.attempts - 1]


def sweep(session: Session, *, now: datetime) -> None:
    """Removes what has been done with for KEPT."""
    session.execute(delete(DeliveryRow).where(DeliveryRow.done_at < now - KEPT))


def counts(session: Session) -> dict[str, int]:
    """How many deliveries are in which state."""
    query = select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state).order_by(text("1"))
    return {str(row[0]): int(row[1]) for row in session.execute(query)}
