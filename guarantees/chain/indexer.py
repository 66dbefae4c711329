"""The indexer: follows the events of our contracts into the database, up to the blocks that have the depth upon them.

One run, whose steps a crash may cut off anywhere; the rows of followed blocks say how far it came:

    0. guard    the node has our chain and our contracts, and the database is bound to them.
    1. fork     the newest block that was followed must still be the chain's. If it is not, go back to the newest one
                that is, and take back, in one transaction, all that came from blocks above it.
    2. read     the next batch: the hash of its last block, the parent of its first, which must be the block followed
                before, the logs, and the hash of the last block again. If that changed meanwhile, nothing is kept: the
                logs could be of two chains.
    3. store    in one transaction: the events, what is derived from them, and the last block's row.
                A crash before the commit: nothing happened, and the batch is read again.

A depth of 0 is right where blocks are final at once. Whatever the depth, a reorganisation that is deeper is found in
step 1 and followed; the depth is how seldom a reader sees that.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from guarantees.chain import index
from guarantees.chain.binding import bind, bound
from guarantees.chain.errors import NodeRefusedError, NodeUnavailableError
from guarantees.chain.events import Event, decode
from guarantees.chain.gateway import Gateway
from guarantees.chain.models import BlockRow
from guarantees.chain.node import Block
from guarantees.chain.turn import Turn
from storage.database import Database

MAX_BATCH = 2000
"""Blocks whose logs are asked for at once; fewer after a node refused."""

KEPT = 10_000
"""Followed blocks whose hashes are kept; a reorganisation below them makes the index start over."""

_log = logging.getLogger(__name__)

Probe = Callable[[str], None]


def _no_probe(step: str) -> None:
    """Production's probe."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The events up to and with the block `last`, to be put upon the block `before`."""

    before: int
    last: Block
    events: Sequence[Event]


@dataclass(slots=True)
class Indexer:
    """One process's indexer. It holds a connection, and on it the turn, from the first run to `close`."""

    database: Database
    gateway: Gateway
    depth: int = 12
    probe: Probe = _no_probe
    _turn: Turn = field(init=False)
    _span: int = field(init=False, default=MAX_BATCH)
    _is_guarded: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._turn = Turn(self.database, "indexer")

    def take(self) -> bool:
        """Whether it is this process's turn; held until `close`."""
        return self._turn.take()

    def run(self) -> bool:
        """Does one batch, or goes back; True if there was something, False also if another process has the turn.

        Raises whatever a step raises; the next run goes on from there. Whoever cannot go on calls `close`.
        """
        if not self.take():
            return False
        if not self._is_guarded:
            self.guard()
        confirmed = self.gateway.confirmed_block(self.depth)
        with self.database.session() as session:
            newest = newest_block(session)
        if newest is not None and not self._is_of_the_chain(newest):
            return self._go_back(newest)
        before = self.gateway.deployment.first_block - 1 if newest is None else newest.number
        if before >= confirmed:
            return False
        self.probe("before read")
        batch = self.read(before, newest.hash if newest else None, confirmed)
        if batch is None:
            return False  # after a pause: a node that contradicts itself must not keep us busy
        with self.database.session() as session:
            bound(session, for_update=True)
            now = newest_block(session)
            if (now and (now.number, now.hash)) != (newest and (newest.number, newest.hash)):
                return True  # another process did it
            self.keep(session, batch)
            self.probe("during store")
            session.commit()
        self.probe("after store")
        return True

    def guard(self) -> None:
        """Step 0."""
        self.gateway.check()
        with self.database.session() as session:
            bind(session, self.gateway.deployment)
            session.commit()
        self._is_guarded = True

    def read(self, before: int, before_hash: bytes | None, confirmed: int) -> Batch | None:
        """Step 2: the batch after the block `before`; None if the chain changed under it, or it has to be smaller."""
        node, deployment = self.gateway.node, self.gateway.deployment
        first, number = before + 1, min(before + self._span, confirmed)
        last = node.block(number)
        start = last if number == first else node.block(first)
        if last is None or start is None or (before_hash is not None and start.parent != before_hash):
            return None
        try:
            logs = node.logs([deployment.registry, deployment.ledger_anchor], first, number)
        except (NodeRefusedError, NodeUnavailableError):
            if self._span == 1:
                raise
            self._span = max(
                1, min(self._span, number - before) // 2
            )  # too many logs, or blocks, or too slow
            raise
        self._span = min(2 * self._span, MAX_BATCH)
        times = self._times({log.block for log, time in logs if time is None})
        events = []
        for log, time in logs:
            block_time, block_hash = (time, log.block_hash) if time is not None else times[log.block]
            if block_hash != log.block_hash:
                return None
            events.append(decode(log, deployment.name(log.address), block_time or 0))
        again = node.block(number)
        return Batch(before, last, events) if again is not None and again.hash == last.hash else None

    def keep(self, session: Session, batch: Batch) -> None:
        """Step 3, but for the commit."""
        index.store(session, batch.events)
        session.add(BlockRow(number=batch.last.number, hash=batch.last.hash))
        session.flush()
        session.execute(delete(BlockRow).where(BlockRow.number < batch.last.number - KEPT))

    def close(self) -> None:
        """Gives the turn back; `run` takes it again."""
        self._turn.give_back()
        self._is_guarded = False

    def _times(self, numbers: set[int]) -> dict[int, tuple[int, bytes]]:
        found = {}
        for number in numbers:
            block = self.gateway.node.block(number)
            found[number] = (block.time, block.hash) if block else (0, b"")
        return found

    def _is_of_the_chain(self, row: BlockRow) -> bool:
        block = self.gateway.node.block(row.number)
        return block is not None and block.hash == row.hash

    def _go_back(self, newest: BlockRow) -> bool:
        """Step 1. Nothing of the chain is kept if none of the kept blocks is still of it."""
        above = self.gateway.deployment.first_block - 1
        with self.database.session() as session:
            rows = list(session.execute(select(BlockRow).order_by(BlockRow.number.desc())).scalars())
        for row in rows:
            if self._is_of_the_chain(row):
                above = row.number
                break
        self.probe("before back")
        with self.database.session() as session:
            bound(session, for_update=True)
            gone = index.forget(session, above)
            session.execute(delete(BlockRow).where(BlockRow.number > above))
            self.probe("during back")
            session.commit()
        _log.warning(
            "the chain was reorganised: from block %s back to %s, %s events", newest.number, above, gone
        )
        return True


def newest_block(session: Session) -> BlockRow | None:
    """The newest block that was followed."""
    query = select(BlockRow).order_by(BlockRow.number.desc()).limit(1)
    return session.execute(query).scalar_one_or_none()
