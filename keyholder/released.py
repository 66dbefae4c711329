"""What a keyholder has given: the points, for ever, and the very bytes, so that it gives no others for the same thing.

A release leaves only after this memory holds it:

1. Lock the state. See that the memory is whole: the mark of releases is not ahead of it.
2. If there is a release for this already, it is that one. If one of the points was given for anything else, none.
3. Write points, entry and sealed bytes; commit: they are on the disk.
4. Raise the mark: it is on the disk too.

A crash before 3 leaves nothing, and nothing has left. A crash after it leaves a release that is sent at the next start.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from keyholder.witness.errors import InDoubtError, StateError
from keyholder.witness.mark import Mark, Probe, no_probe
from keyholder.witness.tables import transaction
from ledger.view import ReleaseRefusedError
from ledger.witness_messages import TreeHead


@dataclass(frozen=True, slots=True)
class Given:
    """What was given for `what`: the signed entry, and the sealed release (empty for a draw)."""

    what: str
    entry: bytes
    sealed: bytes


class Released:
    """The tables keyholder_given and keyholder_release, and the mark that shows when they are an older copy."""

    def __init__(self, path: Path, mark: Mark, origin: str, *, probe: Probe = no_probe) -> None:
        self._path = path
        self._mark = mark
        self._origin = origin
        self._probe = probe

    def names(self) -> tuple[str, ...]:
        """What was given, in the order in which it was."""
        with transaction(self._path) as connection:
            rows = connection.execute(
                "SELECT what FROM keyholder_release WHERE entry <> x'' ORDER BY number"
            ).fetchall()
        return tuple(what for (what,) in rows)

    def get(self, what: str) -> Given:
        """What was given for this; KeyError if nothing was."""
        with transaction(self._path) as connection:
            row = _find(connection, what)
        if row is None:
            raise KeyError(what)
        return row

    def given(self, points: Iterable[bytes]) -> dict[bytes, str]:
        """Those of the points that a share was given of, and what for."""
        with transaction(self._path) as connection:
            return _given(connection, points)

    def require_whole(self) -> None:
        """InDoubtError if more was released than is remembered; StateError if the mark is missing."""
        with transaction(self._path) as connection:
            self._require_whole(connection)

    def record(self, given: Given, points: Iterable[bytes], now: int) -> Given:
        """Steps 1 to 4: what is to be sent, which is what was recorded first.

        Raises ReleaseRefusedError by rule 24, InDoubtError, StateError.
        """
        with transaction(self._path) as connection:  # 1.
            last = self._require_whole(connection)
            before = _find(connection, given.what)
            if before is not None:  # 2.
                return before
            points = list(points)
            if any(other != given.what for other in _given(connection, points).values()):
                raise ReleaseRefusedError("share-given", "a share of one of these points was given before")
            connection.executemany(  # 3.
                "INSERT OR IGNORE INTO keyholder_given VALUES (?, ?)",
                [(point, given.what) for point in points],
            )
            chain = hashlib.sha256(last.root + hashlib.sha256(given.entry).digest()).digest()
            head = TreeHead(last.size + 1, chain)
            connection.execute(
                "INSERT INTO keyholder_release VALUES (?, ?, ?, ?, ?, ?)",
                (given.what, head.size, head.root, given.entry, given.sealed, now),
            )
            self._probe("release written")
        self._probe("release committed")
        self._mark.raise_to(self._origin, head)  # 4.
        self._probe("release marked")
        return given

    def adopt(self, given: Iterable[tuple[bytes, str]]) -> None:
        """Points that the ledger shows were given by this keyholder, when its memory is made anew."""
        with transaction(self._path) as connection:
            connection.executemany("INSERT OR IGNORE INTO keyholder_given VALUES (?, ?)", list(given))

    def accept_older(self) -> None:
        """A person's decision: go on with this memory, though the mark is ahead of it or missing."""
        with transaction(self._path) as connection:
            last = _last(connection)
            marked = self._mark.read().get(self._origin, last) if self._mark.exists() else last
            number = max(last.size, marked.size) + 1
            head = TreeHead(number, hashlib.sha256(last.root + marked.root).digest())
            connection.execute(
                "INSERT INTO keyholder_release VALUES (?, ?, ?, x'', x'', 0)",
                (f"decided/{number}", head.size, head.root),
            )
        self._mark.raise_to(self._origin, head, make_anew=True)

    def _require_whole(self, connection: Connection) -> TreeHead:
        """The last head; a mark that is behind is raised, as a crash between 3 and 4 leaves it so."""
        last = _last(connection)
        try:
            marked = self._mark.read().get(self._origin)
        except StateError as error:
            raise InDoubtError(f"the mark of releases cannot be read: {error}") from error
        if marked is None or marked.size < last.size:
            return last
        row = connection.execute(
            "SELECT chain FROM keyholder_release WHERE number = ?", (marked.size,)
        ).fetchone()
        if marked.size > 0 and (row is None or row[0] != marked.root):
            raise InDoubtError(
                "this keyholder gave shares that it does not remember: its memory is an older copy"
            )
        return last


def _find(connection: Connection, what: str) -> Given | None:
    row = connection.execute(
        "SELECT what, entry, sealed FROM keyholder_release WHERE what = ? AND entry <> x''", (what,)
    ).fetchone()
    return None if row is None else Given(*row)


def _given(connection: Connection, points: Iterable[bytes]) -> dict[bytes, str]:
    found = {}
    for point in points:
        row = connection.execute("SELECT what FROM keyholder_given WHERE point = ?", (point,)).fetchone()
        if row is not None:
            found[point] = row[0]
    return found


def _last(connection: Connection) -> TreeHead:
    row = connection.execute(
        "SELECT number, chain FROM keyholder_release ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return TreeHead(0, bytes(32)) if row is None else TreeHead(*row)
