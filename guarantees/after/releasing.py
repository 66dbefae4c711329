"""Releases, without anyone asking: clocks from what became of lots, then `release` by the beneficiary's account.

    start   the clock of one guarantee: since when, by which rule, late from when
    sweep   the clocks of a lot's guarantees, from what happened to it; who knows of that calls it, and so does the job
    want    a release that nothing is in the way of goes into the outbox
    late    what is late, and why

A release counts once the chain has it (guarantees/after/following.py). It is wanted only when the chain shows the
guarantee presented and no demand open; its purpose names how much had happened by then, so that one which the contract
refused is wanted anew once something has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.after import clocks
from guarantees.after.clocks import SENTENCES, TROUBLES, Clock, Due, Trouble
from guarantees.chain import calls, index, outbox
from guarantees.chain.outbox import Progress
from guarantees.chain.refusals import State
from guarantees.models import Guarantee, ReleaseClock
from guarantees.ports import LotsPort
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import DEMANDED, FINAL
from statutes.said import Said

STANDING = frozenset({State.PRESENTED, State.REFUSED})
BATCH = 200


@dataclass(frozen=True, slots=True)
class Late:
    """A release past its day. `why` says what it waits for."""

    guarantee: bytes
    lot: str
    number: str
    clock: Clock
    due_at: datetime
    trouble: Trouble
    because: Said

    @property
    def why(self) -> Said:
        return TROUBLES[self.trouble]


def start(session: Session, row: Guarantee, due: Due) -> None:
    """The clock runs; one of this kind that runs already goes on as it is."""
    values = {
        "guarantee": row.id,
        "clock": str(due.clock),
        "rule": due.rule,
        "began_at": due.since,
        "due_at": due.until,
        "released_at": None,
        "late_because": "",
    }
    session.execute(
        insert(ReleaseClock).values(values).on_conflict_do_nothing(index_elements=["guarantee", "clock"])
    )


def sweep(session: Session, lots: LotsPort, lot: str, *, now: datetime) -> int:
    """How many guarantees of the lot have a clock that runs now. To be called after the lot's own rows are flushed."""
    endings = lots.endings(session, lot, now=now)
    if not endings:
        return 0
    statute = lots.statute(session, lot, now=now)
    started = 0
    query = select(Guarantee).where(Guarantee.lot == lot, Guarantee.state.not_in(FINAL))
    for row in session.execute(query.order_by(Guarantee.bid).with_for_update()).scalars():
        due = clocks.of_lot(statute, endings, row.bid)
        if due is not None:
            start(session, row, due)
            want(session, row, now=now)
            started += 1
    return started


def lots_to_sweep(session: Session) -> Sequence[str]:
    """Lots with a guarantee that has not ended and no clock that runs."""
    running = select(ReleaseClock.guarantee).where(ReleaseClock.released_at.is_(None))
    query = select(Guarantee.lot).where(Guarantee.state.not_in(FINAL), Guarantee.id.not_in(running))
    return session.execute(query.distinct().order_by(Guarantee.lot)).scalars().all()


def to_want(session: Session, *, after: int = 0) -> Sequence[tuple[int, bytes]]:
    """Guarantees with a clock that runs, as (clock's id, guarantee), in order of their days."""
    query = (
        select(ReleaseClock.id, ReleaseClock.guarantee)
        .join(Guarantee, Guarantee.id == ReleaseClock.guarantee)
        .where(ReleaseClock.released_at.is_(None), ReleaseClock.id > after)
        .where(Guarantee.state.not_in((*FINAL, DEMANDED)))
    )
    rows = session.execute(query.order_by(ReleaseClock.id).limit(BATCH))
    return [(number, guarantee) for number, guarantee in rows]


def want(session: Session, row: Guarantee, *, now: datetime) -> bool:
    """Puts the release of a locked row into the outbox, if nothing is in the way; whether it is there now."""
    standing = index.guarantee(session, row.id)
    if (
        row.state in (*FINAL, DEMANDED)
        or standing is None
        or standing.at(int(now.timestamp())) not in STANDING
    ):
        return False
    if not _successor_stands(session, row):
        return False
    key = bytes.fromhex(SignedGuarantee.parse(row.content).undertaking.on_chain.beneficiary)
    outbox.want(session, calls.release(row.id), key=key, purpose=_purpose(session, row), now=now)
    return True


def running(session: Session, guarantee: bytes) -> ReleaseClock | None:
    """The clock of a guarantee that is late first; None if none runs."""
    query = select(ReleaseClock).where(
        ReleaseClock.guarantee == guarantee, ReleaseClock.released_at.is_(None)
    )
    ordered = query.order_by(ReleaseClock.due_at, ReleaseClock.id).limit(1)
    return session.execute(ordered.execution_options(populate_existing=True)).scalar_one_or_none()


def late(session: Session, *, now: datetime) -> list[Late]:
    """What is late, the longest first, and what it waits for; which is written down too."""
    query = (
        select(ReleaseClock, Guarantee)
        .join(Guarantee, Guarantee.id == ReleaseClock.guarantee)
        .where(ReleaseClock.released_at.is_(None), ReleaseClock.due_at <= now)
        .where(Guarantee.state.not_in(FINAL))
    )
    found = []
    for clock, row in session.execute(query.order_by(ReleaseClock.due_at, ReleaseClock.id)):
        trouble = trouble_of(session, row)
        kind = Clock(clock.clock)
        clock.late_because = str(trouble)
        found.append(Late(row.id, row.lot, row.number, kind, clock.due_at, trouble, SENTENCES[kind]))
    session.flush()
    return found


def trouble_of(session: Session, row: Guarantee) -> Trouble:
    """What a release waits for."""
    standing = index.guarantee(session, row.id)
    presented = standing is not None and standing.state is not State.ISSUED
    sent = progress(session, row)
    return clocks.waits_for(
        state=row.state, presented=presented, sending=None if sent is None else sent.state
    )


def progress(session: Session, row: Guarantee) -> Progress | None:
    """How far the newest release is; None if none was wanted since the chain last changed."""
    return outbox.progress(session, _purpose(session, row))


def _purpose(session: Session, row: Guarantee) -> str:
    happened = len(index.history(session, row.id))
    return f"release {row.id.hex()} after {happened} events"


def _successor_stands(session: Session, row: Guarantee) -> bool:
    """A guarantee that was amended is let go only when its successor is presented."""
    if row.replaced_by is None:
        return True
    successor = index.guarantee(session, row.replaced_by)
    return successor is not None and successor.state is not State.ISSUED
