"""Files of evidence, of any size: begun, sent in pieces, completed by their SHA-256, and handed in with a statement.

    begin     a name and a type; the file is its organisation's alone
    put       a piece, by its number; the same piece again changes nothing
    complete  the whole has this SHA-256, and changes no more
    claim     complete files of one's own that go with a statement
    content   piece by piece, as it came; who may have it, oversight.complaints.reading says

A piece is a blob. Nothing is put together: a file of any length is read once to be completed, and never held in memory.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from oversight.complaints.errors import CaseError, UnknownCaseError
from oversight.complaints.ports import Party
from oversight.complaints.records import FileHash
from oversight.complaints.tables import EvidenceRow, PieceRow, StepRow
from storage import blob_rows
from storage.blobs import BlobStore
from storage.errors import BlobTooLargeError

PIECE = 32 << 20
"""Bytes of a piece at most."""
MOST_PIECES = 1 << 20
MOST_WAITING = 100
"""Files of one organisation that are not handed in yet."""
MOST_FILES = 100
"""That go with one statement."""
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\\ud800-\udfff]{1,200}")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}", re.ASCII)


def begin(
    session: Session, party: Party, name: str, media_type: str, *, now: datetime, random: RandomBytes
) -> EvidenceRow:
    """A file without content yet. CaseError for a name or type that is not taken, or with too many files waiting."""
    if not _NAME.fullmatch(name) or name in {".", ".."} or not _MEDIA_TYPE.fullmatch(media_type):
        raise CaseError(
            "a file has a name of 1 to 200 characters without slashes, and a type such as application/pdf"
        )
    waiting = select(func.count()).select_from(EvidenceRow)
    waiting = waiting.where(EvidenceRow.organisation == party.organisation, EvidenceRow.case_id.is_(None))
    if session.execute(waiting).scalar_one() >= MOST_WAITING:
        raise CaseError(f"{MOST_WAITING} files wait to be handed in: hand in or drop some first")
    row = EvidenceRow(
        id=UUID(bytes=random(16), version=4),
        organisation=party.organisation,
        person=party.person,
        name=name,
        media_type=media_type,
        size=0,
        sha256=None,
        begun_at=now,
        case_id=None,
        step=None,
    )
    session.add(row)
    session.flush()
    return row


def put(
    session: Session,
    blobs: BlobStore,
    party: Party,
    evidence: UUID,
    number: int,
    source: Iterable[bytes] | BinaryIO,
    *,
    now: datetime,
) -> PieceRow:
    """Stores a piece; another content under the same number takes its place until the file is complete.

    UnknownCaseError, CaseError. The content is durable before the caller commits; a crash leaves it without a row.
    """
    _mine(session, party, evidence, lock=False)  # nothing is locked while the piece comes
    if not 0 <= number < MOST_PIECES:
        raise CaseError(f"pieces are numbered from 0 to {MOST_PIECES - 1}")
    try:
        stored = blobs.put(source, limit=PIECE)
    except BlobTooLargeError as error:
        raise CaseError(f"a piece has at most {PIECE >> 20} MiB: send the file in several") from error
    row = _mine(session, party, evidence)
    if row.sha256 is not None:
        raise CaseError("the file is complete: begin another one")
    blob_rows.record(session, stored, now)
    piece = session.get(PieceRow, (evidence, number))
    if piece is None:
        piece = PieceRow(evidence_id=evidence, number=number)
        session.add(piece)
    piece.sha256, piece.size = stored.sha256, stored.size
    session.flush()
    return piece


def complete(session: Session, blobs: BlobStore, party: Party, evidence: UUID, sha256: str) -> EvidenceRow:
    """The file is whole if its pieces have this SHA-256; a second time changes nothing. CaseError if they have not."""
    row = _mine(session, party, evidence)
    if row.sha256 is not None and row.sha256.hex() == sha256:
        return row
    pieces = _pieces(session, evidence)
    if row.sha256 is not None or not pieces or [one.number for one in pieces] != list(range(len(pieces))):
        raise CaseError(
            "the file is not whole: send the pieces from 0 on, and none twice with another content"
        )
    found = hashlib.sha256()
    for content in _content(blobs, pieces):
        found.update(content)
    if found.hexdigest() != sha256:
        raise CaseError("the pieces together have another SHA-256: send those again that are damaged")
    row.sha256, row.size = found.digest(), sum(one.size for one in pieces)
    session.flush()
    return row


def drop(session: Session, party: Party, evidence: UUID) -> None:
    """Forgets a file that was not handed in."""
    row = _mine(session, party, evidence)
    for piece in _pieces(session, evidence):
        session.delete(piece)
    session.flush()
    session.delete(row)
    session.flush()


def claim(session: Session, party: Party, files: Sequence[UUID]) -> list[EvidenceRow]:
    """These files, to go with a statement that is made now. CaseError, UnknownCaseError."""
    if len(files) > MOST_FILES or len(set(files)) != len(files):
        raise CaseError(f"at most {MOST_FILES} files go with one statement, each once")
    rows = [_mine(session, party, one) for one in files]
    if any(row.sha256 is None for row in rows):
        raise CaseError("a file is not complete: complete it first, by its SHA-256")
    return rows


def hashes(rows: Sequence[EvidenceRow]) -> list[FileHash]:
    return [FileHash(row.name, row.size, row.sha256.hex()) for row in rows if row.sha256 is not None]


def attach(session: Session, rows: Sequence[EvidenceRow], step: StepRow) -> None:
    """The files belong to this step from here on."""
    for row in rows:
        row.case_id, row.step = step.case_id, step.number
    session.flush()


def waiting(session: Session, party: Party) -> Sequence[EvidenceRow]:
    """The organisation's files that are not handed in."""
    query = select(EvidenceRow).where(
        EvidenceRow.organisation == party.organisation, EvidenceRow.case_id.is_(None)
    )
    return session.scalars(query.order_by(EvidenceRow.begun_at, EvidenceRow.id)).all()


def of_case(session: Session, case_id: str) -> Sequence[EvidenceRow]:
    query = select(EvidenceRow).where(EvidenceRow.case_id == case_id)
    return session.scalars(query.order_by(EvidenceRow.step, EvidenceRow.name, EvidenceRow.id)).all()


def content(session: Session, blobs: BlobStore, evidence: EvidenceRow) -> Iterator[bytes]:
    """What is in a file. Raises BlobError while it is read."""
    return _content(blobs, _pieces(session, evidence.id))


def _content(blobs: BlobStore, pieces: Sequence[PieceRow]) -> Iterator[bytes]:
    for piece in pieces:
        yield from blobs.stream(piece.sha256)


def _pieces(session: Session, evidence: UUID) -> Sequence[PieceRow]:
    query = select(PieceRow).where(PieceRow.evidence_id == evidence).order_by(PieceRow.number)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _mine(session: Session, party: Party, evidence: UUID, *, lock: bool = True) -> EvidenceRow:
    """The party's own file that was not handed in yet; of another's nobody says that it is there."""
    row = session.get(EvidenceRow, evidence, with_for_update=lock or None, populate_existing=True)
    if row is None or row.organisation != party.organisation or row.case_id is not None:
        raise UnknownCaseError("file")
    return row
