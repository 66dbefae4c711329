"""The rows of a witness's memory, as values: each function works in a transaction of `tables`."""

from dataclasses import dataclass
from sqlite3 import Connection

from keyholder.witness.doubt import Memory
from ledger.checkpoint import Checkpoint
from ledger.note import Note
from ledger.witness_messages import TreeHead

MAX_REMEMBERED = 10_000
"""Heads remembered of each log; before the oldest of them nothing is known."""
MAX_REFUSED = 100
"""Refused checkpoints kept of each log: so many that prove a fork, and so many that may."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A head of a log that the witness cosigned and does not remember; `noticed` in POSIX seconds."""

    head: TreeHead
    reason: str
    noticed: int
    note: bytes | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A checkpoint that the log signed, a note, and whether it proves by itself that the log forked."""

    note: bytes
    is_fork: bool
    refused: int


def read_memory(connection: Connection, origin: str) -> Memory:
    """What is remembered of a log, also of one never seen."""
    row = connection.execute(
        "SELECT size, root, known_from FROM witness_head WHERE origin = ?", (origin,)
    ).fetchone()
    return Memory() if row is None else Memory(TreeHead(row[0], row[1]), row[2])


def read_note(connection: Connection, origin: str) -> bytes | None:
    """The last checkpoint cosigned; None if there is none, or its text is not known."""
    row = connection.execute("SELECT note FROM witness_head WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else row[0]


def remembered_roots(connection: Connection, origin: str, size: int) -> frozenset[bytes]:
    """The roots of the trees of that size that were cosigned: one, unless something is very wrong."""
    rows = connection.execute(
        "SELECT root FROM witness_cosigned WHERE origin = ? AND size = ?", (origin, size)
    )
    return frozenset(root for (root,) in rows)


def remember(connection: Connection, origin: str, head: TreeHead) -> None:
    """Add a head to those that were cosigned."""
    connection.execute(
        "INSERT OR IGNORE INTO witness_cosigned VALUES (?, ?, ?)", (origin, head.size, head.root)
    )


def write_head(connection: Connection, origin: str, head: TreeHead, note: bytes) -> None:
    """The last head is now this one; the oldest that are remembered beyond MAX_REMEMBERED are forgotten."""
    known_from = read_memory(connection, origin).known_from
    remember(connection, origin, head)
    row = connection.execute(
        "SELECT size FROM witness_cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1 OFFSET ?",
        (origin, MAX_REMEMBERED - 1),
    ).fetchone()
    if row is not None:
        known_from = max(known_from, row[0])
        connection.execute("DELETE FROM witness_cosigned WHERE origin = ? AND size < ?", (origin, known_from))
    _replace_head(connection, origin, Memory(head, known_from), note)


def adopt_head(connection: Connection, origin: str, head: TreeHead, note: bytes | None) -> None:
    """The last head is one that was forgotten; what was cosigned between is not known."""
    remember(connection, origin, head)
    _replace_head(connection, origin, Memory(head, head.size), note)


def add_doubt(connection: Connection, origin: str, doubt: Doubt) -> None:
    """Open a doubt; one about the same head stays as it was."""
    connection.execute(
        "INSERT OR IGNORE INTO witness_doubt VALUES (?, ?, ?, ?, ?, ?)",
        (origin, doubt.head.size, doubt.head.root, doubt.reason, doubt.noticed, doubt.note),
    )


def read_doubts(connection: Connection, origin: str) -> tuple[Doubt, ...]:
    """The open doubts, the largest head first."""
    rows = connection.execute(
        "SELECT size, root, reason, noticed, note FROM witness_doubt WHERE origin = ? ORDER BY size DESC, root",
        (origin,),
    )
    return tuple(Doubt(TreeHead(size, root), *rest) for size, root, *rest in rows)


def end_doubts(connection: Connection, origin: str, head: TreeHead, now: int) -> None:
    """Close the doubts about a log, because a person decided for `head`; the decision is kept."""
    reasons = "\n".join(doubt.reason for doubt in read_doubts(connection, origin))
    connection.execute(
        "INSERT INTO witness_decision VALUES (?, ?, ?, ?, ?)", (origin, head.size, head.root, reasons, now)
    )
    connection.execute("DELETE FROM witness_doubt WHERE origin = ?", (origin,))


def keep_refused(connection: Connection, origin: str, note: Note, *, now: int, inconsistent: bool) -> None:
    """Keep a checkpoint of the log that was refused, if it may prove that it forked, and if there is room.

    Beside a remembered tree of the same size with another root it does; one that is `inconsistent` by the proof
    that came with it may.
    """
    checkpoint = Checkpoint.parse(note.text)
    roots = remembered_roots(connection, origin, checkpoint.size)
    is_fork = bool(roots) and checkpoint.root not in roots
    if not is_fork and not inconsistent:
        return
    (kept,) = connection.execute(
        "SELECT count(*) FROM witness_refused WHERE origin = ? AND is_fork = ?", (origin, is_fork)
    ).fetchone()
    if kept < MAX_REFUSED:
        connection.execute(
            "INSERT OR IGNORE INTO witness_refused VALUES (?, ?, ?, ?)",
            (origin, note.to_bytes(), is_fork, now),
        )


def read_refused(connection: Connection, origin: str) -> tuple[Refused, ...]:
    """What `keep_refused` kept, the oldest first."""
    rows = connection.execute(
        "SELECT note, is_fork, refused FROM witness_refused WHERE origin = ? ORDER BY rowid", (origin,)
    )
    return tuple(Refused(note, bool(is_fork), refused) for note, is_fork, refused in rows)


def _replace_head(connection: Connection, origin: str, memory: Memory, note: bytes | None) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO witness_head VALUES (?, ?, ?, ?, ?)",
        (origin, memory.head.size, memory.head.root, memory.known_from, note),
    )
