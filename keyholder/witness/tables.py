"""The tables of a witness's state file, and how the file is opened so that a commit survives a power cut.

They may share one SQLite file with tables of others: their names begin with `witness_`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from keyholder.witness.errors import InDoubtError, StateError
from ledger.errors import ConflictError, InconsistentError

BUSY_SECONDS = 5.0

TABLES = """
CREATE TABLE witness_owner (
    vkey TEXT NOT NULL PRIMARY KEY
) STRICT;
-- The last head cosigned of each log, and the checkpoint as monitors are shown it.
CREATE TABLE witness_head (
    origin TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    known_from INTEGER NOT NULL,
    note BLOB
) STRICT;
-- Every head cosigned, from known_from on.
CREATE TABLE witness_cosigned (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    PRIMARY KEY (origin, size, root)
) STRICT, WITHOUT ROWID;
-- Heads that the witness cosigned and does not remember: while there is one, nothing is cosigned.
CREATE TABLE witness_doubt (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    reason TEXT NOT NULL,
    noticed INTEGER NOT NULL,
    note BLOB,
    PRIMARY KEY (origin, size, root)
) STRICT;
-- What a person decided, for the record.
CREATE TABLE witness_decision (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    reasons TEXT NOT NULL,
    decided INTEGER NOT NULL
) STRICT;
-- Checkpoints that the log signed and that were refused. With is_fork = 1 the log signed another tree of the same
-- size as well, which proves that it forked; else it may be that somebody showed it with a wrong proof.
CREATE TABLE witness_refused (
    origin TEXT NOT NULL,
    note BLOB NOT NULL,
    is_fork INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (origin, note)
) STRICT;
"""


def create(path: Path, vkey: str) -> None:
    """Make the tables, and the file if there is none. StateError if they are there already."""
    try:
        with closing(_connect(path, "rwc")) as connection:
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES}")
            connection.execute("INSERT INTO witness_owner VALUES (?)", (vkey,))
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StateError(f"the state cannot be made in {path}: {error}") from error


def check(path: Path, vkey: str) -> None:
    """Raises StateError unless the file is whole and this witness's."""
    try:
        with closing(_connect(path, "rw")) as connection:
            (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            owners = connection.execute("SELECT vkey FROM witness_owner").fetchall()
    except sqlite3.Error as error:
        raise StateError(f"the state file {path} is missing or damaged: {error}") from error
    if result != "ok":
        raise StateError(f"the state file {path} is damaged: {result}")
    if owners != [(vkey,)]:
        raise StateError(f"the state file {path} is that of another witness")


@contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction that excludes every other, of this program and of others; on the disk when it is left.

    The file is opened anew each time, so that one put in its place is seen at once. What was written stays if
    the block ends well, or in a refusal that is worth remembering; any other exception undoes it. StateError
    if the file cannot be read or written.
    """
    try:
        with closing(_connect(path, "rw")) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except (ConflictError, InDoubtError, InconsistentError):
                connection.execute("COMMIT")
                raise
            # Any other exception closes the connection, which rolls back.
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StateError(f"the state file {path} cannot be used: {error}") from error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_SECONDS
    )
    try:
        # One file at rest, so that a copy is whole. EXTRA also syncs the folder when the journal goes: without it
        # a power cut could bring the journal back, and with it the state before the commit.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = EXTRA")
    except BaseException:
        connection.close()
        raise
    return connection
