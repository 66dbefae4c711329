"""Taking bytes in, so that a crash at any point loses none that were said to have arrived, and leaks none.

The steps of `append`, for each piece of at most PIECE bytes:

    1. read it whole, and name it: the SHA-256 of 16 random bytes and the piece.
    2. write the name down and commit.       a crash from here on: the sweep deletes by the names written down
    3. put the blob, which is then durable.
    4. move the offset past it and commit.   with a checksum: all pieces at once, after it was checked

and when all bytes have come, of `join`:

    5. hash the pieces together, and write down the name of the whole; commit.
    6. put the whole.                        a crash from here on: `join` is called again, and puts the same
    7. say that it is there; commit.
    8. delete the pieces.

No transaction is open while bytes are read or put.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from bidding.turned_away import Code, TurnedAwayError
from bidding.uploads import rows
from bidding.uploads.checksum import Checksum
from bidding.uploads.limits import PIECE, UploadLimits
from bidding.uploads.models import PieceRow
from bidding.uploads.rows import UploadState
from crypto.age.header import VERSION_LINE
from crypto.randomness import RandomBytes
from storage.blobs import BlobStore
from storage.database import Database
from storage.errors import BlobNotFoundError

TAG = 16

Clock = Callable[[], datetime]


class Receiver:
    """One process's intake of bytes; safe to share between threads and between processes."""

    def __init__(
        self, database: Database, blobs: BlobStore, limits: UploadLimits, clock: Clock, random: RandomBytes
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._limits = limits
        self._clock = clock
        self._random = random

    def state(self, upload: bytes) -> UploadState:
        """UPLOAD_UNKNOWN, UPLOAD_EXPIRED."""
        with self._database.session() as session:
            return rows.state_of(rows.find(session, upload, now=self._clock()))

    def append(
        self, upload: bytes, offset: int, body: Iterable[bytes], checksum: Checksum | None
    ) -> UploadState:
        """Takes the bytes of one request, those from `offset` on; where the upload then is.

        A body that ends early counts as far as it came, if it had no checksum. Raises UPLOAD_OFFSET, UPLOAD_TOO_LARGE,
        UPLOAD_PIECES, CHECKSUM_MISMATCH (nothing of the request is kept), NOT_AN_AGE_FILE (nor of the upload).
        """
        state = self.state(upload)
        if state.offset != offset:
            raise TurnedAwayError(Code.UPLOAD_OFFSET)
        waiting: list[tuple[bytes, int]] = []
        found = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        at = offset
        try:
            for piece in _pieces(body):
                if at == 0:
                    self._require_age(upload, piece)
                waiting.append((self._stage(upload, at, piece, state.length), len(piece)))
                at += len(piece)
                if found is None:
                    state = self._advance(upload, waiting)
                    waiting = []
                else:
                    found.update(piece)
            if checksum and found:
                checksum.check_digest(found.digest())
                state = self._advance(upload, waiting) if waiting else state
                waiting = []
        finally:
            self._drop([name for name, _ in waiting])
        return self.join(upload) if state.is_complete else state

    def join(self, upload: bytes) -> UploadState:
        """Makes one blob of an upload whose bytes have all come, if that is not done. UPLOAD_UNFINISHED."""
        state = self.state(upload)
        if not state.is_complete:
            raise TurnedAwayError(Code.UPLOAD_UNFINISHED)
        if state.sha256 is not None:
            return state
        with self._database.session() as session:
            names = rows.pieces(session, upload)
        try:
            total = hashlib.sha256()
            for chunk in self._content(names):
                total.update(chunk)
            with self._database.session() as session:  # 5
                to_put = rows.join(session, upload, total.digest(), now=self._clock())
                session.commit()
            if to_put:
                self._blobs.put(self._content(names), limit=state.length)  # 6
            with self._database.session() as session:  # 7
                state = rows.finish(session, upload, now=self._clock())
                session.commit()
        except BlobNotFoundError:  # another request was faster, and deleted the pieces
            state = self.state(upload)
            if state.sha256 is None:
                raise
        self._drop(names)  # 8
        return state

    def end(self, upload: bytes) -> None:
        """Whoever has the capability wants it gone."""
        with self._database.session() as session:
            rows.find(session, upload, now=self._clock())
            rows.let_go(session, upload)
            session.commit()

    def _stage(self, upload: bytes, begin: int, piece: bytes, length: int) -> bytes:
        if begin + len(piece) > length:
            raise TurnedAwayError(Code.UPLOAD_TOO_LARGE, "more bytes than Upload-Length says")
        content = self._random(TAG) + piece
        name = hashlib.sha256(content).digest()  # 1
        with self._database.session() as session:  # 2
            row = rows.find(session, upload, now=self._clock())
            rows.announce(session, row, name, begin, len(piece), self._limits)
            try:
                session.commit()
            except IntegrityError as error:  # swept in this moment
                raise TurnedAwayError(Code.UPLOAD_UNKNOWN) from error
        self._blobs.put([content], limit=len(content))  # 3
        return name

    def _advance(self, upload: bytes, staged: list[tuple[bytes, int]]) -> UploadState:
        names, size = [name for name, _ in staged], sum(size for _, size in staged)
        with self._database.session() as session:  # 4
            begin = session.execute(
                select(PieceRow.begin).where(PieceRow.name == names[0])
            ).scalar_one_or_none()
            if begin is None:
                raise TurnedAwayError(Code.UPLOAD_UNKNOWN)
            state = rows.advance(session, upload, names, begin, size, self._limits, self._clock())
            session.commit()
        return state

    def _require_age(self, upload: bytes, piece: bytes) -> None:
        size = min(len(piece), len(VERSION_LINE))
        if piece[:size] != VERSION_LINE[:size]:
            self.end(upload)
            raise TurnedAwayError(Code.NOT_AN_AGE_FILE)

    def _drop(self, names: list[bytes]) -> None:
        if not names:
            return
        for name in names:
            self._blobs.delete(name)
        with self._database.session() as session:
            session.execute(delete(PieceRow).where(PieceRow.name.in_(names)))
            session.commit()

    def _content(self, names: list[bytes]) -> Iterator[bytes]:
        for name in names:
            tag = TAG
            for chunk in self._blobs.stream(name):
                yield chunk[tag:]
                tag = 0


def _pieces(body: Iterable[bytes]) -> Iterator[bytes]:
    """Whole pieces, and a last one that may be shorter; none that is empty."""
    held = bytearray()
    for chunk in body:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
