"""The log's side of witnessing: who saw which size last, and asking all of them at once.

The sizes we remember save a round trip and no more: a witness that stands elsewhere says so (409), is believed, and
asked again from there once. Nothing a witness answers is taken without its signature being verified.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ledger.checkpoint import Checkpoint
from ledger.cosignature import Quorum, require_quorum
from ledger.errors import ConflictError, InconsistentError, LedgerError, QuorumError
from ledger.merkle import consistency_proof
from ledger.models import WitnessRow
from ledger.note import Note
from ledger.ports import TileFiles, Witness
from ledger.tile_files import read_hash_at
from ledger.witness_messages import AddCheckpoint, take_cosignatures
from storage.database import Database


class WitnessPool:
    """The witnesses of one process. One that is still busy with an earlier checkpoint is left out of the next."""

    def __init__(self, witnesses: Sequence[Witness]) -> None:
        self._witnesses = witnesses
        self._threads = ThreadPoolExecutor(max(len(witnesses), 1), thread_name_prefix="witness")
        self._busy: dict[Witness, tuple[Future[bytes], Note]] = {}

    def collect(self, database: Database, files: TileFiles, note: Note, quorum: Quorum) -> Note:
        """`note` with cosignatures of a quorum, returned as soon as that is reached.

        So a witness that hangs delays nobody. Raises QuorumError, naming the witnesses that are missing, and as a note
        why, if they are too few.
        """
        if quorum.threshold == 0:
            return note
        self._hear_late(database)
        known = _remembered(database)
        size = Checkpoint.parse(note.text).size
        free = [witness for witness in self._witnesses if witness not in self._busy]
        asked = {
            self._threads.submit(_ask, witness, files, note, known.get(witness.vkey.vkey, 0)): witness
            for witness in free
        }
        self._busy |= {witness: (future, note) for future, witness in asked.items()}
        reasons = [f"{witness.vkey.name}: still busy" for witness in self._witnesses if witness not in free]
        for future in as_completed(asked):
            witness = asked[future]
            del self._busy[witness]
            error = future.exception()
            if error is None:
                try:
                    note = take_cosignatures(note, future.result(), [witness.vkey])
                    _remember(database, witness.vkey.vkey, size)
                    require_quorum(note, quorum)
                except QuorumError:
                    continue
                except LedgerError as refused:
                    reasons.append(f"{witness.vkey.name}: {refused}")
                else:
                    return note
            elif isinstance(error, InconsistentError):
                raise error
            else:
                reasons.append(f"{witness.vkey.name}: {error}")
        try:
            require_quorum(note, quorum)
        except QuorumError as missing:
            missing.add_note("; ".join(reasons))
            raise
        return note

    def _hear_late(self, database: Database) -> None:
        """What the quorum did not wait for: it counts for no checkpoint, but says where that witness stands."""
        for witness, (future, note) in list(self._busy.items()):
            if not future.done():
                continue
            del self._busy[witness]
            if future.exception() is None:
                with suppress(LedgerError):
                    take_cosignatures(note, future.result(), [witness.vkey])
                    _remember(database, witness.vkey.vkey, Checkpoint.parse(note.text).size)


def _ask(witness: Witness, files: TileFiles, note: Note, old_size: int) -> bytes:
    try:
        return witness.add_checkpoint(_request(files, note, old_size))
    except ConflictError as conflict:
        return witness.add_checkpoint(_request(files, note, conflict.size, told=True))


def _request(files: TileFiles, note: Note, old_size: int, *, told: bool = False) -> AddCheckpoint:
    """InconsistentError if the witness says that it has seen more than there is: this log has lost entries."""
    size = Checkpoint.parse(note.text).size
    if old_size > size:
        if told:
            raise InconsistentError(
                f"a witness has cosigned size {old_size} of this log, which has only {size}: entries were lost, "
                "probably by restoring an older database"
            )
        old_size = size
    proof = consistency_proof(old_size, size, read_hash_at(files, size)) if old_size < size else ()
    return AddCheckpoint(old_size, proof, note)


def _remembered(database: Database) -> dict[str, int]:
    with database.session() as session:
        return {row.key: row.size for row in session.execute(select(WitnessRow)).scalars()}


def _remember(database: Database, key: str, size: int) -> None:
    with (
        suppress(IntegrityError),
        database.session() as session,
    ):  # another process remembers it at this moment
        session.merge(WitnessRow(key=key, size=size))
        session.commit()
