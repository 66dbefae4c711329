"""Anchors of the ledger: which checkpoints go on chain, when, and which are there for good.

    request_anchor(session, now=now)        "at each closing", in the transaction of the closing
    Anchoring(...).run()                    the job: puts what is due into the outbox; the sender does the rest
    anchored(session)                       the newest anchor with the depth upon it

A request is for the first checkpoint that covers all entries its transaction saw; the job waits until that is
published. Requests that one checkpoint serves become one transaction. On the schedule the job makes a request itself.

The steps of a run, in one transaction, so that a crash leaves all or nothing of it:

    1. schedule  a request, if the newest is older than the interval and the log has grown.
    2. serve     the requests that the newest published checkpoint covers: one outbox row for that checkpoint.
    3. repeat    requests whose transaction the contract refused: as new requests, once the log has grown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from guarantees.chain import calls, outbox
from guarantees.chain.models import AnchorRow, OutboxRow
from guarantees.chain.outbox import CONFIRMED, MINED, REFUSED, REVERTED, SENT, SIGNED, WANTED
from guarantees.chain.turn import Turn
from ledger import anchoring, log
from ledger.checkpoint import Checkpoint
from ledger.errors import LogError
from storage.database import Database

REQUESTED, FAILED = "requested", "failed"

_STATE = {
    WANTED: REQUESTED,
    SIGNED: SENT,
    SENT: SENT,
    MINED: MINED,
    CONFIRMED: CONFIRMED,
    REVERTED: FAILED,
    REFUSED: FAILED,
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint on its way to the chain: requested, sent, mined, confirmed (the depth is upon it), or failed.

    Size and root are None until a checkpoint serves the request, block and transaction until it is mined.
    """

    state: str
    size: int | None
    root: bytes | None
    block: int | None
    transaction: bytes | None


def request_anchor(session: Session, *, now: datetime) -> int:
    """Asks that all entries this transaction sees, its own included, be anchored; the request's id.

    The caller commits. Nothing is asked of a node.
    """
    row = AnchorRow(requested_at=now, mark=anchoring.mark(session))
    session.add(row)
    session.flush()
    return row.id


def anchored(session: Session) -> tuple[int, bytes, int] | None:
    """Size, root and block of the newest anchor that has the configured depth upon it; None before the first."""
    found = newest(session, CONFIRMED)
    if found is None or found.size is None or found.root is None or found.block is None:
        return None
    return found.size, found.root, found.block


def newest(session: Session, *states: str) -> Anchor | None:
    """The anchor of the largest checkpoint in one of these states (of those that have a checkpoint); None for none."""
    wanted = [state for state, shown in _STATE.items() if shown in states]
    query = select(AnchorRow, OutboxRow).join(OutboxRow, AnchorRow.outbox_id == OutboxRow.id)
    query = query.where(OutboxRow.state.in_(wanted)).order_by(AnchorRow.size.desc(), AnchorRow.id.desc())
    found = session.execute(query.limit(1).execution_options(populate_existing=True)).one_or_none()
    return None if found is None else _anchor(*found)


def anchor_of(session: Session, request: int) -> Anchor:
    """How far the request with this id is. LookupError if there is none."""
    row = session.get(AnchorRow, request, populate_existing=True)
    if row is None:
        raise LookupError(f"there is no anchor request {request}")
    sent = (
        None if row.outbox_id is None else session.get_one(OutboxRow, row.outbox_id, populate_existing=True)
    )
    return _anchor(row, sent)


def _anchor(row: AnchorRow, sent: OutboxRow | None) -> Anchor:
    if sent is None:
        return Anchor(REQUESTED, None, None, None, None)
    return Anchor(_STATE[sent.state], row.size, row.root, sent.block, sent.transaction)


class Anchoring:
    """The job. `poster` is the account that the contract lets anchor this log; its sender must run."""

    def __init__(
        self, database: Database, *, poster: bytes, clock: Callable[[], datetime], interval: timedelta
    ) -> None:
        self._database = database
        self._poster = poster
        self._clock = clock
        self._interval = interval
        self._turn = Turn(database, "anchoring")

    def run(self) -> bool:
        """One run; True if something was put into the outbox, False also if another process has the turn.

        A database without a log has nothing to anchor.
        """
        if not self._turn.take():
            return False
        with self._database.session() as session:
            try:
                checkpoint = anchoring.published(session)
            except LogError:
                return False
            if checkpoint is None:
                return False
            self._schedule(session, checkpoint)
            self._repeat(session, checkpoint)
            served = self._serve(session, checkpoint)
            session.commit()
        return served

    def close(self) -> None:
        """Gives the turn back; `run` takes it again."""
        self._turn.give_back()

    def _schedule(self, session: Session, checkpoint: Checkpoint) -> None:
        """Step 1."""
        newest_first = select(AnchorRow.requested_at).order_by(AnchorRow.requested_at.desc()).limit(1)
        last = session.execute(newest_first).scalar_one_or_none()
        sizes = select(AnchorRow.size).where(AnchorRow.size >= checkpoint.size).limit(1)
        has_grown = session.execute(sizes).first() is None
        if has_grown and (last is None or self._clock() - last >= self._interval):
            session.add(AnchorRow(requested_at=self._clock(), mark=0))
            session.flush()

    def _serve(self, session: Session, checkpoint: Checkpoint) -> bool:
        """Step 2."""
        waiting = select(AnchorRow).where(AnchorRow.outbox_id.is_(None)).order_by(AnchorRow.id)
        ready = [
            row
            for row in session.execute(waiting).scalars()
            if anchoring.covers(session, checkpoint.size, row.mark)
        ]
        if not ready:
            return False
        call = calls.anchor(anchoring.log_hash(checkpoint.origin), checkpoint.size, checkpoint.root)
        purpose = f"anchor {checkpoint.origin} at {checkpoint.size}"
        sent = outbox.want(session, call, key=self._poster, purpose=purpose, now=self._clock())
        for row in ready:
            row.size, row.root, row.outbox_id = checkpoint.size, checkpoint.root, sent
        session.flush()
        return True

    def _repeat(self, session: Session, checkpoint: Checkpoint) -> None:
        """Step 3. The same size again would be the same refusal, or the same purpose."""
        failed = select(OutboxRow.id).where(OutboxRow.state.in_((REVERTED, REFUSED)))
        unserved = (AnchorRow.outbox_id.in_(failed)) & (AnchorRow.size < checkpoint.size)
        session.execute(update(AnchorRow).where(unserved).values(size=None, root=None, outbox_id=None))


def origin(session: Session) -> str | None:
    """The origin of this database's log; None if there is none."""
    try:
        return log.head(session).origin
    except LogError:
        return None
