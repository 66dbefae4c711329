"""The sequencer: gives pending entries their indices, stores tiles, and publishes cosigned checkpoints.

One run, whose steps a crash may cut off anywhere; the sizes in the head's row say how far it came:

    1. assign   in one transaction: indices for the pending entries in the order of their ids, and the new tree
                head, swapped in only if the old one is still there.       A crash before the commit: nothing.
    2. store    the tiles and bundles up to the head's size, each durable; then `stored_size`.
                                                             A crash: the same files are written again.
    3. sign     the checkpoint of the stored tree. Only a head that is committed is ever signed, and the
                signature is deterministic, so no two signed checkpoints can disagree.
    4. witness  ask each witness for its cosignature, with a proof from the size it saw last.
                                                             A crash: asked again, they answer again.
    5. publish  with the quorum reached: the checkpoint file, then `published_size`. Receipts follow.

Any number of processes may run one. An advisory lock lets one of them work at a time; should two work all the
same (a connection that died unnoticed), the swap in step 1 and the row lock in step 5 keep them harmless: both
derive everything else from the same committed rows.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crypto.signatures import SigningKey
from ledger import log
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.cosignature import Quorum
from ledger.errors import InconsistentError, LogError
from ledger.models import EntryRow, HeadRow
from ledger.note import Note
from ledger.opening import identity, note_key
from ledger.ports import TileFiles, Witness
from ledger.tile_files import store_growth
from ledger.witnessing import collect
from storage.database import Database

CHECKPOINT_FILE = "checkpoint"
MAX_BATCH = 1024
"""Entries given an index in one transaction: 64 MB at the very most, a megabyte as a rule."""

ADVISORY_LOCK = int.from_bytes(b"sequence", "big") >> 1

_ASSIGN = text(
    "UPDATE ledger_entry SET index = :first + given.place - 1"
    " FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS given(id, place)"
    " WHERE ledger_entry.id = given.id AND ledger_entry.index IS NULL"
)

Probe = Callable[[str], None]
"""Called before, during and after each step, as "before assign": where tests let a crash happen."""


def _no_probe(step: str) -> None:
    """Production's probe."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a sequencer works with. `clock` gives the time that is recorded with a publication."""

    database: Database
    files: TileFiles
    key: SigningKey
    witnesses: Sequence[Witness]
    threshold: int
    clock: Callable[[], datetime]
    probe: Probe = _no_probe


class Sequencer:
    """One process's sequencer. It holds a connection, and on it the lock, from the first run to `close`."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._lock: Connection | None = None
        self._holds_lock = False

    def run(self) -> bool:
        """Does whatever is to be done now; True if there was something, False if another process has the lock.

        Raises whatever a step raises (a database or a disk that fails, QuorumError); the next run goes on from
        there. LogError if the key is not the log's.
        """
        if not self._take_lock():
            return False
        self._check_key()
        worked = self._step("assign", self._assign)
        worked |= self._step("store", self._store)
        return self._step("publish", self._publish) or worked

    def close(self) -> None:
        """Gives the lock back."""
        if self._lock is not None:
            with suppress(SQLAlchemyError):  # a connection that is gone has given it back
                self._lock.execute(text("SELECT pg_advisory_unlock_all()"))
            self._lock.invalidate()
            self._lock.close()
            self._lock = None
        self._holds_lock = False

    def _step(self, name: str, work: Callable[[], bool]) -> bool:
        self._setting.probe(f"before {name}")
        worked = work()
        self._setting.probe(f"after {name}")
        return worked

    def _take_lock(self) -> bool:
        try:
            if self._lock is None:
                connection = self._setting.database.engine.connect()
                self._lock = connection.execution_options(isolation_level="AUTOCOMMIT")
            if self._holds_lock:
                self._lock.execute(text("SELECT 1"))  # a connection that died has given the lock away
            else:
                query = text("SELECT pg_try_advisory_lock(:key)")
                self._holds_lock = bool(self._lock.execute(query, {"key": ADVISORY_LOCK}).scalar_one())
        except DBAPIError:
            self.close()
            raise
        return self._holds_lock

    def _check_key(self) -> None:
        with self._setting.database.session() as session:
            row = log.head(session)
            if identity(row).keys[-1] != note_key(row.origin, self._setting.key):
                raise LogError("the sequencer's key is not the log's present key: was it rotated?")

    def _assign(self) -> bool:
        with self._setting.database.session() as session:
            row = log.head(session, for_update=True)
            pending = session.execute(
                select(EntryRow.id, EntryRow.leaf_hash)
                .where(EntryRow.index.is_(None))
                .order_by(EntryRow.id)
                .limit(MAX_BATCH)
            ).all()
            if not pending:
                return False
            tree, _ = row.tree().extended(leaf for _, leaf in pending)
            session.execute(_ASSIGN, {"ids": [key for key, _ in pending], "first": row.size})
            row.grow(tree)
            self._setting.probe("during assign")
            session.commit()
            return True

    def _store(self) -> bool:
        with self._setting.database.session() as session:
            row = log.head(session)
            old, new, tree = row.stored_size, row.size, row.tree()
            if old == new:
                return False

            def read_leaves(start: int, end: int) -> Sequence[bytes]:
                query = select(EntryRow.leaf).where(EntryRow.index >= start, EntryRow.index < end)
                return session.execute(query.order_by(EntryRow.index)).scalars().all()

            if store_growth(self._setting.files, old, new, read_leaves) != tree:
                raise InconsistentError(
                    "the tiles do not lead to the head of the log: database or tiles were altered; restore them"
                )
            self._setting.probe("during store")
            swap = update(HeadRow).where(HeadRow.stored_size == old).values(stored_size=new)
            session.execute(swap)
            session.commit()
            return True

    def _publish(self) -> bool:
        setting = self._setting
        with setting.database.session() as session:
            row = log.head(session)
            size, origin = row.stored_size, row.origin
            if size == row.published_size:
                return False
            root = row.tree().root() if row.size == size else None
        if root is None:
            return False  # another process has assigned meanwhile; it, or the next run, goes on
        note = sign_checkpoint(Checkpoint(origin, size, root), setting.key)
        self._setting.probe("during sign")
        quorum = Quorum(setting.threshold, tuple(witness.vkey for witness in setting.witnesses))
        note = collect(setting.database, setting.files, note, setting.witnesses, quorum)
        self._setting.probe("during witness")
        with setting.database.session() as session:
            row = log.head(session, for_update=True)
            if row.published_size >= size:
                return True
            setting.files.put(CHECKPOINT_FILE, note.to_bytes())
            self._setting.probe("during publish")
            row.published_size, row.published_note, row.published_at = size, note.to_bytes(), setting.clock()
            session.commit()
        return True


def published(row: HeadRow) -> Note:
    """The newest published checkpoint. Raises LogError if none is out yet."""
    if not row.published_note:
        raise LogError("the log has no published checkpoint yet: is the sequencer running?")
    return Note.parse(row.published_note)
