"""Documents that go with demands and answers: stored first, then named by their SHA-256 in what is signed.

Kept as long as the guarantee is; who may read them is whoever may see the guarantee.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.after.demand_rules import Attached
from guarantees.errors import NotFoundError, RefusedError
from guarantees.tables.documents import GuaranteeDocument
from statutes.said import Said
from storage import blob_rows
from storage.blobs import BlobStore
from storage.errors import BlobTooLargeError

MAX_SIZE = 32 << 20
MOST = 100


def store(
    session: Session,
    blobs: BlobStore,
    guarantee: bytes,
    source: Iterable[bytes] | BinaryIO,
    *,
    name: str,
    media_type: str,
    by: str,
    now: datetime,
) -> GuaranteeDocument:
    """Stores one; the same content again is the one that is there. RefusedError for one too large, or too many."""
    try:
        stored = blobs.put(source, limit=MAX_SIZE)
    except BlobTooLargeError as error:
        raise RefusedError(
            "document-too-large",
            Said(f"每份单据不超过{MAX_SIZE >> 20}MB。", f"A document has at most {MAX_SIZE >> 20} MiB."),
        ) from error
    found = session.get(GuaranteeDocument, (guarantee, stored.sha256))
    if found is not None:
        return found
    if len(of(session, guarantee)) >= MOST:
        raise RefusedError(
            "documents-full",
            Said(f"每份保函最多{MOST}份单据。", f"A guarantee has at most {MOST} documents."),
        )
    blob_rows.record(session, stored, now)
    row = GuaranteeDocument(
        guarantee=guarantee,
        sha256=stored.sha256,
        name=name,
        media_type=media_type,
        size=stored.size,
        handed_in_by=by,
        stored_at=now,
    )
    session.add(row)
    session.flush()
    return row


def of(session: Session, guarantee: bytes) -> Sequence[GuaranteeDocument]:
    """All of a guarantee's, in the order in which they came."""
    query = select(GuaranteeDocument).where(GuaranteeDocument.guarantee == guarantee)
    return session.scalars(query.order_by(GuaranteeDocument.stored_at, GuaranteeDocument.sha256)).all()


def get(session: Session, guarantee: bytes, sha256: bytes) -> GuaranteeDocument:
    """NotFoundError."""
    found = session.get(GuaranteeDocument, (guarantee, sha256))
    if found is None:
        raise NotFoundError("the guarantee has no such document")
    return found


def attached(session: Session, guarantee: bytes, named: Sequence[bytes], *, by: str) -> tuple[Attached, ...]:
    """The documents of these hashes, which `by` must have handed in. NotFoundError."""
    rows = [get(session, guarantee, sha256) for sha256 in dict.fromkeys(named)]
    if any(row.handed_in_by != by for row in rows):
        raise NotFoundError("the guarantee has no such document of yours")
    return tuple(Attached(row.name, row.sha256.hex()) for row in rows)
