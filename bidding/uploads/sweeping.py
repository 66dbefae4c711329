"""Removing what has expired, was ended, or is left of an upload that a bid has. A job: each run is idempotent.

A blob goes only if nothing names it: no row of a fact (storage.blob_rows), and no other upload on its way to it.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from bidding.uploads import rows
from bidding.uploads.models import FINISHED, GONE, HELD, JOINING, PieceRow, UploadRow
from storage.blob_rows import Blob
from storage.blobs import BlobStore
from storage.database import Database

GRACE = timedelta(minutes=10)
"""A request that was let in before the expiry has ended by then."""
BATCH = 100


def sweep(database: Database, blobs: BlobStore, *, now: datetime) -> int:
    """Removes all that is due; how many uploads that were."""
    removed = 0
    while True:
        with database.session() as session:
            due = or_(UploadRow.expires_at <= now - GRACE, UploadRow.state.in_((GONE, HELD)))
            query = select(UploadRow).where(due).limit(BATCH).with_for_update(skip_locked=True)
            found = session.execute(query).scalars().all()
            for row in found:
                _remove(session, blobs, row)
            session.commit()
        removed += len(found)
        if len(found) < BATCH:
            return removed


def sweep_pieces(database: Database, blobs: BlobStore) -> int:
    """Removes pieces of uploads that are one blob already: left by a crash between the two; how many."""
    with database.session() as session:
        joined = select(UploadRow.id).where(UploadRow.state == FINISHED)
        query = select(PieceRow.name).where(PieceRow.upload_id.in_(joined)).limit(BATCH)
        names = session.execute(query.with_for_update(skip_locked=True)).scalars().all()
        for name in names:
            blobs.delete(name)
        session.execute(delete(PieceRow).where(PieceRow.name.in_(names)))
        session.commit()
    return len(names)


def _remove(session: Session, blobs: BlobStore, row: UploadRow) -> None:
    for name in session.execute(select(PieceRow.name).where(PieceRow.upload_id == row.id)).scalars():
        blobs.delete(name)
    session.execute(delete(PieceRow).where(PieceRow.upload_id == row.id))
    if row.sha256 is not None:
        rows.lock_content(session, row.sha256)
        if not _is_named(session, row):
            blobs.delete(row.sha256)
    session.delete(row)


def _is_named(session: Session, row: UploadRow) -> bool:
    others = select(UploadRow.id).where(
        UploadRow.sha256 == row.sha256,
        UploadRow.id != row.id,
        UploadRow.state.in_((JOINING, FINISHED, HELD)),
    )
    held = select(Blob.sha256).where(Blob.sha256 == row.sha256)
    return any(session.execute(query.limit(1)).first() is not None for query in (others, held))
