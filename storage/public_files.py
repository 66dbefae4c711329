"""Files that the platform publishes under fixed names, such as the tiles of the ledger.

Unlike a blob, such a file has a name that says what it is, and everybody may read it. A web server or a bucket
can serve
it as it lies there, if whoever runs that gives it the types and caching that c2sp.org/tlog-tiles asks for; the
platform's own
routes do (app/web/ledger.py). A `put` is durable before it returns, and readers see the old content or
the new, never a part of either.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Protocol

from obstore.exceptions import BaseError
from obstore.store import MemoryStore, S3Store

from storage.durable_folder import fsync_folder, make_durable
from storage.errors import BlobNotFoundError, BlobReadError, BlobWriteError


class PublicFiles(Protocol):
    """Named files. A name is a relative path with forward slashes."""

    def put(self, name: str, content: bytes) -> None:
        """Write or replace the file, durably. Raises BlobWriteError; then the old content is still there."""

    def get(self, name: str) -> bytes:
        """The whole content. Raises BlobNotFoundError, BlobReadError."""


class FolderFiles:
    """Files in a local folder. The steps of `put`: write a part, fsync it, rename it, fsync its folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._known_durable: set[Path] = set()

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            self._make_durable(path.parent)
            try:
                with part.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
            except BaseException:
                with suppress(OSError):
                    part.unlink()
                raise
            fsync_folder(path.parent)
        except OSError as error:
            raise BlobWriteError(f"the public file {name} could not be written: {error.strerror}") from error

    def get(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise BlobNotFoundError(f"there is no public file {name}") from error
        except OSError as error:
            raise BlobReadError(f"the public file {name} could not be read: {error.strerror}") from error

    def _make_durable(self, folder: Path) -> None:
        """Also where it exists: the process that made it may have died before its fsync."""
        if folder in self._known_durable and folder.is_dir():
            return
        make_durable(folder)
        for parent in (folder, *folder.parents):
            fsync_folder(parent)
            if parent == self._root.parent:
                break
        self._known_durable.add(folder)

    def _path(self, name: str) -> Path:
        return self._root / _checked(name)


class BucketFiles:
    """Files in an object store, which makes an object durable before it answers and shows it whole."""

    def __init__(self, store: S3Store | MemoryStore) -> None:
        self._store = store

    def put(self, name: str, content: bytes) -> None:
        try:
            self._store.put(str(_checked(name)), content, use_multipart=False)
        except (BaseError, OSError) as error:
            raise BlobWriteError(f"the public file {name} could not be written to the bucket") from error

    def get(self, name: str) -> bytes:
        try:
            return bytes(self._store.get(str(_checked(name))).bytes())
        except FileNotFoundError as error:
            raise BlobNotFoundError(f"there is no public file {name}") from error
        except (BaseError, OSError) as error:
            raise BlobReadError(f"the public file {name} could not be read from the bucket") from error


def _checked(name: str) -> PurePosixPath:
    """ValueError for a name that could lead out of the root: names come from our own code."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or str(path) != name:
        raise ValueError(f"not the name of a public file: {name!r}")
    return path
