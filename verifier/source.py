"""Where the public files come from: a bundle without any network, or the platform's address.

What is read is believed by what it proves. A folder can keep what was read, so that a later run asks for what is new;
full tiles never change, and everything that is kept is checked again.
"""

import hashlib
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
    """Another source whose full tiles and bundles are kept in a folder, for the next run."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder

    def get(self, name: str) -> bytes:
        if not _is_for_ever(name):
            return self._source.get(name)
        path = self._folder / hashlib.sha256(name.encode()).hexdigest()
        try:
            return path.read_bytes()
        except FileNotFoundError:
            data = self._source.get(name)
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}") from error
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise SourceError(f"{path} cannot be written: {error.strerror}") from error
        return data


def _is_for_ever(name: str) -> bool:
    """Whether a file can never change: a full tile or bundle."""
    try:
        place = parse_path(name)
    except TileError:
        return False
    return place.width == TILE_WIDTH
