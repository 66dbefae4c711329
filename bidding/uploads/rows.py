"""The state of an upload, in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bidding.turned_away import Code, TurnedAwayError
from bidding.uploads.limits import UploadLimits
from bidding.uploads.models import FINISHED, GONE, HELD, JOINING, OPEN, PieceRow, UploadRow

_LOCK_CONTENT = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0x53554e53))")


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload is; `sha256` once all of it has come and is one blob."""

    length: int
    offset: int
    expires_at: datetime
    sha256: bytes | None

    @property
    def is_complete(self) -> bool:
        """Whether all bytes have come; the blob may still have to be made."""
        return self.offset == self.length


def create(session: Session, upload: bytes, length: int, limits: UploadLimits, *, now: datetime) -> None:
    """UPLOAD_TOO_LARGE for more than is allowed. The caller has spent a token in the same transaction."""
    if length > limits.size:
        raise TurnedAwayError(Code.UPLOAD_TOO_LARGE, f"at most {limits.size} bytes")
    row = UploadRow(
        id=upload,
        length=length,
        offset=0,
        created_at=now,
        expires_at=limits.expiry(now, now, finished=False),
        state=OPEN,
        sha256=None,
    )
    session.add(row)
    session.flush()


def find(session: Session, upload: bytes, *, now: datetime, lock: bool = False) -> UploadRow:
    """The row of an upload that is still there: UPLOAD_UNKNOWN, UPLOAD_EXPIRED."""
    query = select(UploadRow).where(UploadRow.id == upload).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if row is None or row.state in (GONE, HELD):
        raise TurnedAwayError(Code.UPLOAD_UNKNOWN)
    if row.expires_at <= now:
        raise TurnedAwayError(Code.UPLOAD_EXPIRED)
    return row


def state_of(row: UploadRow) -> UploadState:
    return UploadState(row.length, row.offset, row.expires_at, row.sha256 if row.state == FINISHED else None)


def announce(
    session: Session, row: UploadRow, name: bytes, begin: int, size: int, limits: UploadLimits
) -> None:
    """Writes down a piece before its blob is put. UPLOAD_PIECES for too many."""
    count = select(func.count(PieceRow.name)).where(PieceRow.upload_id == row.id)
    if session.execute(count).scalar_one() >= limits.pieces(row.length):
        raise TurnedAwayError(Code.UPLOAD_PIECES)
    session.add(PieceRow(name=name, upload_id=row.id, begin=begin, size=size, stored=False))


def advance(
    session: Session,
    upload: bytes,
    names: list[bytes],
    offset: int,
    size: int,
    limits: UploadLimits,
    now: datetime,
) -> UploadState:
    """The pieces of these names, `size` bytes from `offset` on, are durable and count from here on.

    UPLOAD_OFFSET if others were faster.
    """
    row = find(session, upload, now=now, lock=True)
    if row.state != OPEN or row.offset != offset:
        raise TurnedAwayError(Code.UPLOAD_OFFSET)
    session.execute(update(PieceRow).where(PieceRow.name.in_(names)).values(stored=True))
    row.offset = offset + size
    row.expires_at = limits.expiry(row.created_at, now, finished=row.offset == row.length)
    return state_of(row)


def pieces(session: Session, upload: bytes) -> list[bytes]:
    """The names of the pieces that count, in order."""
    query = select(PieceRow.name).where(PieceRow.upload_id == upload, PieceRow.stored)
    return list(session.execute(query.order_by(PieceRow.begin)).scalars())


def join(session: Session, upload: bytes, sha256: bytes, *, now: datetime) -> bool:
    """From here on the blob of that name is about to be put, and no sweep takes it; False if it is there already."""
    lock_content(session, sha256)
    row = find(session, upload, now=now, lock=True)
    if row.state == FINISHED:
        return False
    row.state, row.sha256 = JOINING, sha256
    return True


def finish(session: Session, upload: bytes, *, now: datetime) -> UploadState:
    """The blob is there."""
    row = find(session, upload, now=now, lock=True)
    row.state = FINISHED
    return state_of(row)


def let_go(session: Session, upload: bytes) -> None:
    """Ends an upload that no bid has; the next sweep removes what it left."""
    kept = UploadRow.state.in_((OPEN, JOINING, FINISHED))
    session.execute(update(UploadRow).where(UploadRow.id == upload, kept).values(state=GONE))


def lock_content(session: Session, sha256: bytes) -> None:
    """Held to the end of the transaction: who is about to put or to delete a blob of that name waits for the other."""
    session.execute(_LOCK_CONTENT, {"name": sha256.hex()})
