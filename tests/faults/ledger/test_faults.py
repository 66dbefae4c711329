"""The table of faults: at every step of the sequencer, each way to fail; then one ordinary run, and all must be well.

Well means: every entry whose receipt was handed out stands where the receipt says; indices are dense and each was
given once; every checkpoint that was ever signed is a prefix of the log; what was pending is published.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from ledger import log, receipts
from ledger.errors import LedgerError
from ledger.models import EntryRow
from ledger.proof import verify_receipt
from storage.database import Database
from storage.errors import BlobWriteError, StorageError
from storage.public_files import FolderFiles
from tests.environment import ROOT
from tests.faults.ledger.recording_witness import RecordingWitness, assert_all_shown_are_prefixes
from tests.log import Log, make_log

STEPS = [
    "before assign",
    "during assign",
    "after assign",
    "before store",
    "during store",
    "after store",
    "before publish",
    "during sign",
    "during witness",
    "during publish",
    "after publish",
]
ROUND = 5
"""Entries appended before the fault and again after it."""


@pytest.fixture
def witness(tmp_path: Path) -> RecordingWitness:
    return RecordingWitness(tmp_path / "witness.jsonl")


@pytest.fixture
def book(database: Database, tmp_path: Path, witness: RecordingWitness) -> Log:
    return make_log(database, tmp_path / "public", [witness], 1)


def promise(book: Log, ids: list[int]) -> list[bytes]:
    policy = book.policy()
    with book.database.session() as session:
        return [receipts.receipt_of(session, book.files, policy, entry_id) for entry_id in ids]


def assert_well(book: Log, witness: RecordingWitness, promised: list[bytes], total: int) -> None:
    with book.database.session() as session:
        rows = session.execute(select(EntryRow.index, EntryRow.leaf).order_by(EntryRow.index)).all()
        head = log.head(session)
        assert head.size == head.stored_size == head.published_size == total
    assert [index for index, _ in rows] == list(range(total))
    leaves = [leaf for _, leaf in rows]
    for receipt in promised:
        proven = verify_receipt(receipt, book.policy())
        assert leaves[proven.index] == proven.entry
    assert_all_shown_are_prefixes(witness, leaves)
    assert len(promise(book, [row.id for row in _rows(book)])) == total


def _rows(book: Log) -> list[EntryRow]:
    with book.database.session() as session:
        return list(session.execute(select(EntryRow)).scalars())


def fault_then_recovery(book: Log, witness: RecordingWitness, failing: Callable[[], None]) -> None:
    ids = book.append(ROUND)
    book.run()
    promised = promise(book, ids)
    later = book.append(ROUND, seed=1)
    failing()
    last = book.append(1, seed=2)
    book.run()
    promised += promise(book, later + last)
    assert_well(book, witness, promised, 1 + 2 * ROUND + 1)


@pytest.mark.parametrize("step", STEPS)
def test_process_killed_at_a_step(
    book: Log, witness: RecordingWitness, database_url: str, tmp_path: Path, step: str
) -> None:
    def failing() -> None:
        command = [sys.executable, "-m", "tests.faults.ledger.process", database_url, str(tmp_path), step]
        killed = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
        assert killed.returncode == -9, killed.stderr.decode()

    fault_then_recovery(book, witness, failing)


@pytest.mark.parametrize("step", STEPS)
def test_database_connection_lost_at_a_step(book: Log, witness: RecordingWitness, step: str) -> None:
    def lose(at: str) -> None:
        if at == step:
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            with book.database.engine.connect() as connection:
                connection.execute(text(kill))

    def failing() -> None:
        sequencer = book.sequencer(lose)
        for _ in range(2):
            try:
                sequencer.run()
            except DBAPIError:
                sequencer.close()
        sequencer.close()

    fault_then_recovery(book, witness, failing)


class FaultyFiles:
    """Public files of which one write fails: before anything is written, or after all of it was."""

    def __init__(self, files: FolderFiles, number: int, *, persisted: bool) -> None:
        self._files = files
        self._left = number
        self._persisted = persisted

    def put(self, name: str, content: bytes) -> None:
        self._left -= 1
        if self._left == 0:
            if self._persisted:
                self._files.put(name, content)
            raise BlobWriteError(f"the public file {name} could not be written: injected")
        self._files.put(name, content)

    def get(self, name: str) -> bytes:
        return self._files.get(name)


@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed but persisted"])
@pytest.mark.parametrize("number", [1, 2, 3], ids=["bundle", "tile", "checkpoint"])
def test_write_of_a_public_file_fails(
    book: Log, witness: RecordingWitness, number: int, *, persisted: bool
) -> None:
    def failing() -> None:
        faulty = FaultyFiles(book.files, number, persisted=persisted)
        sequencer = Log(book.database, faulty, book.witnesses, 1).sequencer()  # type: ignore[arg-type]
        with pytest.raises(StorageError):
            sequencer.run()
        sequencer.close()

    fault_then_recovery(book, witness, failing)


@contextmanager
def commits_fail(number: int, *, persisted: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commit with this number raises as if the connection broke: before it reached the server, or after."""
    commit, left = Session.commit, number

    def faulty(session: Session) -> None:
        nonlocal left
        left -= 1
        if left == 0 and not persisted:
            raise OperationalError("COMMIT", {}, Exception("injected"))
        commit(session)
        if left == 0:
            raise OperationalError("COMMIT", {}, Exception("injected"))

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", faulty)
        yield


@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed but persisted"])
@pytest.mark.parametrize("number", [1, 2, 3, 4], ids=["assign", "store", "witness", "publish"])
def test_commit_fails(
    book: Log, witness: RecordingWitness, monkeypatch: pytest.MonkeyPatch, number: int, *, persisted: bool
) -> None:
    def failing() -> None:
        sequencer = book.sequencer()
        with (
            commits_fail(number, persisted=persisted, monkeypatch=monkeypatch),
            pytest.raises(OperationalError),
        ):
            sequencer.run()
        sequencer.close()

    fault_then_recovery(book, witness, failing)


def test_disk_full(book: Log, witness: RecordingWitness, tmp_path: Path) -> None:
    """A real full file system, where one can be mounted."""
    folder = tmp_path / "public"
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root alone")
    try:

        def failing() -> None:
            copied = subprocess.run(["cp", "-a", f"{folder}/.", small], check=False)
            assert copied.returncode == 0
            with suppress(OSError), (small / "filler").open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            full = Log(book.database, FolderFiles(small), book.witnesses, 1).sequencer()
            with pytest.raises(BlobWriteError, match="No space left"):
                full.run()
            full.close()
            assert not list(small.rglob("*.part"))

        fault_then_recovery(book, witness, failing)
    finally:
        subprocess.run(["umount", small], check=True)


def test_witness_that_is_away_delays_the_receipt_and_loses_nothing(
    book: Log, witness: RecordingWitness
) -> None:
    class Away(RecordingWitness):
        def add_checkpoint(self, request: object) -> bytes:
            raise LedgerError("the witness does not answer")

    ids = book.append(3)
    away = Away(Path("/nonexistent"))
    sequencer = Log(book.database, book.files, [away], 1).sequencer()
    with pytest.raises(LedgerError) as caught:
        sequencer.run()
    sequencer.close()
    assert "the witness does not answer" in caught.value.__notes__[0]
    with book.database.session() as session, pytest.raises(receipts.NotYetPublishedError):
        receipts.receipt_of(session, book.files, book.policy(), ids[0])
    book.run()
    assert_well(book, witness, promise(book, ids), 4)


@pytest.mark.long
def test_processes_killed_at_random_under_load(
    book: Log, witness: RecordingWitness, database_url: str, tmp_path: Path
) -> None:
    promised: list[bytes] = []
    waiting: list[int] = []
    command = [sys.executable, "-m", "tests.faults.ledger.process", database_url, str(tmp_path), "none"]
    total = 1
    for number in range(12):
        process = subprocess.Popen(command, cwd=ROOT)
        end = time.monotonic() + 0.8 + number * 0.07
        while time.monotonic() < end:
            waiting += book.append(5, seed=total)
            total += 5
            time.sleep(0.02)
        process.kill()
        process.wait()
        with book.database.session() as session:
            still = []
            for entry_id in waiting:
                try:
                    promised.append(receipts.receipt_of(session, book.files, book.policy(), entry_id))
                except receipts.NotYetPublishedError:
                    still.append(entry_id)
            waiting = still
    book.run()
    promised += promise(book, waiting)
    assert len(promised) == total - 1
    assert_well(book, witness, promised, total)
