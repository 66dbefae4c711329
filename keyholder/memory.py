"""What a keyholder remembers beside the ledger: decisions, refusals, forks, what it certified, and small facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyholder.witness.tables import transaction

MAX_REFUSALS = 10_000
"""Beyond that no new ones are written: whoever sends so many wants to fill the disk."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not done, by which rule and why; first and last time, POSIX seconds, and how often."""

    subject: str
    rule: str
    sentence: str
    first: int
    last: int
    times: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Two checkpoints that the log signed and that are not of one log."""

    sentence: str
    notes: bytes
    noticed: int
    decided: int | None


class Memory:
    """The other keyholder_ tables in the file at `path`. Threads may share it. StateError from everything."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def approve(self, what: str, who: str, now: int) -> bool:
        """A person's decision for `what`: "" for somebody at this machine. Whether it is new."""
        with transaction(self._path) as connection:
            done = connection.execute(
                "INSERT OR IGNORE INTO keyholder_approved VALUES (?, ?, ?)", (what, who, now)
            )
            return done.rowcount > 0

    def approvals(self) -> dict[str, set[str]]:
        """Who approved what."""
        approvals: dict[str, set[str]] = {}
        with transaction(self._path) as connection:
            for what, who in connection.execute("SELECT what, who FROM keyholder_approved"):
                approvals.setdefault(what, set()).add(who)
        return approvals

    def refuse(self, refusals: Sequence[tuple[str, str, str]], now: int) -> list[tuple[str, str, str]]:
        """Keep refusals (subject, rule, sentence); gives those that are the first of their kind."""
        if not refusals:
            return []
        new = []
        with transaction(self._path) as connection:
            (count,) = connection.execute("SELECT count(*) FROM keyholder_refusal").fetchone()
            for key in refusals:
                done = connection.execute(
                    "UPDATE keyholder_refusal SET last = ?, times = times + 1"
                    " WHERE subject = ? AND rule = ? AND sentence = ?",
                    (now, *key),
                )
                if not done.rowcount and count < MAX_REFUSALS:
                    connection.execute(
                        "INSERT INTO keyholder_refusal VALUES (?, ?, ?, ?, ?, 1, 0)", (*key, now, now)
                    )
                    count += 1
                    new.append(key)
        return new

    def refusals(self) -> tuple[Refusal, ...]:
        """All that are kept, the oldest first."""
        with transaction(self._path) as connection:
            rows = connection.execute(
                "SELECT subject, rule, sentence, first, last, times FROM keyholder_refusal ORDER BY rowid"
            ).fetchall()
        return tuple(Refusal(*row) for row in rows)

    def unreported(self, limit: int) -> tuple[Refusal, ...]:
        """Those that the platform was not told yet."""
        with transaction(self._path) as connection:
            rows = connection.execute(
                "SELECT subject, rule, sentence, first, last, times FROM keyholder_refusal"
                " WHERE reported = 0 ORDER BY rowid LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(Refusal(*row) for row in rows)

    def reported(self, refusals: Iterable[Refusal]) -> None:
        """The platform was told."""
        with transaction(self._path) as connection:
            connection.executemany(
                "UPDATE keyholder_refusal SET reported = 1 WHERE subject = ? AND rule = ? AND sentence = ?",
                [(refusal.subject, refusal.rule, refusal.sentence) for refusal in refusals],
            )

    def keep_fork(self, sentence: str, notes: tuple[bytes, ...], now: int) -> bool:
        """Keep the evidence of a fork; whether it is new."""
        with transaction(self._path) as connection:
            done = connection.execute(
                "INSERT OR IGNORE INTO keyholder_fork VALUES (?, ?, ?, NULL)",
                (sentence, b"\n".join(notes), now),
            )
            return done.rowcount > 0

    def forks(self) -> tuple[Fork, ...]:
        """All evidence, the oldest first."""
        with transaction(self._path) as connection:
            rows = connection.execute(
                "SELECT sentence, notes, noticed, decided FROM keyholder_fork ORDER BY rowid"
            ).fetchall()
        return tuple(Fork(*row) for row in rows)

    def decide_forks(self, now: int) -> None:
        """A person decided that the tree that was followed is the right one; the evidence stays."""
        with transaction(self._path) as connection:
            connection.execute("UPDATE keyholder_fork SET decided = ? WHERE decided IS NULL", (now,))

    def certify(self, run: str, transcript: bytes) -> bool:
        """Remember that this transcript of a run is certified, before it is; whether no other one was."""
        with transaction(self._path) as connection:
            connection.execute("INSERT OR IGNORE INTO keyholder_certified VALUES (?, ?)", (run, transcript))
            (kept,) = connection.execute(
                "SELECT transcript FROM keyholder_certified WHERE run = ?", (run,)
            ).fetchone()
            return bool(kept == transcript)

    def note_fact(self, name: str, value: int, now: int) -> None:
        """What `status` shows of a daemon that runs."""
        with transaction(self._path) as connection:
            connection.execute("INSERT OR REPLACE INTO keyholder_fact VALUES (?, ?, ?)", (name, value, now))

    def facts(self) -> dict[str, tuple[int, int]]:
        """(value, when) by name."""
        with transaction(self._path) as connection:
            rows = connection.execute("SELECT name, value, at FROM keyholder_fact").fetchall()
        return {name: (value, at) for name, value, at in rows}

    def sequence(self, channel: str) -> tuple[int, bytes | None]:
        """The last sequence that may have been used, and the message that awaits its answer."""
        with transaction(self._path) as connection:
            row = connection.execute(
                "SELECT sequence, message FROM keyholder_channel WHERE name = ?", (channel,)
            ).fetchone()
        return (0, None) if row is None else (row[0], row[1])

    def write_sequence(self, channel: str, sequence: int, message: bytes | None) -> None:
        """The sequence is never lowered."""
        with transaction(self._path) as connection:
            connection.execute(
                "INSERT INTO keyholder_channel VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " sequence = max(sequence, excluded.sequence), message = excluded.message",
                (channel, sequence, message),
            )
