"""The sequencer: gives pending entries their indices, stores tiles, and publishes cosigned checkpoints.

One run, whose steps a crash may cut off anywhere; the sizes in the head's row say how far it came:

    0. guard    what is published must not be ahead of this database, as it is after an older one was restored;
                a checkpoint file that is behind is mended.
    1. assign   in one transaction, under the lock of the head's row: indices for the pending entries in the order
                of their ids, and the new tree head. A crash before the commit: nothing.
    2. store    the tiles and bundles up to the head's size, each durable; then `stored_size`.
                                                             A crash: the same files are written again.
    3. sign     the checkpoint of the stored tree. Only a head that is committed is ever signed, and the
                signature is deterministic, so no two signed checkpoints can disagree.
    4. witness  ask each witness for its cosignature, with a proof from the size it saw last.
                                                             A crash: asked again, they answer again.
    5. publish  with the quorum reached: the checkpoint file, then `published_size`. Receipts follow.

Any number of processes may run one. An advisory lock lets one of them work at a time; should two work all the
same (a connection that died unnoticed), the row lock in steps 1 and 5 keeps them harmless: both
derive everything else from the same committed rows.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crypto.signatures import SigningKey
from ledger import log
from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.cosignature import Quorum
from ledger.errors import InconsistentError, LogError
from ledger.models import EntryRow, HeadRow
from ledger.note import Note
from ledger.opening import identity, note_key
from ledger.ports import TileFiles, Witness
from ledger.tile_files import CHECKPOINT_FILE, first_leaf, store_growth
from ledger.witnessing import WitnessPool
from storage.bell import ring
from storage.database import Database
from storage.errors import BlobNotFoundError

MAX_BATCH = 1024
"""Entries that may have an index and no tiles yet: 64 MB at the very most, a megabyte as a rule."""

ADVISORY_LOCK = int.from_bytes(b"sequence", "big") >> 1

_ASSIGN = text(
    "UPDATE ledger_entry SET index = :first + given.place - 1"
    " FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS given(id, place)"
    " WHERE ledger_entry.id = given.id AND ledger_entry.index IS NULL"
)

_IDLE = select(HeadRow.id).where(
    HeadRow.published_size == HeadRow.size, ~exists().where(EntryRow.index.is_(None))
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
        self._holds_lock = self._guarded = False
        self._witnesses = WitnessPool(setting.witnesses)

    def run(self) -> bool:
        """Does whatever is to be done now; True if there was something, False if another process has the lock.

        Raises whatever a step raises (a database or a disk that fails, QuorumError); the next run goes on from
        there. LogError if the key is not the log's. Whoever cannot go on calls `close`, so that another can.
        """
        with self._setting.database.session() as session:
            if self._guarded and session.execute(_IDLE).first() is not None:
                return False  # one question, for it is asked many times a second
            self._require_key(log.head(session))
        if not self._take_lock():
            return False
        if not self._guarded:  # a database is not replaced under a lock that is held
            self._step("guard", self._guard)
            self._guarded = True
        worked = self._step("assign", self._assign)
        worked |= self._step("store", self._store)
        return self._step("publish", self._publish) or worked

    def close(self) -> None:
        """Gives the lock back; `run` takes it again."""
        if self._lock is not None:
            with suppress(SQLAlchemyError):  # a connection that is gone has given it back
                self._lock.execute(text("SELECT pg_advisory_unlock_all()"))
            self._lock.invalidate()
            self._lock.close()
            self._lock = None
        self._holds_lock = self._guarded = False

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

    def _require_key(self, row: HeadRow) -> None:
        if identity(row).keys[-1] != note_key(row.origin, self._setting.key):
            raise LogError("the sequencer's key is not the log's present key: was it rotated?")

    def _guard(self) -> bool:
        with self._setting.database.session() as session:
            size = self._published_file_size(log.head(session))
            session.rollback()
            row = log.head(session)  # after the file: it is never ahead of rows that are read later
            if size > row.size:
                raise InconsistentError(
                    f"a checkpoint of size {size} is published, and this database has only {row.size} entries: "
                    "an older one was restored; restore the newer one, or open a new log"
                )
            if size >= row.published_size:
                return False
        with self._setting.database.session() as session:
            row = log.head(session, for_update=True)
            if self._published_file_size(row) < row.published_size:
                self._setting.files.put(CHECKPOINT_FILE, row.published_note)
        return False

    def _published_file_size(self, row: HeadRow) -> int:
        """The size of the checkpoint that lies among the public files; 0 if there is none."""
        try:
            note = Note.parse(self._setting.files.get(CHECKPOINT_FILE))
        except BlobNotFoundError:
            return 0
        return open_checkpoint(note, identity(row)).checkpoint.size

    def _assign(self) -> bool:
        waiting = (
            select(EntryRow.id, EntryRow.leaf_hash).where(EntryRow.index.is_(None)).order_by(EntryRow.id)
        )
        with self._setting.database.session() as session:
            if session.execute(waiting.limit(1)).first() is None:  # an idle log takes no lock
                return False
            session.rollback()
            row = log.head(session, for_update=True)
            self._require_key(row)
            room = MAX_BATCH - (row.size - row.stored_size)
            if room <= 0:
                return False  # tiles come first: an outage of the files must not pile up work for one step
            pending = session.execute(waiting.limit(room)).all()
            tree, _ = row.tree().extended(leaf for _, leaf in pending)
            given = session.connection().execute(
                _ASSIGN, {"ids": [key for key, _ in pending], "first": row.size}
            )
            if given.rowcount != len(pending):
                raise InconsistentError(
                    "an entry was given an index twice: another program writes the ledger's tables"
                )
            row.grow(tree)
            self._setting.probe("during assign")
            session.commit()
            return bool(pending)

    def _store(self) -> bool:
        with self._setting.database.session() as session:
            row = log.head(session)
            old, new, tree = row.stored_size, row.size, row.tree()
            if old == new:
                return False
            leaves = select(EntryRow.leaf).where(EntryRow.index >= first_leaf(old), EntryRow.index < new)
            found = session.execute(leaves.order_by(EntryRow.index)).scalars().all()
        # No transaction is open while files are written, which may take long.
        store_growth(self._setting.files, old, found, tree)
        self._setting.probe("during store")
        with self._setting.database.session() as session:
            session.execute(update(HeadRow).where(HeadRow.stored_size == old).values(stored_size=new))
            session.commit()
        return True

    def _publish(self) -> bool:
        setting = self._setting
        with setting.database.session() as session:
            row = log.head(session)
            size, origin = row.stored_size, row.origin
            if size == row.published_size:
                return False
            if row.size != size:
                return False  # tiles are behind; the next run goes on
            root = row.tree().root()
        note = sign_checkpoint(Checkpoint(origin, size, root), setting.key)
        setting.probe("during sign")
        quorum = Quorum(setting.threshold, tuple(witness.vkey for witness in setting.witnesses))
        note = self._witnesses.collect(setting.database, setting.files, note, quorum)
        setting.probe("during witness")
        with setting.database.session() as session:
            row = log.head(session, for_update=True)
            self._require_key(row)
            if row.published_size >= size:
                return True
            setting.files.put(CHECKPOINT_FILE, note.to_bytes())
            setting.probe("during publish")
            row.published_size, row.published_note, row.published_at = size, note.to_bytes(), setting.clock()
            ring(session)
            session.commit()
        return True
