"""Slower disasters: restored databases, lost or stale files, hung witnesses, two sequencers that both work."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import delete, select, update

from crypto.signatures import SigningKey
from ledger import log, receipts
from ledger.checkpoint import Checkpoint
from ledger.entries import Revealed, Sealed, encode
from ledger.errors import EntryError, InconsistentError, LogError, QuorumError
from ledger.loop import run_until
from ledger.merkle import leaf_hash, tree_root
from ledger.models import EntryRow, HeadRow
from ledger.note import Note
from ledger.opening import rotate_key
from ledger.proof import verify_receipt
from ledger.rebuild import rebuild_tiles
from ledger.sequencer import MAX_BATCH, Sequencer
from storage.database import Database
from storage.errors import BlobWriteError
from tests.faults.ledger.recording_witness import RecordingWitness, assert_all_shown_are_prefixes
from tests.log import KEY, NOW, Log, make_log


@pytest.fixture
def witness(tmp_path: Path) -> RecordingWitness:
    return RecordingWitness(tmp_path / "witness.jsonl")


@pytest.fixture
def book(database: Database, tmp_path: Path, witness: RecordingWitness) -> Log:
    return make_log(database, tmp_path / "public", [witness], 1)


def leaves(book: Log) -> list[bytes]:
    with book.database.session() as session:
        return list(session.execute(select(EntryRow.leaf).order_by(EntryRow.index)).scalars())


def test_restored_older_database_touches_nothing_that_is_published(
    book: Log, witness: RecordingWitness
) -> None:
    book.append(4)
    book.run()
    with book.database.session() as session:
        old = session.get_one(HeadRow, 1)
        state = {
            name: getattr(old, name)
            for name in ("size", "frontier", "stored_size", "published_size", "published_note")
        }
    last = book.append(6, seed=1)
    book.run()
    with book.database.session() as session:
        receipt = receipts.receipt_of(session, book.files, book.policy(), last[-1])
    shown = len(witness.shown())
    with book.database.session() as session:  # what a restore of the older backup leaves
        session.execute(delete(EntryRow).where(EntryRow.index >= 5))
        session.execute(update(HeadRow).values(**state))
        session.commit()
    book.append(300, seed=2)
    sequencer = book.sequencer()
    for _ in range(3):
        with pytest.raises(InconsistentError, match="an older one was restored"):
            sequencer.run()
        sequencer.close()
    assert len(witness.shown()) == shown
    proven = verify_receipt(receipt, book.policy())
    assert proven.entry in book.files.get("tile/entries/000.p/11")


def test_published_file_is_never_replaced_by_another(book: Log) -> None:
    """Even with the checkpoint file gone: a tile that says something else stops everything."""
    book.append(3)
    book.run()
    book.append(2, seed=1)
    book.files.put("tile/entries/000.p/6", b"something else")
    sequencer = book.sequencer()
    with pytest.raises(InconsistentError, match="other content"):
        sequencer.run()
    sequencer.close()


def test_altered_row_of_the_unfinished_bundle_is_found(book: Log) -> None:
    book.append(3)
    book.run()
    with book.database.session() as session:
        row = session.execute(select(EntryRow).where(EntryRow.index == 2)).scalar_one()
        row.leaf = encode(Sealed("cd" * 32))
        session.commit()
    book.append(2, seed=1)
    sequencer = book.sequencer()
    with pytest.raises(InconsistentError, match="do not fit"):
        sequencer.run()
    sequencer.close()
    assert not (Path(str(book.files._root)) / "tile" / "entries" / "000.p" / "6").exists()


class Unwritable:
    """Public files that can be read and not written."""

    def __init__(self, book: Log) -> None:
        self.get = book.files.get

    def put(self, name: str, content: bytes) -> None:
        raise BlobWriteError(f"{name} could not be written: injected")


def test_long_outage_of_the_files_piles_up_no_work_for_one_step(book: Log) -> None:
    for seed in range(3):
        book.append(MAX_BATCH, seed)
    broken = Log(book.database, Unwritable(book), book.witnesses, 1).sequencer()  # type: ignore[arg-type]
    for _ in range(5):
        with pytest.raises(BlobWriteError):
            broken.run()
    broken.close()
    with book.database.session() as session:
        assert log.head(session).size == MAX_BATCH
    book.run()
    with book.database.session() as session:
        assert log.head(session).published_size == 3 * MAX_BATCH + 1


def test_process_that_cannot_work_lets_another(book: Log) -> None:
    """After a rotation the old process goes on trying; the one with the new key publishes all the same."""
    book.run()
    new = SigningKey(b"\x22" * 32)
    with book.database.session() as session:
        rotate_key(session, KEY, new, now=NOW)
        session.commit()
    stopped = threading.Event()
    witness = book.witnesses[0]
    assert isinstance(witness, RecordingWitness)
    witness.know(new)

    def loop(sequencer: Sequencer) -> None:
        run_until(stopped, sequencer, book.database, clock=lambda: NOW, random=Random(1).randbytes)

    threads = [threading.Thread(target=loop, args=(book.sequencer(key=key),)) for key in (KEY, new)]
    for thread in threads:
        thread.start()
    (entry_id,) = book.append(1)
    assert eventually(lambda: is_published(book, entry_id))
    stopped.set()
    for thread in threads:
        thread.join()


def test_handover_during_a_run_is_not_signed_by_the_old_key(book: Log) -> None:
    book.append(2)
    new = SigningKey(b"\x22" * 32)

    def rotate(at: str) -> None:
        if at == "during witness":
            with book.database.session() as session:
                rotate_key(session, KEY, new, now=NOW)
                session.commit()

    sequencer = book.sequencer(rotate)
    with pytest.raises(LogError, match="rotated"):
        sequencer.run()
    sequencer.close()
    with book.database.session() as session:
        assert log.head(session).published_size == 0


class Hung(RecordingWitness):
    """A witness that answers after a long time."""

    def add_checkpoint(self, request: object) -> bytes:
        time.sleep(3)
        raise OSError("too late")


def test_hung_witness_delays_nobody(database: Database, tmp_path: Path) -> None:
    witnesses = [
        Hung(tmp_path / "hung.jsonl", 1),
        *(RecordingWitness(tmp_path / f"{n}.jsonl", n) for n in (2, 3)),
    ]
    book = make_log(database, tmp_path / "public", witnesses, 2)
    sequencer = book.sequencer()
    start = time.monotonic()
    for seed in range(3):
        book.append(2, seed)
        sequencer.run()
    assert time.monotonic() - start < 2.5
    sequencer.close()
    with database.session() as session:
        assert log.head(session).published_size == 7


def test_witnesses_that_fail_in_any_way_leave_a_quorum_of_the_others(
    database: Database, tmp_path: Path
) -> None:
    class Odd(RecordingWitness):
        def add_checkpoint(self, request: object) -> bytes:
            raise RuntimeError("something nobody thought of")

    witnesses = [Odd(tmp_path / "odd.jsonl", 1), RecordingWitness(tmp_path / "2.jsonl", 2)]
    book = make_log(database, tmp_path / "public", witnesses, 1)
    book.run()
    strict = Log(database, book.files, witnesses, 2)
    strict.append(1)
    sequencer = strict.sequencer()
    with pytest.raises(QuorumError) as caught:
        sequencer.run()
    sequencer.close()
    assert "something nobody thought of" in caught.value.__notes__[0]


def test_lost_and_stale_public_files_are_mended(book: Log) -> None:
    book.append(5)
    book.run()
    stale = book.files.get("checkpoint")
    book.append(700, seed=1)
    book.run()
    newest = book.files.get("checkpoint")
    book.files.put("checkpoint", stale)  # a process that was paused in the midst of its write
    book.run()
    assert book.files.get("checkpoint") == newest
    shutil.rmtree(Path(str(book.files._root)) / "tile")
    assert rebuild_tiles(book.database, book.files) == 706
    book.append(3, seed=2)
    book.run()
    checkpoint = Checkpoint.parse(Note.parse(book.files.get("checkpoint")).text)
    assert (checkpoint.size, checkpoint.root) == (709, tree_root(map(leaf_hash, leaves(book))))


def test_two_sequencers_that_both_work_are_harmless(
    book: Log, witness: RecordingWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The advisory lock is bypassed: what remains are the locks on rows."""
    monkeypatch.setattr(Sequencer, "_take_lock", lambda self: True)
    stopped = threading.Event()
    errors: list[BaseException] = []

    def work() -> None:
        sequencer = book.sequencer()
        while not stopped.is_set():
            try:
                sequencer.run()
            except (QuorumError, InconsistentError) as error:  # the other was faster at the witness
                if "entries were lost" in str(error) or isinstance(error, QuorumError):
                    continue
                errors.append(error)
                return
            except BaseException as error:  # noqa: BLE001 - shown below
                errors.append(error)
                return

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for seed in range(30):
        book.append(7, seed)
    last = book.append(1, seed=99)
    assert eventually(lambda: bool(errors) or is_published(book, last[0]))
    stopped.set()
    for thread in threads:
        thread.join()
    assert not errors
    monkeypatch.undo()
    book.run()
    with book.database.session() as session:
        indices = session.execute(select(EntryRow.index).order_by(EntryRow.index)).scalars().all()
    assert list(indices) == list(range(212))
    assert_all_shown_are_prefixes(witness, leaves(book))


def test_order_of_one_subject_is_that_of_its_row_lock(book: Log) -> None:
    """Two transactions change one row and append: whoever gets the row first comes first in the log."""
    ready, go = threading.Event(), threading.Event()

    def first() -> None:
        with book.database.session() as session:
            session.execute(update(EntryRow).where(EntryRow.id == 1).values(appended_at=NOW))
            ready.set()
            go.wait(5)
            log.append(session, Revealed.of(0, bytes(32), b"first"), now=NOW)
            session.commit()

    def second() -> None:
        ready.wait(5)
        with book.database.session() as session:
            session.get_one(EntryRow, 1).appended_at = NOW.replace(
                hour=10
            )  # flushed by append, before its own row
            go.set()
            log.append(session, Revealed.of(0, bytes(32), b"second"), now=NOW)
            session.commit()

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book.run()
    assert [b"first".hex().encode() in leaf for leaf in leaves(book)[1:]] == [True, False]


def test_what_could_never_be_revealed_is_not_sealed_and_a_reveal_has_one_spelling() -> None:
    with pytest.raises(EntryError, match="never be revealed"):
        Sealed.of(bytes(30_001), bytes(32))
    for body in ("ab\n", "a b", "AB", "abc"):
        with pytest.raises(EntryError):
            encode(Revealed(1, "ab" * 32, body))


def eventually(found: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.02)
    return False


def is_published(book: Log, entry_id: int) -> bool:
    with book.database.session() as session:
        try:
            receipts.receipt_of(session, book.files, book.policy(), entry_id)
        except receipts.NotYetPublishedError:
            return False
    return True
