"""The sequencer on a real database: order, tiles, receipts, crashes between steps, and two at once."""

from pathlib import Path

import pytest
from sqlalchemy import event, select

from crypto.signatures import SigningKey
from ledger import log, receipts
from ledger.checkpoint import Checkpoint
from ledger.entries import KeyRotated, LogOpened, Revealed, Sealed, decode
from ledger.errors import InconsistentError, LogError
from ledger.merkle import consistency_proof, leaf_hash, read_root, tree_root, verify_consistency
from ledger.models import EntryRow
from ledger.note import Note
from ledger.opening import open_log, rotate_key
from ledger.proof import verify_receipt
from ledger.receipts import NotYetPublishedError
from ledger.tile_files import read_hash_at
from storage.database import Database
from tests.log import KEY, NOW, ORIGIN, Log, make_log


@pytest.fixture
def book(database: Database, tmp_path: Path) -> Log:
    return make_log(database, tmp_path / "public")


def leaves(book: Log) -> list[bytes]:
    with book.database.session() as session:
        query = select(EntryRow.leaf).where(EntryRow.index.is_not(None)).order_by(EntryRow.index)
        return list(session.execute(query).scalars())


def published(book: Log) -> Checkpoint:
    with book.database.session() as session:
        return Checkpoint.parse(Note.parse(log.head(session).published_note).text)


def test_new_log_begins_with_its_own_entry(book: Log) -> None:
    book.run()
    first = decode(leaves(book)[0])
    assert isinstance(first, LogOpened)
    assert first.origin == ORIGIN
    with book.database.session() as session, pytest.raises(LogError, match="already"):
        open_log(session, ORIGIN, KEY, now=NOW, random=bytes)


@pytest.mark.parametrize("counts", [[1], [3, 1, 4], [255, 1, 1], [256], [300, 300]])
def test_published_root_is_that_of_the_entries_in_order(book: Log, counts: list[int]) -> None:
    for seed, count in enumerate(counts):
        book.append(count, seed)
        book.run()
        checkpoint = published(book)
        assert checkpoint.size == len(leaves(book))
        assert checkpoint.root == tree_root(map(leaf_hash, leaves(book)))
        assert read_root(checkpoint.size, read_hash_at(book.files, checkpoint.size)) == checkpoint.root
        assert Note.parse(book.files.get("checkpoint")).text == checkpoint.text


def test_every_entry_gets_a_receipt_that_verifies(book: Log) -> None:
    ids = book.append(10)
    book.run()
    with book.database.session() as session:
        found = [receipts.receipt_of(session, book.files, book.policy(), entry_id) for entry_id in ids]
    assert [verify_receipt(receipt, book.policy()).index for receipt in found] == list(range(1, 11))


def test_no_receipt_before_its_checkpoint_is_out(book: Log) -> None:
    (entry_id,) = book.append(1)
    with book.database.session() as session:
        with pytest.raises(NotYetPublishedError):
            receipts.receipt_of(session, book.files, book.policy(), entry_id)
        with pytest.raises(LogError, match="no entry"):
            receipts.receipt_of(session, book.files, book.policy(), 10**6)


def test_rolled_back_transaction_leaves_nothing(book: Log) -> None:
    with book.database.session() as session:
        log.append(session, Sealed("ab" * 32), now=NOW)
        session.rollback()
    book.run()
    assert len(leaves(book)) == 1


class CrashError(Exception):
    """The process dies here."""


STEPS = [
    *(f"{when} {step}" for step in ("assign", "store", "publish") for when in ("before", "during", "after")),
    "during sign",
    "during witness",
]


@pytest.mark.parametrize("step", STEPS)
def test_crash_at_any_step_is_recovered_by_the_next_run(book: Log, step: str) -> None:
    book.append(5)
    book.run()
    before = published(book)
    book.append(7, seed=1)

    def probe(at: str) -> None:
        if at == step:
            raise CrashError

    crashing = book.sequencer(probe)
    with pytest.raises(CrashError):
        crashing.run()
    crashing.close()
    book.run()
    after = published(book)
    assert after.size == before.size + 7 == len(leaves(book))
    assert after.root == tree_root(map(leaf_hash, leaves(book)))
    proof = consistency_proof(before.size, after.size, read_hash_at(book.files, after.size))
    verify_consistency(before.size, before.root, after.size, after.root, proof)


def test_idle_sequencer_asks_one_question_and_hears_the_next_entry(book: Log) -> None:
    sequencer = book.sequencer()
    while sequencer.run():
        pass
    asked: list[str] = []
    event.listen(book.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert not sequencer.run()
    assert len(asked) == 1
    book.append(1)
    assert sequencer.run()
    sequencer.close()
    assert published(book).size == 2


def test_only_one_of_two_sequencers_works_and_the_other_takes_over(book: Log) -> None:
    first, second = book.sequencer(), book.sequencer()
    assert first.run()
    book.append(3)
    assert not second.run()
    assert published(book).size == 1
    first.close()
    assert second.run()
    second.close()
    assert published(book).size == 4


def test_altered_entry_is_found_before_anything_is_signed(book: Log) -> None:
    book.append(3)

    def alter(at: str) -> None:
        if at == "after assign":
            with book.database.session() as session:
                row = session.execute(select(EntryRow).where(EntryRow.index == 2)).scalar_one()
                row.leaf = row.leaf.replace(b"0", b"1", 1)
                session.commit()

    sequencer = book.sequencer(alter)
    with pytest.raises(InconsistentError, match="altered"):
        sequencer.run()
    sequencer.close()


def test_rotated_key_signs_from_the_next_checkpoint_on_and_both_signed_the_handover(book: Log) -> None:
    old_ids = book.append(2)
    book.run()
    with book.database.session() as session:
        old_receipt = receipts.receipt_of(session, book.files, book.policy(), old_ids[0])
    new = SigningKey(b"\x22" * 32)
    with book.database.session() as session:
        rotate_key(session, KEY, new, now=NOW)
        session.commit()
    stale = book.sequencer()
    with pytest.raises(LogError, match="rotated"):
        stale.run()
    stale.close()
    fresh = book.sequencer(key=new)
    assert fresh.run()
    fresh.close()
    handover = decode(leaves(book)[-1])
    assert isinstance(handover, KeyRotated)
    assert [key.key for key in handover.check()] == [KEY.verify_key, new.verify_key]
    verify_receipt(old_receipt, book.policy())
    with book.database.session() as session, pytest.raises(LogError, match="not the one"):
        rotate_key(session, KEY, SigningKey(b"\x33" * 32), now=NOW)


def test_reveal_opens_what_was_sealed_and_nothing_else(book: Log) -> None:
    with book.database.session() as session:
        log.append(session, Sealed.of(b"a bid", b"\x01" * 32), now=NOW)
        log.append(session, Revealed.of(1, b"\x01" * 32, b"a bid"), now=NOW)
        session.commit()
    book.run()
    with book.database.session() as session:
        reveal = log.entry_at(session, 2)
        assert isinstance(reveal, Revealed)
        assert reveal.check(log.entry_at(session, reveal.index)) == b"a bid"
