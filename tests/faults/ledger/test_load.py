"""Four writers and two sequencers at once for a minute: everything committed is in, once, and in order."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.checkpoint import Checkpoint
from ledger.entries import Revealed, decode
from ledger.log import head
from ledger.merkle import leaf_hash, tree_root
from ledger.models import EntryRow
from ledger.note import Note
from storage.database import Database
from tests.environment import ROOT
from tests.faults.ledger.recording_witness import RecordingWitness, assert_all_shown_are_prefixes
from tests.faults.ledger.writer import ROLLED_BACK
from tests.log import make_log

WRITERS, SEQUENCERS = 4, 2


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.long)])
def test_writers_and_sequencers_at_once(
    database: Database, database_url: str, tmp_path: Path, seconds: int
) -> None:
    witness = RecordingWitness(tmp_path / "witness.jsonl")
    book = make_log(database, tmp_path / "public", [witness], 1)
    sequencing = [sys.executable, "-m", "tests.faults.ledger.process", database_url, str(tmp_path), "none"]
    sequencers = [subprocess.Popen(sequencing, cwd=ROOT) for _ in range(SEQUENCERS)]
    try:
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.faults.ledger.writer", database_url, f"s{i}", str(seconds)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for i in range(WRITERS)
        ]
        written = [int(writer.communicate(timeout=seconds + 60)[0]) for writer in writers]
    finally:
        for sequencer in sequencers:
            sequencer.kill()
            sequencer.wait()
    book.run()

    with database.session() as session:
        rows = session.execute(select(EntryRow.index, EntryRow.leaf).order_by(EntryRow.index)).all()
        checkpoint = Checkpoint.parse(Note.parse(head(session).published_note).text)
    leaves = [leaf for _, leaf in rows]
    assert [index for index, _ in rows] == list(range(len(rows)))
    assert (checkpoint.size, checkpoint.root) == (len(rows), tree_root(map(leaf_hash, leaves)))
    assert_all_shown_are_prefixes(witness, leaves)
    found: dict[str, list[int]] = {f"s{i}": [] for i in range(WRITERS)}
    for leaf in leaves[1:]:
        entry = decode(leaf)
        assert isinstance(entry, Revealed)
        subject, _, number = bytes.fromhex(entry.body).decode().partition(":")
        found[subject].append(int(number))
    for i, count in enumerate(written):
        assert count > 10 * seconds
        assert found[f"s{i}"] == [number for number in range(1, count + 1) if number % ROLLED_BACK]
