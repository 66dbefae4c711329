"""Blobs in a local folder, each durable before `put` returns.

    root/incoming/<32 random hexadecimal digits>.part    being written
    root/ab/ab12...                                      the blob whose SHA-256 begins with ab

Plain file I/O and not obstore's local store. That one never calls fsync, so a receipt could outlive its
content. And its stream gives 0.3 to 0.5 GB/s (measured with 0.12) where SHA-256 alone takes 1.4: it, and not
the disk, would be what an opening waits for. Its range reads are fast, but look the name up for each piece,
so a deletion would cut a reader off; here a reader keeps the file it has opened.

The steps of `put`, and what a crash after each leaves:

1. Create incoming/<random>.part, new and locked.           an empty part
2. Write the pieces.                                        a partial part
3. fsync the part: the content is on the disk.              a whole part
4. Rename it to ab/ab12...                                  the whole blob, or a whole part
5. fsync ab/: the name is on the disk. Only now return.     the whole blob

So under a blob's name there is never anything but its whole content, and a part is never needed by anybody
after its writer's end. The part's name cannot be in ab/ from the start, for the hash is known last; incoming/
lies under the same root, hence on the same file system, and the rename is atomic. A blob that is there is
replaced all the same: by equal content, unless the disk had spoiled it, which this repairs.

A writer holds an flock on its part. The kernel drops it at the writer's end, however that comes, so a part
without one is dead. The root must be a local disk: over NFS neither the lock nor fsync of a folder can be
relied on.
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from storage.blobs import Unfinished
from storage.durable_folder import fsync_folder, make_durable
from storage.errors import BlobNotFoundError, BlobReadError, BlobWriteError

_PART = ".part"
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class FolderBackend:
    """Raises BlobWriteError if the folder cannot be made or written."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._incoming = self._root / "incoming"
        with _writing(self._root):
            # All that a put relies on is made durable here, once, so that a put has one folder to sync. Also
            # where it exists: the process that made it may not have come to its fsync.
            make_durable(self._root)
            self._incoming.mkdir(exist_ok=True)
            for fan in range(256):
                (self._root / f"{fan:02x}").mkdir(exist_ok=True)
            fsync_folder(self._root)

    def put(self, chunks: Iterator[bytes], name: Callable[[], str]) -> None:
        part = self._incoming / (secrets.token_hex(16) + _PART)
        with _writing(self._root):
            descriptor = os.open(part, _CREATE, 0o600)  # 1
        try:
            with _writing(self._root):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            for chunk in chunks:  # its errors are not ours to rename
                with _writing(self._root):
                    _write_all(descriptor, chunk)  # 2
            with _writing(self._root):
                os.fsync(descriptor)  # 3
                target = self._path(name())
                part.replace(target)  # 4
                fsync_folder(target.parent)  # 5
        finally:
            # Before the lock goes: what cannot be removed now is found as unfinished later.
            with suppress(OSError):
                part.unlink()
            os.close(descriptor)

    def stream(self, name: str, chunk: int) -> Iterator[bytes]:
        return _pieces(self._open(name), name, chunk)

    def read(self, name: str, start: int, length: int) -> bytes:
        with self._open(name) as file, _reading(name):
            file.seek(start)
            return b"".join(_up_to(file, length))

    def size(self, name: str) -> int:
        with _reading(name):
            return self._path(name).stat(follow_symlinks=False).st_size

    def delete(self, name: str) -> None:
        path = self._path(name)
        with _writing(self._root):
            path.unlink(missing_ok=True)
            # Without it a power cut could bring back what a person was told is deleted.
            fsync_folder(path.parent)

    def unfinished(self) -> list[Unfinished]:
        found = []
        with _reading("unfinished parts"):
            for path in sorted(self._incoming.glob("*" + _PART)):
                with suppress(FileNotFoundError):  # ended between the listing and this look
                    status = path.stat(follow_symlinks=False)
                    written_at = datetime.fromtimestamp(status.st_mtime, UTC)
                    found.append(Unfinished(path.name, status.st_size, written_at))
        return found

    def remove_unfinished(self, name: str) -> bool:
        path = self._incoming / name
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            with _writing(self._root):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # If its writer renamed it before we had the lock, the name is gone and the blob untouched.
                path.unlink()
        except BlobWriteError as error:
            if isinstance(error.__cause__, BlockingIOError | FileNotFoundError):
                return False
            raise
        finally:
            os.close(descriptor)
        return True

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name

    def _open(self, name: str) -> FileIO:
        with _reading(name):
            return self._path(name).open("rb", buffering=0)


def _pieces(file: FileIO, name: str, chunk: int) -> Iterator[bytes]:
    with file:
        while True:
            with _reading(name):
                piece = file.read(chunk)
            if not piece:
                return
            yield piece


def _up_to(file: FileIO, length: int) -> Iterator[bytes]:
    while length > 0 and (part := file.read(length)):
        yield part
        length -= len(part)


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobWriteError(
            f"the blob store {root} could not be written: {error.strerror}; nothing of this blob is promised"
        ) from error


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BlobNotFoundError(f"there is no blob {name}") from error
    except OSError as error:
        raise BlobReadError(f"the blob {name} could not be read: {error.strerror}") from error
