"""The pool of keys that are ready: filled ahead of need, so that publishing a lot never waits for a ceremony.

    fill         opens runs until the pool has its target
    end_overdue  gives up runs in which somebody does not answer
    follow       brings the rows to what the ledger says

Each is a job for one transaction, which the caller commits; any number of processes may do them at once. After a run
that failed, a group is tried with one run at a time, a while later, until one succeeds: a keyholder that is away, or
cheats, does not fill the ledger with runs that come to nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from crypto.threshold import recipient_of
from custody.models import RunRow
from custody.taken import PLATFORM, append_once
from ledger.entries import KeyRunEnded, KeyRunOpened
from ledger.view import KeyRun, LedgerView, PartUse

TARGET = 20
TIMEOUT = timedelta(minutes=10)
"""How long a run may take from its first entry."""
PAUSE = timedelta(seconds=60)
"""After a run that failed."""

OPEN, FREE, BOUND, FAILED = "open", "free", "bound", "failed"

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_LOCK_KEY = int.from_bytes(b"keypool!", "big") >> 1


def fill(
    session: Session, view: LedgerView, *, now: datetime, random: RandomBytes, target: int = TARGET
) -> int:
    """Opens runs in every complete group until its open runs and free keys are `target`; how many it opened.

    The lock makes the counting and the opening one step, whoever else fills: rows are counted, not what the view shows,
    for a run that was just opened is in no view yet.
    """
    session.execute(_LOCK, {"key": _LOCK_KEY})
    opened = 0
    for group in view.groups:
        if not group.is_complete:
            continue
        for _ in range(_room(session, group.id, now, target)):
            entry = KeyRunOpened(group.id, random(32).hex())
            run = append_once(session, entry, subject=group.id, member=PLATFORM, now=now)
            if run is not None:
                session.add(_row(run, group.id, now))
                opened += 1
    session.flush()
    return opened


def end_overdue(session: Session, view: LedgerView, *, now: datetime, timeout: timedelta = TIMEOUT) -> int:
    """Appends the end of runs that are open for longer than `timeout`, naming who did not answer; how many.

    The run's row stays open until the ledger shows the end: a last certificate may come before it.
    """
    query = (
        select(RunRow)
        .where(RunRow.state == OPEN, RunRow.ending_at.is_(None), RunRow.opened_at < now - timeout)
        .with_for_update(skip_locked=True)
    )
    ended = 0
    known = {run.id: run for run in view.keys}
    for row in session.execute(query).scalars():
        run = known.get(row.id)
        if run is None or not run.is_open:
            continue  # not in its place yet, or `follow` is about to take it
        missing = run.missing()
        names = ", ".join(run.group.member(number).name for number in missing)
        reason = f"no answer from {names} within {round(timeout.total_seconds())} s"
        append_once(
            session, KeyRunEnded(run.id, missing, reason[:2000]), subject=run.id, member=PLATFORM, now=now
        )
        row.ending_at = now
        ended += 1
    session.flush()
    return ended


def follow(session: Session, view: LedgerView, *, now: datetime) -> int:
    """Brings the rows of runs to what the ledger says; how many changed. Rows that somebody holds come later.

    Only rows that are behind are locked: a lot that is published meanwhile finds every key that is free.
    """
    adopted = _adopt(session, view, now)
    known = {run.id: run for run in view.keys}
    query = select(RunRow).where(RunRow.state.in_((OPEN, FREE)))
    seen = session.execute(query.execution_options(populate_existing=True)).scalars()
    behind = [row.id for row in seen if row.id in known and _is_behind(row, known[row.id])]
    held = query.where(RunRow.id.in_(behind)).with_for_update(skip_locked=True)
    changed = 0
    for row in session.execute(held.execution_options(populate_existing=True)).scalars() if behind else ():
        if _is_behind(row, known[row.id]):
            _bring(row, known[row.id], now)
            changed += 1
    session.flush()
    return adopted + changed


def counts(session: Session, group: str) -> dict[str, int]:
    """How many runs of a group are in each state."""
    query = select(RunRow.state, func.count()).where(RunRow.group_id == group).group_by(RunRow.state)
    found = {state: int(number) for state, number in session.execute(query)}
    return {state: found.get(state, 0) for state in (OPEN, FREE, BOUND, FAILED)}


def _room(session: Session, group: str, now: datetime, target: int) -> int:
    number = counts(session, group)
    room = target - number[OPEN] - number[FREE]
    last = session.execute(
        select(RunRow.state, RunRow.finished_at)
        .where(RunRow.group_id == group, RunRow.finished_at.is_not(None))
        .order_by(RunRow.finished_at.desc(), RunRow.id)
        .limit(1)
    ).one_or_none()
    if room > 0 and last is not None and last.state == FAILED:
        return 1 if number[OPEN] == 0 and now >= last.finished_at + PAUSE else 0
    return max(0, room)


def _told(run: KeyRun) -> tuple[str, str | None, str | None]:
    """What the ledger says of a run: its state, and the lot and part that its key serves."""
    if run.failed:
        return FAILED, None, None
    if run.public is None:
        return OPEN, None, None
    if run.use is None:
        return FREE, None, None
    return (BOUND, run.use.lot, run.use.part) if isinstance(run.use, PartUse) else (BOUND, None, None)


def _is_behind(row: RunRow, run: KeyRun) -> bool:
    return (row.state, row.lot, row.part) != _told(run)


def _bring(row: RunRow, run: KeyRun, now: datetime) -> None:
    row.state, row.lot, row.part = _told(run)
    if run.failed:
        row.reason, row.culprits = run.failed, list(run.culprits)
    elif run.public is not None:
        row.recipient = str(recipient_of(run.public))
    if row.state != OPEN and row.finished_at is None:
        row.finished_at = now


def _adopt(session: Session, view: LedgerView, now: datetime) -> int:
    """Rows for runs that the ledger has and the table has not: it was lost, or restored from an older copy."""
    runs = {run.id: run for run in view.keys}
    missing = runs.keys() - _ids(session)
    if not missing:
        return 0
    session.execute(_LOCK, {"key": _LOCK_KEY})
    missing -= _ids(session)
    for name in missing:
        row = _row(name, runs[name].group.id, now)
        _bring(row, runs[name], now)
        session.add(row)
    session.flush()
    return len(missing)


def _ids(session: Session) -> set[str]:
    found: Iterable[str] = session.execute(select(RunRow.id)).scalars()
    return set(found)


def _row(run: str, group: str, now: datetime) -> RunRow:
    return RunRow(
        id=run,
        group_id=group,
        opened_at=now,
        state=OPEN,
        recipient=None,
        lot=None,
        part=None,
        ending_at=None,
        finished_at=None,
        reason="",
        culprits=[],
    )
