"""Appending: a fact goes into the log in the same transaction as the rows that it is about.

    with database.session() as session:
        tender.publish(session, ..., now=now)
        log.append(session, TenderPublished(...), now=now)
        session.commit()

If the transaction rolls back, there is no entry. Once it has committed, there is one for ever: the sequencer gives
it an index and publishes it. Of two entries, one committed before the other was appended, the first has the lower
index; between transactions that ran at the same time the order is open. Two that change one subject are put in
order by the
lock on its row: change the row first, or lock it, and then append.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import LargeBinary, and_, func, literal, not_, select
from sqlalchemy.orm import Session

from ledger.entries import Entry, Sealed, decode, encode
from ledger.errors import LogError
from ledger.merkle import leaf_hash
from ledger.models import EntryRow, HeadRow

_SEALED = encode(Sealed("0" * 64))
"""Any sealed entry but for the commitment within: all have this length, this beginning and this end."""
_SEALED_START, _SEALED_END = _SEALED.split(b"0" * 64)


def append(session: Session, entry: Entry, *, now: datetime) -> int:
    """Adds `entry` to the caller's transaction, which the caller commits; the id that a receipt is asked for by.

    Raises EntryError for an entry that its type does not allow.
    """
    leaf = encode(entry)
    session.flush()  # the caller's rows first: their locks make the order of ids that of the commits
    row = EntryRow(leaf=leaf, leaf_hash=leaf_hash(leaf), appended_at=now)
    session.add(row)
    session.flush()
    return row.id


def head(session: Session, *, for_update: bool = False) -> HeadRow:
    """The head's row. Raises LogError if no log was opened in this database."""
    query = select(HeadRow).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update() if for_update else query).scalar_one_or_none()
    if row is None:
        raise LogError("there is no log in this database: open one with `sunseal ledger init`")
    return row


def entry_at(session: Session, index: int) -> Entry:
    """The entry at `index`. Raises LogError if there is none."""
    leaf = session.execute(select(EntryRow.leaf).where(EntryRow.index == index)).scalar_one_or_none()
    if leaf is None:
        raise LogError(f"the log has no entry {index}")
    return decode(leaf)


def dated_entries(session: Session, indices: Collection[int]) -> list[tuple[int, datetime, Entry]]:
    """(index, when it was appended by the platform's clock, entry) of those that are there, in order."""
    query = select(EntryRow.index, EntryRow.appended_at, EntryRow.leaf).where(EntryRow.index.in_(indices))
    found = session.execute(query.order_by(EntryRow.index)) if indices else ()
    return [(index, at, decode(leaf)) for index, at, leaf in found if index is not None]


def newest_leaves(session: Session, below: int, *, limit: int) -> list[tuple[int, datetime, bytes]]:
    """(index, when it was appended, leaf) of the last entries below an index, the newest first, sealed ones too."""
    query = select(EntryRow.index, EntryRow.appended_at, EntryRow.leaf).where(EntryRow.index < below)
    found = session.execute(query.order_by(EntryRow.index.desc()).limit(limit))
    return [(index, at, leaf) for index, at, leaf in found if index is not None]


def pending(session: Session) -> int:
    """How many committed entries wait for an index."""
    return session.execute(select(func.count(EntryRow.id)).where(EntryRow.index.is_(None))).scalar_one()


def leaves(session: Session, first: int, size: int, *, limit: int) -> list[tuple[int, bytes]]:
    """(index, leaf) of at most `limit` entries from index `first` on and below `size`, in order.

    Sealed ones are left out, and never leave the database: most entries are.
    """
    begins = func.substr(EntryRow.leaf, 1, len(_SEALED_START)) == literal(_SEALED_START, LargeBinary)
    ends = func.substr(EntryRow.leaf, len(_SEALED) - len(_SEALED_END) + 1) == literal(
        _SEALED_END, LargeBinary
    )
    is_sealed = and_(func.octet_length(EntryRow.leaf) == len(_SEALED), begins, ends)
    query = (
        select(EntryRow.index, EntryRow.leaf)
        .where(EntryRow.index >= first, EntryRow.index < size, not_(is_sealed))
        .order_by(EntryRow.index)
        .limit(limit)
    )
    return [(index, leaf) for index, leaf in session.execute(query) if index is not None]


def commitments_at(session: Session, indices: Collection[int]) -> dict[int, bytes]:
    """The commitments of the sealed entries at these indices; what is not there, or not sealed, is left out."""
    if not indices:
        return {}
    query = select(EntryRow.index, EntryRow.leaf).where(EntryRow.index.in_(indices))
    found = ((index, decode(leaf)) for index, leaf in session.execute(query) if len(leaf) == len(_SEALED))
    return {
        index: bytes.fromhex(entry.commitment)
        for index, entry in found
        if index is not None and isinstance(entry, Sealed)
    }
