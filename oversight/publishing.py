"""After the award: everything that a stranger needs to redo a draw is made public, in one transaction.

    1. Each call and each answer is revealed in the ledger, in the order of the sealed entries.
    2. The files (population, terms, names of those who were called) are named in the ledger by their hashes.

The salts of those who were never called are not shown: their attributes are known, their names are not.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger import log, named_files
from ledger.entries import DrawPublished, Revealed
from ledger.places import indices_of
from oversight import snapshots
from oversight.draw_tables import EXHAUSTED, FORMED, PUBLISHED, DrawRow, EventRow, SnapshotRow
from oversight.drawing import calls_of
from oversight.errors import DrawRefusedError, NotFoundError, TooEarlyError
from oversight.names_file import Drawn, Names
from oversight.ports import LotPort
from statutes.said import Said

FILES = ("population", "terms", "names")


def publish(session: Session, draw: bytes, lots: LotPort, *, now: datetime) -> None:
    """Publishes a draw. DrawRefusedError before the award, or if the draw is not over; TooEarlyError while an event
    has no index yet. A second time changes nothing.

    A draw that was exhausted is published too, after the award of its lot: the one that followed it does not hide it.
    """
    query = select(DrawRow).where(DrawRow.id == draw).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError(Said("没有该次抽取。", "there is no such draw"))
    if row.names is not None:
        return
    if row.state not in (FORMED, EXHAUSTED) or row.lot not in lots.awarded(session, [row.lot]):
        raise DrawRefusedError(
            "award", Said("定标前专家名单保密。", "the names stay sealed until the award of the lot")
        )
    events = list(session.scalars(select(EventRow).where(EventRow.draw_id == draw)))
    places = indices_of(session, [event.entry_id for event in events])
    if len(places) < len(events):
        raise TooEarlyError(
            Said(
                "抽取的一条记录尚未编入账本，请稍候再试。",
                "an event of the draw has no index in the ledger yet: try again in a moment",
            )
        )
    for event in sorted(events, key=lambda event: places[event.entry_id]):  # 1
        log.append(session, Revealed.of(places[event.entry_id], event.salt, event.body), now=now)
    snapshot = snapshots.get(session, row.snapshot_id)
    row.names = names_of(draw, snapshot, (call.position for call in calls_of(session, row))).to_bytes()
    if row.state == FORMED:
        row.state = PUBLISHED
    hashes = (named_files.keep(session, file) for file in (snapshot.population, row.terms, row.names))
    log.append(session, DrawPublished(draw.hex(), *hashes), now=now)  # 2


def names_of(draw: bytes, snapshot: SnapshotRow, positions: Iterable[int]) -> Names:
    """Who stands at these positions of a snapshot."""
    identities = snapshots.identities_of(snapshot)
    drawn = (Drawn(at, identities[at], snapshots.salt_of(snapshot, at)) for at in sorted(set(positions)))
    return Names(draw.hex(), tuple(drawn))


def file_of(session: Session, row: DrawRow, name: str) -> bytes:
    """A published file. NotFoundError for another name, and before the draw was published."""
    if row.names is None or name not in FILES:
        raise NotFoundError(
            Said(
                "没有该文件；抽取的文件在定标后公布。",
                "there is no such file; a draw's files are published after the award",
            )
        )
    if name == "population":
        return snapshots.get(session, row.snapshot_id).population
    return row.terms if name == "terms" else row.names
