"""Cosignatures by way of messages: handed out, answered, timed out, superseded; and never believed."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from statistics import median

import pytest
from sqlalchemy import func, select

from custody.board import Board
from custody.errors import NotAllowedError, SequenceError
from custody.exchange import Exchange
from custody.mailbox import MailboxWitness
from custody.models import CosignatureRow
from ledger import log
from ledger.checkpoint import LogIdentity
from ledger.cosignature import verify_cosignatures
from ledger.errors import ConflictError, InconsistentError, LedgerError
from ledger.exchange import Answer, CosignatureAnswer, CosignatureRequest
from ledger.note import Note
from ledger.opening import note_key
from ledger.witness_answers import WitnessRefusedError, WitnessUnavailableError
from ledger.witness_messages import (
    NEVER_SEEN,
    SIZE_CONTENT_TYPE,
    AddCheckpoint,
    TreeHead,
    decide,
    refusal_status,
    size_body,
)
from storage.bell import Bell
from tests.keyholders import SimulatedKeyholder, World
from tests.log import KEY, NOW, ORIGIN, Log
from tests.unit.keyholder.witness_example import growth

LOG = LogIdentity(ORIGIN, (note_key(ORIGIN, KEY),))
Reply = Callable[[CosignatureRequest], CosignatureAnswer | None]


class Witnessing:
    """A keyholder's witness as the protocol has it."""

    def __init__(self, keyholder: SimulatedKeyholder) -> None:
        self.keyholder = keyholder
        self.seen: TreeHead = NEVER_SEEN
        self.answered = 0

    def __call__(self, request: CosignatureRequest) -> CosignatureAnswer:
        self.answered += 1
        parsed = AddCheckpoint.parse(base64.b64decode(request.body))
        try:
            accepted = decide(
                parsed, {ORIGIN: LOG}, {ORIGIN: self.seen}, self.keyholder.party.witness, 1_780_000_000
            )
        except LedgerError as error:
            status = refusal_status(error)
            body = size_body(error.size) if isinstance(error, ConflictError) else b""
            kind = SIZE_CONTENT_TYPE if isinstance(error, ConflictError) else "text/plain"
            return CosignatureAnswer(request.id, status, kind, base64.b64encode(body).decode())
        self.seen = accepted.head
        return CosignatureAnswer(request.id, 200, "text/plain", base64.b64encode(accepted.body).decode())


@contextmanager
def serving(world: World, desk: Exchange, keyholder: SimulatedKeyholder, reply: Reply) -> Iterator[None]:
    """A keyholder that waits on its channel, and answers each request with `reply`."""
    stopped = threading.Event()

    def loop() -> None:
        answers: list[CosignatureAnswer] = []
        while not stopped.is_set():
            data = keyholder.message(channel="witness", answers=answers, known=1 << 40, wait=1)
            with suppress(SequenceError):
                answer = Answer.parse(desk.answer(data, lambda _: None))
                answers = [given for request in answer.requests if (given := reply(request)) is not None]

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@pytest.fixture
def desk(world: World) -> Iterator[Exchange]:
    board = Board(world.database)
    yield Exchange(world.database, world.reader, board, lambda: NOW)
    board.close()


@pytest.fixture
def bell(world: World) -> Iterator[Bell]:
    bell = Bell(world.database)
    yield bell
    bell.close()


def mailbox(world: World, bell: Bell, number: int = 1, deadline: float = 5) -> MailboxWitness:
    witness = world.parties[number - 1].witness.witness
    return MailboxWitness(witness, world.database, bell, lambda: NOW, deadline=deadline)


def replying(
    status: int, body: bytes = b"", content_type: str = "text/plain"
) -> Callable[[CosignatureRequest], CosignatureAnswer]:
    return lambda request: CosignatureAnswer(
        request.id, status, content_type, base64.b64encode(body).decode()
    )


def rows(world: World) -> int:
    with world.database.session() as session:
        return session.execute(select(func.count(CosignatureRow.id))).scalar_one()


def test_a_body_comes_back_as_it_was_sent(world: World, desk: Exchange, bell: Bell) -> None:
    with serving(world, desk, world.keyholders[0], replying(200, b"whatever it says\n")):
        assert mailbox(world, bell).add_checkpoint(growth(0, 5)) == b"whatever it says\n"
    assert rows(world) == 0


def test_a_conflict_carries_the_size(world: World, desk: Exchange, bell: Bell) -> None:
    with (
        serving(world, desk, world.keyholders[0], replying(409, b"17\n", SIZE_CONTENT_TYPE)),
        pytest.raises(ConflictError) as caught,
    ):
        mailbox(world, bell).add_checkpoint(growth(0, 5))
    assert caught.value.size == 17


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, WitnessRefusedError),
        (403, WitnessRefusedError),
        (422, WitnessRefusedError),
        (409, WitnessRefusedError),
        (429, WitnessUnavailableError),
        (500, WitnessUnavailableError),
        (503, WitnessUnavailableError),
    ],
)
def test_other_statuses_are_refused_or_for_later(
    world: World, desk: Exchange, bell: Bell, status: int, error: type[LedgerError]
) -> None:
    with serving(world, desk, world.keyholders[0], replying(status)), pytest.raises(error):
        mailbox(world, bell).add_checkpoint(growth(0, 5))


def test_nobody_there_is_unavailable_after_the_deadline_and_leaves_no_request(
    world: World, bell: Bell
) -> None:
    begin = time.monotonic()
    with pytest.raises(WitnessUnavailableError, match="took more"):
        mailbox(world, bell, deadline=0.5).add_checkpoint(growth(0, 5))
    assert 0.4 < time.monotonic() - begin < 2
    assert rows(world) == 0


def test_a_newer_request_takes_an_older_one_s_place(world: World, desk: Exchange, bell: Bell) -> None:
    with ThreadPoolExecutor(2) as threads:
        older = threads.submit(mailbox(world, bell).add_checkpoint, growth(0, 5))
        time.sleep(0.3)
        newer = threads.submit(mailbox(world, bell).add_checkpoint, growth(0, 7))
        with pytest.raises(WitnessUnavailableError, match="newer"):
            older.result(3)
        asked: list[bytes] = []

        def reply(request: CosignatureRequest) -> CosignatureAnswer | None:
            asked.append(base64.b64decode(request.body))
            return replying(200, b"yes")(request)

        with serving(world, desk, world.keyholders[0], reply):
            assert newer.result(5) == b"yes"
    assert asked == [growth(0, 7).to_bytes()]


def test_nobody_answers_in_another_witness_s_place(world: World, desk: Exchange, bell: Bell) -> None:
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(mailbox(world, bell, deadline=1.5).add_checkpoint, growth(0, 5))
        time.sleep(0.3)
        with world.database.session() as session:
            number = session.execute(select(CosignatureRow.id)).scalar_one()
        second = world.keyholders[1]
        answer = CosignatureAnswer(number, 200, "text/plain", "")
        with pytest.raises(NotAllowedError, match="another witness"):
            world.take(second, second.message(channel="witness", answers=[answer]))
        with pytest.raises(WitnessUnavailableError):
            future.result(5)


def test_answers_to_what_nobody_asks_any_longer_are_dropped(world: World) -> None:
    first = world.keyholders[0]
    answer = CosignatureAnswer(12345, 200, "text/plain", "")
    world.take(first, first.message(channel="witness", answers=[answer]))


@pytest.mark.parametrize("body", ["*", base64.b64encode(b"x" * 70_000).decode()])
def test_answers_that_are_no_base64_or_too_long_are_refused(world: World, body: str) -> None:
    first = world.keyholders[0]
    with pytest.raises(NotAllowedError):
        world.take(
            first, first.message(channel="witness", answers=[CosignatureAnswer(1, 200, "text/plain", body)])
        )


def test_a_request_whose_answer_was_lost_on_its_way_out_is_handed_out_again(
    world: World, desk: Exchange, bell: Bell
) -> None:
    first = world.keyholders[0]
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(mailbox(world, bell).add_checkpoint, growth(0, 5))
        time.sleep(0.3)
        lost = Answer.parse(desk.answer(first.message(channel="witness"), lambda _: None))
        again = Answer.parse(desk.answer(first.message(channel="witness"), lambda _: None))
        assert lost.requests == again.requests != ()
        begin = time.monotonic()
        message = first.message(channel="witness", known=99, wait=1)
        assert Answer.parse(desk.answer(message, lambda _: None)).requests == again.requests
        assert (
            time.monotonic() - begin > 0.9
        )  # and does not make a keyholder that cannot answer turn in circles
        world.take(
            first, first.message(channel="witness", answers=[replying(200, b"late")(again.requests[0])])
        )
        assert future.result(5) == b"late"


def test_a_log_is_published_with_the_cosignatures_of_two_of_three_keyholders(
    world: World, desk: Exchange, bell: Bell
) -> None:
    world.close_world()
    witnesses = [mailbox(world, bell, number) for number in (1, 2, 3)]
    book = Log(world.database, world.log.files, witnesses, 2)
    first, second = (Witnessing(keyholder) for keyholder in world.keyholders[:2])
    book.append(10)
    with (
        serving(world, desk, first.keyholder, first),
        serving(world, desk, second.keyholder, second),
    ):
        book.run()
    with world.database.session() as session:
        head = log.head(session)
    assert head.published_size == head.size
    given = verify_cosignatures(Note.parse(head.published_note), [witness.vkey for witness in witnesses])
    assert [cosignature.witness for cosignature in given] == [witness.vkey for witness in witnesses[:2]]


def test_a_cosignature_that_does_not_hold_is_not_used(world: World, desk: Exchange, bell: Bell) -> None:
    world.close_world()
    other = Witnessing(world.keyholders[1])

    def forged(request: CosignatureRequest) -> CosignatureAnswer:
        given = other(request)
        body = base64.b64decode(given.body).replace(b"w2", b"w1", 1)
        return CosignatureAnswer(given.request, 200, "text/plain", base64.b64encode(body).decode())

    book = Log(world.database, world.log.files, [mailbox(world, bell)], 1)
    book.append(1)
    sequencer = book.sequencer()
    with serving(world, desk, world.keyholders[0], forged), pytest.raises(LedgerError):
        sequencer.run()
    sequencer.close()
    with world.database.session() as session:
        head = log.head(session)
    assert head.published_size < head.size


def test_a_witness_that_has_seen_more_than_there_is_stops_the_log(
    world: World, desk: Exchange, bell: Bell
) -> None:
    world.close_world()
    book = Log(world.database, world.log.files, [mailbox(world, bell)], 1)
    book.append(1)
    sequencer = book.sequencer()
    with (
        serving(world, desk, world.keyholders[0], replying(409, b"1000000\n", SIZE_CONTENT_TYPE)),
        pytest.raises(InconsistentError),
    ):
        sequencer.run()
    sequencer.close()


def test_a_cosignature_takes_tens_of_milliseconds(world: World, desk: Exchange, bell: Bell) -> None:
    witness = mailbox(world, bell)
    times = []
    with serving(world, desk, world.keyholders[0], replying(200, b"yes")):
        for _ in range(20):
            begin = time.monotonic()
            witness.add_checkpoint(growth(0, 5))
            times.append(time.monotonic() - begin)
    print(f"median {median(times) * 1000:.1f} ms, worst {max(times) * 1000:.1f} ms")
    assert median(times) < 0.25
