"""Appending and waiting: every caller gets its own receipt, and who waits in vain learns where to ask later."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from ledger import receipts
from ledger.entries import Sealed, encode
from ledger.loop import run_until
from ledger.proof import verify_receipt
from ledger.receipts import NotYetPublishedError
from ledger.waiting import Desk
from storage.database import Database
from tests.log import NOW, Log, make_log


@pytest.fixture
def book(database: Database, tmp_path: Path) -> Log:
    return make_log(database, tmp_path / "public")


def test_many_callers_at_once_each_get_the_receipt_of_their_own_entry(book: Log) -> None:
    stopped = threading.Event()
    sequencing = threading.Thread(
        target=run_until,
        args=(stopped, book.sequencer(), book.database),
        kwargs={"clock": lambda: NOW, "random": Random(1).randbytes},
    )
    sequencing.start()
    entries = [Sealed(f"{number:064x}") for number in range(60)]
    policy = book.policy()
    try:
        with Desk(book.database, book.files, policy) as desk, ThreadPoolExecutor(12) as threads:
            found = list(threads.map(lambda entry: desk.append_and_wait(entry, now=NOW, timeout=20), entries))
    finally:
        stopped.set()
        sequencing.join()
    assert [verify_receipt(receipt, policy).entry for receipt in found] == [
        encode(entry) for entry in entries
    ]


def test_waiting_without_a_sequencer_ends_and_says_under_which_id_to_ask_later(book: Log) -> None:
    with (
        Desk(book.database, book.files, book.policy()) as desk,
        pytest.raises(NotYetPublishedError) as caught,
    ):
        desk.append_and_wait(Sealed("ab" * 32), now=NOW, timeout=0.1)
    assert caught.value.__notes__ == ["the entry's id is 2"]
    book.run()
    with book.database.session() as session:
        receipts.receipt_of(session, book.files, book.policy(), 2)


def test_closing_lets_no_caller_hang(book: Log) -> None:
    desk = Desk(book.database, book.files, book.policy())
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            desk.append_and_wait(Sealed("ab" * 32), now=NOW, timeout=60)
        except NotYetPublishedError as error:
            errors.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    waiter.join(0.3)
    desk.close()
    waiter.join(10)
    assert not waiter.is_alive()
    assert len(errors) == 1
