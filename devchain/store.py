"""The chain's one SQLite file: py-evm's key-value store, the index of logs, and a few numbers.

A block is one transaction of SQLite, synced before it is answered for: a crash, or loss of power, at any instant
leaves the chain as it was after some whole block. One connection; callers hold the node's lock.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth.db.backends.base import BaseDB

from devchain.errors import FolderError

FORMAT = 1
"""SQLite's user_version: of another format the file is refused."""

_TABLES = """
CREATE TABLE nodes (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE logs (
    block INTEGER, position INTEGER, block_hash BLOB NOT NULL, transaction_hash BLOB NOT NULL,
    address BLOB NOT NULL, topic0 BLOB, topic1 BLOB, topic2 BLOB, topic3 BLOB, data BLOB NOT NULL,
    PRIMARY KEY (block, position)
) WITHOUT ROWID;
CREATE INDEX logs_by_address ON logs (address, topic0, block);
CREATE INDEX logs_by_event ON logs (topic0, block);
CREATE INDEX logs_by_subject ON logs (topic1, block);
"""
TOPICS = 4


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event, as it is kept. `topics` has none to four of 32 bytes; `position` is its place in the block."""

    block: int
    position: int
    block_hash: bytes
    transaction_hash: bytes
    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which logs: blocks from first to last, and of each field one of several values; none named means any."""

    first: int
    last: int
    addresses: tuple[bytes, ...] = ()
    topics: tuple[tuple[bytes, ...], ...] = ()


class Store:
    """The open file. FolderError if it is not one of ours."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA synchronous = FULL")
            self._prepare(path, read_only)
        except sqlite3.DatabaseError as error:
            raise FolderError(f"{path} is not a chain of this program: {error}") from error
        self.nodes = _Nodes(self._db)

    def _prepare(self, path: Path, read_only: bool) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0 and not read_only:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
        elif version != FORMAT:
            raise FolderError(f"{path} has format {version}, this program's is {FORMAT}: start a new folder")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within is durable at the end, or none of it ever was."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def number(self, name: str) -> int | None:
        row = self._db.execute("SELECT value FROM numbers WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def set_number(self, name: str, value: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO numbers VALUES (?, ?)", (name, value))

    def add_logs(self, rows: Sequence[LogRow]) -> None:
        self._db.executemany(
            "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(row.block, row.position, row.block_hash, row.transaction_hash, row.address),
                    *(row.topics + (None,) * TOPICS)[:TOPICS],
                    row.data,
                )
                for row in rows
            ],
        )

    def logs(self, query: LogQuery) -> Iterator[LogRow]:
        """Those that match, in the chain's order."""
        conditions = ["block BETWEEN ? AND ?"]
        parameters: list[Any] = [query.first, query.last]
        fields: list[tuple[str, tuple[bytes, ...]]] = [("address", query.addresses)]
        fields += [(f"topic{number}", wanted) for number, wanted in enumerate(query.topics)]
        for field, wanted in fields:
            if wanted:
                conditions.append(f"{field} IN ({', '.join('?' * len(wanted))})")
                parameters += wanted
        statement = f"SELECT * FROM logs WHERE {' AND '.join(conditions)} ORDER BY block, position"  # noqa: S608  # nosec B608
        for row in self._db.execute(statement, parameters):
            topics = tuple(topic for topic in row[5 : 5 + TOPICS] if topic is not None)
            yield LogRow(row[0], row[1], row[2], row[3], row[4], topics, row[5 + TOPICS])


class _Nodes(BaseDB):
    """What py-evm keeps by key: nodes of the tries, code, headers, and where transactions are."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __getitem__(self, key: bytes) -> bytes:
        row = self._db.execute("SELECT value FROM nodes WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        value: bytes = row[0]
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?)", (key, value))

    def __delitem__(self, key: bytes) -> None:
        if self._db.execute("DELETE FROM nodes WHERE key = ?", (key,)).rowcount == 0:
            raise KeyError(key)

    def _exists(self, key: bytes) -> bool:
        return self._db.execute("SELECT 1 FROM nodes WHERE key = ?", (key,)).fetchone() is not None
