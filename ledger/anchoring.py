"""What an anchor of the log on a chain needs of the log: which checkpoint is out, and what it covers.

Only a published checkpoint is ever anchored: its witnesses have seen it, and every entry up to its size has its place
for good. Who anchors it, and where, is not the ledger's business.
"""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger import log
from ledger.checkpoint import Checkpoint
from ledger.models import EntryRow
from ledger.note import Note


def log_hash(origin: str) -> bytes:
    """SHA-256 of the origin line: the name under which a log is anchored (docs/spec/guarantee.md)."""
    return hashlib.sha256(origin.encode("utf-8")).digest()


def published(session: Session) -> Checkpoint | None:
    """The newest checkpoint with its quorum of cosignatures; None before the first. LogError if there is no log."""
    note = log.head(session).published_note
    return Checkpoint.parse(Note.parse(note).text) if note else None


def mark(session: Session) -> int:
    """A mark behind the newest entry that this transaction sees, its own included; 0 if there is none."""
    return session.execute(select(func.coalesce(func.max(EntryRow.id), 0))).scalar_one()


def covers(session: Session, size: int, marked: int) -> bool:
    """Whether a checkpoint of that size has the entry at the mark, and so whatever was committed before it."""
    if marked == 0:
        return True
    index = session.execute(select(EntryRow.index).where(EntryRow.id == marked)).scalar_one_or_none()
    return index is not None and index < size
