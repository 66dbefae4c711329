"""Writing the public files anew from the database, when they were lost."""

from sqlalchemy import select

from ledger import log
from ledger.errors import InconsistentError
from ledger.merkle import Frontier
from ledger.models import EntryRow
from ledger.ports import TileFiles
from ledger.sequencer import MAX_BATCH
from ledger.tile_files import CHECKPOINT_FILE, first_leaf, store_growth
from storage.database import Database


def rebuild_tiles(database: Database, files: TileFiles) -> int:
    """Writes every tile and bundle up to the stored size, and the published checkpoint; that size.

    Partial tiles of earlier checkpoints are not written again: c2sp.org/tlog-tiles lets a log drop them. Files that are
    there already must have the same content: InconsistentError if one has not, or if the rows do not lead to the head.
    """
    with database.session() as session:
        row = log.head(session)
    tree = Frontier()
    for old in range(0, row.stored_size, MAX_BATCH):
        new = min(old + MAX_BATCH, row.stored_size)
        with database.session() as session:
            query = select(EntryRow.leaf).where(EntryRow.index >= first_leaf(old), EntryRow.index < new)
            leaves = session.execute(query.order_by(EntryRow.index)).scalars().all()
        tree = store_growth(files, old, leaves)
    if row.size == row.stored_size and tree != row.tree():
        raise InconsistentError(
            "the entries do not lead to the head of the log: the database was altered; restore it"
        )
    if row.published_note:
        files.put(CHECKPOINT_FILE, row.published_note)
    return row.stored_size
