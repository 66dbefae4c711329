"""The blob store: contents of any length, named by their SHA-256.

`BlobStore` is what the rest of the platform sees: it hashes, limits and verifies. Where the bytes lie is a
backend's affair: a folder (storage/blob_folder.py) or a bucket (storage/blob_bucket.py);
storage/location.py makes the store from a folder's path or an `s3://` URL.

What a returned `put` promises: the whole content is durable, under the name it returned, and will survive a
`kill -9` and a power cut. What it does not: that a disk or a bucket keeps for ever what it said it stored.
Reading verifies.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from storage.errors import BlobCorruptError, BlobTooLargeError

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """What `put` stored: the name (32 bytes of SHA-256) and the length in bytes."""

    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a `put` that never returned has left: its name in the backend, bytes, last written."""

    name: str
    size: int
    written_at: datetime


class Backend(Protocol):
    """Where the bytes lie. Names are 64 hexadecimal digits, in lower case."""

    def put(self, chunks: Iterator[bytes], name: Callable[[], str]) -> None:
        """Store all of `chunks` durably; `name` answers when they are exhausted.

        Whatever `chunks` raises goes through, and nothing is kept; so it is with BlobWriteError.
        """

    def stream(self, name: str, chunk: int) -> Iterator[bytes]:
        """The content, opened before this returns. Raises BlobNotFoundError, BlobReadError."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Part of the content. Raises BlobNotFoundError, BlobReadError."""

    def size(self, name: str) -> int:
        """Its length in bytes. Raises BlobNotFoundError, BlobReadError."""

    def delete(self, name: str) -> None:
        """Remove it, if it is there. Raises BlobWriteError."""

    def unfinished(self) -> list[Unfinished]:
        """What interrupted puts have left. Raises BlobReadError."""

    def remove_unfinished(self, name: str) -> bool:
        """Remove one of those; False if somebody is still writing it, or it is gone."""


class BlobStore:
    """Contents named by their SHA-256. Safe to share between threads and between processes."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def put(self, source: Iterable[bytes] | BinaryIO, *, limit: int) -> StoredBlob:
        """Store the content of `source`, durably before this returns.

        Putting the same content again, also at the same time, ends in the same blob. The content passes
        through once, in the pieces it comes in; a file is read by the megabyte.

        Raises BlobTooLargeError as soon as more than `limit` bytes have come, BlobWriteError if the store
        cannot take them (a full disk), and whatever `source` raises. After any of these nothing is kept,
        unless the content was there before.
        """
        intake = _Intake(source, limit)
        self._backend.put(iter(intake), intake.name)
        return intake.stored()

    def stream(self, sha256: bytes, *, chunk: int = CHUNK) -> Iterator[bytes]:
        """The content, piece by piece, verified at its end: trust nothing of it before the iterator ends.

        Raises BlobNotFoundError at once, BlobReadError, and BlobCorruptError at the end if the content is
        not that which was put, shorter or longer included.
        """
        pieces = self._backend.stream(_name(sha256), chunk)
        return _verified(pieces, sha256)

    def read(self, sha256: bytes, *, start: int, length: int) -> bytes:
        """`length` bytes from `start`. Not verified: only the whole has a hash.

        Raises ValueError for a range that does not lie within the blob, BlobNotFoundError, BlobReadError.
        """
        size = self.size(sha256)
        if start < 0 or length < 0 or start + length > size:
            raise ValueError(f"bytes {start} to {start + length} do not lie within a blob of {size}")
        if length == 0:
            return b""
        part = self._backend.read(_name(sha256), start, length)
        if len(part) != length:
            raise BlobCorruptError(f"the blob {sha256.hex()} became shorter while it was read")
        return part

    def size(self, sha256: bytes) -> int:
        """Its length in bytes. Raises BlobNotFoundError, BlobReadError."""
        return self._backend.size(_name(sha256))

    def delete(self, sha256: bytes) -> None:
        """Remove the blob; removing one that is gone is no error. Raises BlobWriteError.

        The caller must know that no row names it and that nobody is putting the same content now.
        """
        self._backend.delete(_name(sha256))

    def unfinished(self) -> list[Unfinished]:
        """What puts have begun and not ended: those under way, and those that a crash cut off."""
        return self._backend.unfinished()

    def remove_unfinished(self, *, before: datetime) -> list[Unfinished]:
        """Remove what was last written before `before`, and return it.

        In a folder a put that is under way is never touched, whatever its age. In a bucket nothing tells
        one from a dead one but its age: let `before` be a day ago.
        """
        old = [found for found in self.unfinished() if found.written_at < before]
        return [found for found in old if self._backend.remove_unfinished(found.name)]


class _Intake:
    """The pieces of one put on their way: counted against the limit, and hashed."""

    def __init__(self, source: Iterable[bytes] | BinaryIO, limit: int) -> None:
        self._source = source
        self._limit = limit
        self._hash = hashlib.sha256()
        self._size = 0
        self._complete = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in _pieces(self._source):
            self._size += len(piece)
            if self._size > self._limit:
                raise BlobTooLargeError(f"the content is longer than the {self._limit} bytes allowed")
            self._hash.update(piece)
            yield piece
        self._complete = True

    def name(self) -> str:
        return _name(self.stored().sha256)

    def stored(self) -> StoredBlob:
        if not self._complete:
            raise RuntimeError("a backend asked for the name before it had taken all of the content")
        return StoredBlob(self._hash.digest(), self._size)


def _pieces(source: Iterable[bytes] | BinaryIO) -> Iterator[bytes]:
    # A file is an iterable too, of lines: for binary content pieces of no sensible length.
    read = getattr(source, "read", None)
    if read is None:
        yield from source
        return
    while piece := read(CHUNK):
        yield piece


def _verified(pieces: Iterator[bytes], sha256: bytes) -> Iterator[bytes]:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    if found.digest() != sha256:
        raise BlobCorruptError(
            f"the blob {sha256.hex()} is damaged: its content hashes to {found.hexdigest()}; "
            "restore it from a backup"
        )


def _name(sha256: bytes) -> str:
    if len(sha256) != hashlib.sha256().digest_size:
        raise ValueError(f"a blob is named by 32 bytes of SHA-256, not by {len(sha256)}")
    return sha256.hex()
