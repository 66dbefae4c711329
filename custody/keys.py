"""Taking a key from the pool: for one part of one lot, or for draws, and for nothing else ever."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from custody.errors import PoolEmptyError
from custody.models import RunRow
from custody.pool import BOUND, FREE
from custody.taken import PLATFORM, append_once
from ledger.entries import DrawKeyBound, KeyBound


@dataclass(frozen=True, slots=True)
class TakenKey:
    """`id` is what the ledger calls the key by, `recipient` the age1... that bids are sealed to."""

    id: str
    recipient: str


def take_key(session: Session, group: str, lot: str, part: str, *, now: datetime) -> TakenKey:
    """A free key of the group, bound to the part by an entry in the caller's transaction; the same if asked again.

    Two at once get different keys and do not wait for each other. If the transaction rolls back, the key is free again.
    Two that ask for the same part at once: the caller holds the lot's row. PoolEmptyError if no key is ready.
    """
    bound = _first(session, select(RunRow).where(RunRow.lot == lot, RunRow.part == part))
    if bound is not None:
        if bound.group_id != group:
            raise PoolEmptyError(f"part {part!r} of lot {lot!r} has a key of another group already")
        return _taken(bound)
    row = _free(session, group)
    row.state, row.lot, row.part = BOUND, lot, part
    append_once(session, KeyBound(row.id, lot, part), subject=row.id, member=PLATFORM, now=now)
    return _taken(row)


def bind_draw_key(session: Session, group: str, *, now: datetime) -> TakenKey:
    """The group's key for draws: the one that is bound to them, or else a free one that is from now on."""
    draws = select(RunRow).where(
        RunRow.group_id == group, RunRow.state == BOUND, RunRow.lot.is_(None), RunRow.part.is_(None)
    )
    bound = _first(session, draws.order_by(RunRow.finished_at, RunRow.id))
    if bound is not None:
        return _taken(bound)
    row = _free(session, group)
    row.state = BOUND
    append_once(session, DrawKeyBound(row.id), subject=row.id, member=PLATFORM, now=now)
    return _taken(row)


def _free(session: Session, group: str) -> RunRow:
    query = select(RunRow).where(RunRow.group_id == group, RunRow.state == FREE)
    row = _first(session, query.order_by(RunRow.finished_at, RunRow.id).with_for_update(skip_locked=True))
    if row is None:
        raise PoolEmptyError(
            f"no key of the group {group[:16]} is ready: `sunseal custody pool` says what it waits for"
        )
    return row


def _first(session: Session, query: Select[RunRow]) -> RunRow | None:
    return session.scalars(query.limit(1)).one_or_none()


def _taken(row: RunRow) -> TakenKey:
    if row.recipient is None:  # pragma: no cover - a constraint of the table
        raise PoolEmptyError(f"the key {row.id[:16]} has no recipient")
    return TakenKey(row.id, row.recipient)
