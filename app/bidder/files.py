"""Files that appear whole or not at all, for their owner's eyes."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20

Progress = Callable[[int], None]
"""Told how many more bytes were read."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `path`, durably, when the block ends without an error.

    A crash before leaves a `.part` file, which is nothing and may be deleted. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_replacing(path: Path, data: bytes) -> None:
    """`data` as the new content of `path`, all or nothing. Raises OSError."""
    with replacing(path) as file:
        file.write(data)


class Watched:
    """A file that tells how much is read of it: what crypto.age reads and opens."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file = file
        self._progress = progress

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        self._progress(len(data))
        return data

    def readinto(self, buffer: memoryview, /) -> int:
        count = self._file.readinto(buffer)  # type: ignore[attr-defined]  # every file of open() has it
        self._progress(count)
        return int(count)

    def readline(self, limit: int, /) -> bytes:
        return self._file.readline(limit)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def pieces_of(path: Path) -> Iterator[bytes]:
    """The file's content, PIECE bytes at a time. Raises OSError."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
