"""Documents of a tender: numbered versions, each a blob with its SHA-256, downloaded without login.

A version is stored first and waits; the publication, or an amendment, makes it public. A published one never changes.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.tender import State
from bidding.tenders.errors import DocumentError, UnknownTenderError
from bidding.tenders.models import DocumentRow, TenderRow
from bidding.tenders.standing import locked
from ledger.entries import PublishedDocument
from storage import blob_rows
from storage.blobs import BlobStore
from storage.errors import BlobTooLargeError

MAX_SIZE = 64 << 20
MOST = 200
"""Documents that wait at once: more would not fit into one entry."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}", re.ASCII)
_ENDED = frozenset({State.CONTRACTED, State.FAILED, State.CANCELLED, State.TENDERED_AGAIN})


def store(
    session: Session,
    blobs: BlobStore,
    tender_id: str,
    name: str,
    source: Iterable[bytes] | BinaryIO,
    *,
    title: str,
    media_type: str,
    now: datetime,
) -> DocumentRow:
    """The next version of a document, which waits to be published; one that waits already is replaced.

    DocumentError for a name, a type or a length that is not taken, or once the tender has ended.
    """
    if not _NAME.fullmatch(name):
        raise DocumentError(
            "a document's name has 1 to 64 characters of a-z, 0-9, dot, hyphen and underscore"
        )
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise DocumentError("a media type is such as application/pdf")
    if not title.strip() or len(title) > 300:
        raise DocumentError("a document's title has 1 to 300 characters")
    try:
        stored = blobs.put(source, limit=MAX_SIZE)
    except BlobTooLargeError as error:
        raise DocumentError(f"a document has at most {MAX_SIZE >> 20} MiB") from error
    tender = locked(session, tender_id)
    if tender.state in _ENDED:
        raise DocumentError("the tender has ended: its documents change no more")
    blob_rows.record(session, stored, now)
    waiting = _waiting(session, tender)
    row = next((one for one in waiting if one.name == name), None)
    if row is None:
        if len(waiting) >= MOST:
            raise DocumentError(f"at most {MOST} documents wait at once")
        last = select(func.max(DocumentRow.version)).where(
            DocumentRow.tender == tender.id, DocumentRow.name == name
        )
        version = (session.execute(last).scalar_one() or 0) + 1
        row = DocumentRow(tender=tender.id, name=name, version=version, published_at=None)
        session.add(row)
    row.title, row.media_type, row.stored_at = title, media_type, now
    row.sha256, row.size = stored.sha256, stored.size
    session.flush()
    return row


def publish_waiting(session: Session, tender: TenderRow, *, now: datetime) -> tuple[PublishedDocument, ...]:
    """What waits becomes public: as the entry has it. The caller holds the tender's row."""
    rows = _waiting(session, tender)
    for row in rows:
        row.published_at = now
    session.flush()
    return tuple(PublishedDocument(row.name, row.version, row.sha256.hex(), row.size) for row in rows)


def published(session: Session, tender_id: str) -> Sequence[DocumentRow]:
    """All versions that anyone may have, by name, the newest version first."""
    query = select(DocumentRow).where(DocumentRow.tender == tender_id, DocumentRow.published_at.is_not(None))
    return session.scalars(query.order_by(DocumentRow.name, DocumentRow.version.desc())).all()


def of_tender(session: Session, tender_id: str) -> Sequence[DocumentRow]:
    """All versions, also those that wait: for the tenderee and the staff."""
    query = select(DocumentRow).where(DocumentRow.tender == tender_id)
    return session.scalars(query.order_by(DocumentRow.name, DocumentRow.version.desc())).all()


def version(session: Session, tender_id: str, name: str, number: int) -> DocumentRow:
    """A published version. UnknownTenderError, also for one that waits."""
    query = select(DocumentRow).where(
        DocumentRow.tender == tender_id, DocumentRow.name == name, DocumentRow.version == number
    )
    row = session.execute(query).scalar_one_or_none()
    if row is None or row.published_at is None:
        raise UnknownTenderError("there is no such document")
    return row


def _waiting(session: Session, tender: TenderRow) -> Sequence[DocumentRow]:
    query = select(DocumentRow).where(DocumentRow.tender == tender.id, DocumentRow.published_at.is_(None))
    return session.scalars(query.order_by(DocumentRow.name)).all()
