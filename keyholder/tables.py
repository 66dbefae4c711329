"""The tables of a keyholder, in the state file that it shares with its witness: their names begin with `keyholder_`.

How the file is opened, and that what is committed survives a power cut, is keyholder.witness.tables' concern.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from keyholder.witness import tables as witness_tables
from keyholder.witness.errors import StateError

TABLES = """
-- The followed tree: one row, with the last checkpoint that was read to its end.
CREATE TABLE keyholder_tree (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    note BLOB
) STRICT;
-- Every entry of that tree: kind 0 is sealed (data: commitment), 1 matters here (the leaf), 2 does not (its hash).
CREATE TABLE keyholder_entry (
    place INTEGER NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX keyholder_entry_read ON keyholder_entry (place) WHERE kind = 1;
-- Hashes of complete subtrees, of 256 leaves or more.
CREATE TABLE keyholder_subtree (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;
-- Sizes of the ledger that were seen, and from when to when by the keyholder's clock it was the newest one seen.
CREATE TABLE keyholder_head (
    size INTEGER NOT NULL PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;
-- Checkpoints that show that the log forked. A person who has decided sets `decided`.
CREATE TABLE keyholder_fork (
    sentence TEXT NOT NULL,
    notes BLOB NOT NULL,
    noticed INTEGER NOT NULL,
    decided INTEGER,
    PRIMARY KEY (sentence, notes)
) STRICT;
-- Every point that a share was given of, and what for: never deleted.
CREATE TABLE keyholder_given (
    point BLOB NOT NULL PRIMARY KEY,
    what TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What was given: the entry, and what was sealed (empty for a draw). Never changed but for the times.
CREATE TABLE keyholder_release (
    what TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    chain BLOB NOT NULL,
    entry BLOB NOT NULL,
    sealed BLOB NOT NULL,
    made INTEGER NOT NULL
) STRICT;
-- The transcript that was certified in each run.
CREATE TABLE keyholder_certified (
    run TEXT NOT NULL PRIMARY KEY,
    transcript BLOB NOT NULL
) STRICT;
-- What persons decided: `what` is a group, or <closing>/<part>; `who` is "" for somebody at this machine, else a key.
CREATE TABLE keyholder_approved (
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (what, who)
) STRICT;
CREATE TABLE keyholder_refusal (
    subject TEXT NOT NULL,
    rule TEXT NOT NULL,
    sentence TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    times INTEGER NOT NULL,
    reported INTEGER NOT NULL,
    PRIMARY KEY (subject, rule, sentence)
) STRICT;
-- Of each channel the last sequence that may have been used, and the message that is not answered yet.
CREATE TABLE keyholder_channel (
    name TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    message BLOB
) STRICT;
-- What `status` shows of a daemon that runs.
CREATE TABLE keyholder_fact (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
"""


def create(path: Path, vkey: str) -> None:
    """Make the tables of the witness and of the keyholder in a new file. StateError."""
    witness_tables.create(path, vkey)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES}")
            connection.execute("INSERT INTO keyholder_tree VALUES (1, 0, x'', NULL)")
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StateError(f"the state cannot be made in {path}: {error}") from error
