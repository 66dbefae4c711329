"""The mark: a witness's second memory, one small file outside its folder, that shows when the first is old.

It holds the largest head that the witness knows it has cosigned, for each log. It is no backup: it is there so
that putting back a copy of the state is noticed, and so it must be left out of whatever copies the state.

    {"heads":{"<origin>":{"root":"<base64>","size":"<decimal>"}},"version":1,"witness":"<verifier key>"}

in the canonical form of RFC 8785. It is replaced whole and durably, and it only ever rises.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from keyholder.secret_file import sync_folder
from keyholder.witness.errors import StateError
from ledger.checkpoint import parse_hash, parse_size
from ledger.note import NoteKey, encode_base64
from ledger.witness_messages import TreeHead

Probe = Callable[[str], None]
"""Told of each step as it is reached; tests die there."""

MAX_SIZE = 1 << 20


def no_probe(step: str) -> None:
    """Nobody watches."""


class Mark:
    """The file at `path`, of the witness known by `witness`. Threads and processes may share it."""

    def __init__(self, path: Path, witness: NoteKey, *, probe: Probe = no_probe) -> None:
        self._path = path
        self._witness = witness
        self._probe = probe

    def __str__(self) -> str:
        return str(self._path)

    def exists(self) -> bool:
        """Whether there is a file, be it damaged."""
        return self._path.exists()

    def create(self) -> None:
        """An empty mark. StateError if one is there, or it cannot be written."""
        with _explained(self._path), self._locked():
            if self._path.exists():
                raise StateError(f"there is a mark already: {self._path}")
            self._replace({})

    def read(self) -> dict[str, TreeHead]:
        """The heads by origin. StateError if the file is missing, malformed or another witness's."""
        with _explained(self._path), self._path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
        try:
            return self._parse(canonical_json.loads(data))
        except EncodingError as error:
            raise StateError(
                f"the mark {self._path} is damaged: delete it, and decide with accept-state ({error})"
            ) from error

    def raise_to(self, origin: str, head: TreeHead, *, make_anew: bool = False) -> None:
        """Remember `head`, durably, if it is beyond what is marked. StateError.

        A missing file is an error, unless a person decided that it is to be made anew.
        """
        with _explained(self._path), self._locked():
            heads = {} if make_anew and not self._path.exists() else self.read()
            marked = heads.get(origin)
            if marked is None or head.size > marked.size:
                self._replace({**heads, origin: head})

    def _parse(self, value: Json) -> dict[str, TreeHead]:
        match value:
            case {"heads": dict(heads), "version": 1, "witness": str(vkey), **rest} if not rest:
                pass
            case _:
                raise EncodingError("it is not of the form of a mark")
        if vkey != self._witness.vkey:
            raise StateError(f"the mark {self._path} is that of another witness")
        return {origin: _parse_head(head) for origin, head in heads.items()}

    def _replace(self, heads: Mapping[str, TreeHead]) -> None:
        value: Json = {
            "heads": {
                origin: {"root": encode_base64(head.root), "size": str(head.size)}
                for origin, head in heads.items()
            },
            "version": 1,
            "witness": self._witness.vkey,
        }
        descriptor, name = tempfile.mkstemp(
            prefix=f".{self._path.name}.", suffix=".part", dir=self._path.parent
        )
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(canonical_json.dumps(value))
                file.flush()
                os.fsync(descriptor)
            self._probe("mark written")
            part.replace(self._path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(self._path.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # Not on the mark itself, which is replaced, nor on a folder that others may lock.
        lock = self._path.with_name(f".{self._path.name}.lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _parse_head(value: Json) -> TreeHead:
    match value:
        case {"root": str(root), "size": str(size), **rest} if not rest:
            return TreeHead(parse_size(size), parse_hash(root))
        case _:
            raise EncodingError("it is not of the form of a mark")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """A failure of the file system is one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise StateError(f"the mark {path} is missing: put it back, or decide with accept-state") from error
    except OSError as error:
        raise StateError(f"the mark {path} cannot be used: {error.strerror}") from error
