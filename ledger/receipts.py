"""Receipts: the .tlog-proof of an entry, handed out only once its checkpoint has its quorum.

receipt = receipts.append_and_wait(database, files, policy, entry, now=now, timeout=2)
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger import log
from ledger.checkpoint import Checkpoint
from ledger.errors import LogError
from ledger.merkle import inclusion_proof
from ledger.models import EntryRow
from ledger.note import Note
from ledger.ports import TileFiles
from ledger.proof import Policy, make_receipt, verify_receipt
from ledger.tile_files import read_hash_at


class NotYetPublishedError(LogError):
    """The entry is in the log's transaction order, and its checkpoint is not out yet: ask again."""


def receipt_of(session: Session, files: TileFiles, policy: Policy, entry_id: int) -> bytes:
    """The receipt of the entry that `append` gave this id; verified under `policy` before it is returned.

    Raises LogError if there is no such entry, NotYetPublishedError if it is too early.
    """
    found = session.execute(
        select(EntryRow.index, EntryRow.leaf).where(EntryRow.id == entry_id)
    ).one_or_none()
    if found is None:
        raise LogError(f"there is no entry with id {entry_id}: was its transaction committed?")
    row = log.head(session)
    index, leaf = found
    if index is None or index >= row.published_size:
        raise NotYetPublishedError("the entry has no published checkpoint yet: ask again")
    return _receipt(files, policy, row.published_note, index, leaf)


def receipt_at(session: Session, files: TileFiles, policy: Policy, index: int) -> bytes:
    """The receipt of the entry at `index`, as `receipt_of`."""
    leaf = session.execute(select(EntryRow.leaf).where(EntryRow.index == index)).scalar_one_or_none()
    row = log.head(session)
    if leaf is None or index >= row.published_size:
        raise NotYetPublishedError(
            f"the log has no published entry {index}; its size is {row.published_size}"
        )
    return _receipt(files, policy, row.published_note, index, leaf)


def _receipt(files: TileFiles, policy: Policy, note: bytes, index: int, leaf: bytes) -> bytes:
    signed = Note.parse(note)
    size = Checkpoint.parse(signed.text).size
    path = inclusion_proof(index, size, read_hash_at(files, size))
    receipt = make_receipt(leaf, index, path, signed)
    verify_receipt(receipt, policy)
    return receipt
