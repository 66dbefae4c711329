"""Where the public files come from: a bundle without any network, or the platform's address.

What is read is believed by what it proves. A folder can keep what was read, so that a later run asks for what is new:
full tiles and named files never change, and everything that is kept is checked again. It keeps the last checkpoint too,
which the next one has to extend (verifier/consistency.py).
"""

import hashlib
import re
import zipfile
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from ledger.errors import TileError
from ledger.tiles import TILE_WIDTH, parse_path
from verifier.errors import SourceError

MAX_FILE_SIZE = TILE_WIDTH * (2 + 65_535)
"""A bundle of the longest entries."""
TIMEOUT = 30.0
_NAMED = re.compile(r"file/[0-9a-f]{64}")


class Source(Protocol):
    """Public files by the names that the ledger serves them under."""

    def get(self, name: str) -> bytes:
        """The content. SourceError if it cannot be had."""


class BundleSource:
    """A zip that `sunseal ledger export` wrote, or anyone else. SourceError if it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceError(f"{path} is no bundle: {error}") from error

    def get(self, name: str) -> bytes:
        try:
            with self._archive.open(name) as file:
                data = file.read(MAX_FILE_SIZE + 1)
        except (KeyError, OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise SourceError(f"the bundle has no readable {name}") from error
        if len(data) > MAX_FILE_SIZE:
            raise SourceError(f"{name} is longer than such a file can be")
        return data


class UrlSource:
    """The ledger under an address such as https://tenders.example.org/ledger."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise SourceError(f"{url!r} is neither a file nor an address")
        self._url = url.rstrip("/")
        self._client = httpx.Client(follow_redirects=False, timeout=TIMEOUT, trust_env=False)

    def get(self, name: str) -> bytes:
        address = f"{self._url}/{name}"
        try:
            with self._client.stream("GET", address) as response:
                if response.status_code != httpx.codes.OK:
                    raise SourceError(f"{address} answers {response.status_code}")
                data = b""
                for piece in response.iter_bytes():
                    data += piece
                    if len(data) > MAX_FILE_SIZE:
                        raise SourceError(f"{address} is longer than such a file can be")
        except httpx.HTTPError as error:
            raise SourceError(f"{address} cannot be read: {type(error).__name__}") from error
        return data


class KeptSource:
    """Another source of which a folder keeps what never changes, and the checkpoint that was last found right."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._checkpoint = b""

    def get(self, name: str) -> bytes:
        if name == "checkpoint":
            self._checkpoint = self._source.get(name)
            return self._checkpoint
        if not _is_for_ever(name):
            return self._source.get(name)
        path = self._path(name)
        kept = self._read(path)
        if kept is not None:
            return kept
        data = self._source.get(name)
        if _is_what_it_says(name, data):
            self._write(path, data)
        return data

    def earlier(self) -> bytes | None:
        """The note of the checkpoint that an earlier run remembered; None for a first run. SourceError."""
        return self._read(self._path("checkpoint"))

    def remember(self) -> None:
        """The checkpoint that was read is what later runs are held against. SourceError."""
        self._write(self._path("checkpoint"), self._checkpoint)

    def _path(self, name: str) -> Path:
        return self._folder / hashlib.sha256(name.encode()).hexdigest()

    def _read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}") from error

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise SourceError(f"{path} cannot be written: {error.strerror}") from error


def _is_for_ever(name: str) -> bool:
    """Whether a file can never change: a full tile or bundle, or one that is called by its hash."""
    if _NAMED.fullmatch(name):
        return True
    try:
        place = parse_path(name)
    except TileError:
        return False
    return place.width == TILE_WIDTH


def _is_what_it_says(name: str, data: bytes) -> bool:
    """Whether a file may be kept: one that is not what its name says would be so for ever."""
    return not _NAMED.fullmatch(name) or hashlib.sha256(data).hexdigest() == name.removeprefix("file/")
