"""The log's side of witnessing: who saw which size last, and asking all of them at once.

The sizes we remember save a round trip and no more: a witness that stands elsewhere says so (409), is believed, and
asked again from there once. Nothing a witness answers is taken without its signature being verified.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from ledger.checkpoint import Checkpoint
from ledger.cosignature import Quorum, require_quorum
from ledger.errors import ConflictError, LedgerError
from ledger.merkle import consistency_proof
from ledger.models import WitnessRow
from ledger.note import Note
from ledger.ports import TileFiles, Witness
from ledger.tile_files import read_hash_at
from ledger.witness_messages import AddCheckpoint, take_cosignatures
from storage.database import Database


def collect(
    database: Database, files: TileFiles, note: Note, witnesses: Sequence[Witness], quorum: Quorum
) -> Note:
    """`note` with the cosignatures of the witnesses that gave one.

    Raises QuorumError, naming the witnesses that are missing and why, if they are too few. Witnesses are asked
    side by side, so one that does not answer costs its own time-out and nobody else's.
    """
    if not witnesses:
        return note
    known = _remembered(database)
    size = Checkpoint.parse(note.text).size
    with ThreadPoolExecutor(len(witnesses), thread_name_prefix="witness") as threads:
        asked = [
            threads.submit(_ask, witness, files, note, known.get(witness.vkey.vkey, 0))
            for witness in witnesses
        ]
    reasons = []
    for witness, future in zip(witnesses, asked, strict=True):
        try:
            note = take_cosignatures(note, future.result(), [witness.vkey])
        except LedgerError as error:
            reasons.append(f"{witness.vkey.name}: {error}")
            continue
        _remember(database, witness.vkey.vkey, size)
    try:
        require_quorum(note, quorum)
    except LedgerError as error:
        error.add_note("; ".join(reasons))
        raise
    return note


def _ask(witness: Witness, files: TileFiles, note: Note, old_size: int) -> bytes:
    try:
        return witness.add_checkpoint(_request(files, note, old_size))
    except ConflictError as conflict:
        return witness.add_checkpoint(_request(files, note, conflict.size))


def _request(files: TileFiles, note: Note, old_size: int) -> AddCheckpoint:
    """RangeError if the witness has seen more than there is: this log has lost entries."""
    size = Checkpoint.parse(note.text).size
    proof = consistency_proof(old_size, size, read_hash_at(files, size)) if old_size < size else ()
    return AddCheckpoint(min(old_size, size), proof, note)


def _remembered(database: Database) -> dict[str, int]:
    with database.session() as session:
        return {row.key: row.size for row in session.execute(select(WitnessRow)).scalars()}


def _remember(database: Database, key: str, size: int) -> None:
    with database.session() as session:
        session.merge(WitnessRow(key=key, size=size))
        session.commit()
