"""Where appended entries have come to stand: by the id that `log.append` gave, the index in the log."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.models import EntryRow


def indices_of(session: Session, entry_ids: Collection[int]) -> dict[int, int]:
    """Index by id. An entry that has no index yet, or is not there, is left out."""
    found = session.execute(
        select(EntryRow.id, EntryRow.index).where(EntryRow.id.in_(entry_ids), EntryRow.index.is_not(None))
    )
    return {key: index for key, index in found if index is not None}
