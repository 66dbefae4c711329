"""One message, one answer: who may speak, what the answer has, when it waits, and what a crash between leaves."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from crypto.signatures import SigningKey
from custody import approvals, board, inbox
from custody.board import Board
from custody.errors import NotAllowedError, SequenceError, UnknownKeyholderError
from custody.exchange import Exchange
from ledger.errors import SignatureError
from ledger.exchange import Answer, Approval, ExchangeError, Message
from ledger.models import EntryRow
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN

APPROVER = SigningKey(b"\x61" * 32)


def free(key: str) -> None:
    """No limit on how often."""


@pytest.fixture
def desk(world: World) -> Iterator[Exchange]:
    board = Board(world.database)
    yield Exchange(world.database, world.reader, board, lambda: NOW)
    board.close()


def ask(desk: Exchange, data: bytes) -> Answer:
    return Answer.parse(desk.answer(data, free))


def test_an_answer_says_the_sequence_the_time_and_how_far_the_ledger_is_published(
    world: World, desk: Exchange
) -> None:
    answer = ask(desk, world.keyholders[0].message(sequence=9))
    assert answer == Answer(9, int(NOW.timestamp()), len(world.leaves))


def test_who_is_not_registered_is_refused(world: World, desk: Exchange) -> None:
    data = world.keyholders[0].message()
    stranger = SigningKey(b"\x99" * 32)
    message = replace(Message.parse(data), key=stranger.verify_key.raw.hex()).signed_by(stranger)
    with pytest.raises(UnknownKeyholderError, match="registered"):
        ask(desk, message.to_bytes())


def test_who_did_not_sign_is_refused_before_anything_is_taken(world: World, desk: Exchange) -> None:
    world.say(world.proposal())
    first = world.keyholders[0]
    good = Message.parse(first.message(sequence=3))
    for forged in (
        replace(good, sequence=4),
        replace(good, wait=1),
        replace(good, signature="00" * 64),
        good.signed_by(world.parties[1].signing),
    ):
        with pytest.raises(UnknownKeyholderError, match="not signed"):
            ask(desk, forged.to_bytes())
    assert ask(desk, good.to_bytes()).sequence == 3


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"key":1}', b"\xff", b'{"key":"' + b"00" * 32 + b'"}'])
def test_what_is_no_message_is_refused(desk: Exchange, data: bytes) -> None:
    with pytest.raises((ExchangeError, UnknownKeyholderError)):
        ask(desk, data)


def test_bytes_that_are_signed_and_not_canonical_are_no_message(world: World, desk: Exchange) -> None:
    first = world.keyholders[0]
    data = first.message()
    spaced = data.replace(b'{"answers":', b'{ "answers":', 1)
    start = spaced.index(b'"signature":"') + len(b'"signature":"')
    statement = spaced[:start] + b"0" * 128 + spaced[start + 128 :]
    signature = first.party.signing.sign_fields("sunseal/keyholder-message/v1", statement).hex().encode()
    with pytest.raises(ExchangeError):
        ask(desk, spaced[:start] + signature + spaced[start + 128 :])


def test_a_repeat_gets_the_same_answer_though_the_ledger_has_grown(world: World, desk: Exchange) -> None:
    data = world.keyholders[0].message()
    answer = desk.answer(data, free)
    world.say(world.proposal())
    assert desk.answer(data, free) == answer


def test_a_crash_after_the_taking_and_before_the_answer_loses_nothing_and_takes_nothing_twice(
    world: World, desk: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.group = world.id_of(world.say(world.proposal()))
    first = world.keyholders[0]
    data = first.message(entries=[world.acceptance(first.party)])

    class CrashError(Exception):
        pass

    def crash(*arguments: object) -> None:
        raise CrashError

    with monkeypatch.context() as broken:
        broken.setattr(Board, "wait", crash)
        with pytest.raises(CrashError):
            desk.answer(data, free)
    assert world.sync().groups.get(world.group).accepted == {1}
    with world.database.session() as session:
        before = session.execute(select(func.count(EntryRow.id))).scalar_one()
    assert ask(desk, data).sequence == 1
    with world.database.session() as session:
        assert session.execute(select(func.count(EntryRow.id))).scalar_one() == before


def test_a_crash_before_the_commit_leaves_nothing_and_the_same_message_is_taken_then(
    world: World, desk: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.group = world.id_of(world.say(world.proposal()))
    first = world.keyholders[0]
    data = first.message(entries=[world.acceptance(first.party)])
    take = inbox.take

    def cut_off(*arguments: object, **named: object) -> None:
        take(*arguments, **named)  # type: ignore[arg-type]
        raise OSError("cut off before the commit")

    with monkeypatch.context() as broken:
        broken.setattr(inbox, "take", cut_off)
        with pytest.raises(OSError, match="cut off"):
            desk.answer(data, free)
    assert world.sync().groups.get(world.group).accepted == set()
    ask(desk, data)
    assert world.sync().groups.get(world.group).accepted == {1}


def waiting(desk: Exchange, data: bytes, then: Callable[[], object]) -> tuple[Answer, float]:
    """The answer, and how long after `then` had begun."""
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(ask, desk, data)
        time.sleep(0.4)
        assert not future.done()
        begin = time.monotonic()
        then()
        answer = future.result(10)
        return answer, time.monotonic() - begin


def test_an_answer_waits_until_a_checkpoint_is_published(world: World, desk: Exchange) -> None:
    known = len(world.leaves)
    data = world.keyholders[0].message(known=known, wait=15)
    answer, _ = waiting(desk, data, lambda: world.say(world.proposal()))
    assert answer.published == known + 1


def test_an_answer_waits_no_longer_than_it_was_asked_to(world: World, desk: Exchange) -> None:
    begin = time.monotonic()
    answer = ask(desk, world.keyholders[0].message(known=99, wait=1))
    assert 0.9 < time.monotonic() - begin < 3
    assert answer.published == len(world.leaves)


def test_who_knows_less_than_is_published_does_not_wait(world: World, desk: Exchange) -> None:
    begin = time.monotonic()
    ask(desk, world.keyholders[0].message(known=0, wait=15))
    assert time.monotonic() - begin < 3


def test_a_newer_message_ends_the_wait_of_the_one_before(world: World, desk: Exchange) -> None:
    first = world.keyholders[0]
    ended = threading.Event()

    def old() -> None:
        with pytest.raises(SequenceError):
            ask(desk, data)
        ended.set()

    data = first.message(known=99, wait=20)
    thread = threading.Thread(target=old)
    thread.start()
    time.sleep(0.4)
    assert not ended.is_set()
    ask(desk, first.message(known=99, wait=1))
    assert ended.wait(3)
    thread.join()


def test_waiting_holds_no_connection(world: World, desk: Exchange) -> None:
    messages = [keyholder.message(known=99, wait=2) for keyholder in world.keyholders]
    with ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(ask, desk, data) for data in messages]
        time.sleep(0.7)
        checked_out = world.database.engine.pool.checkedout()  # type: ignore[attr-defined]
        assert checked_out <= 1  # the sequencer's
        for future in futures:
            future.result()


def approval(closing: str, part: str = "price", origin: str = ORIGIN) -> Approval:
    return Approval(origin, closing, part, APPROVER.verify_key.raw.hex()).signed_by(APPROVER)


def give(world: World, given: Approval, now: datetime = NOW) -> None:
    with world.database.session() as session:
        approvals.give(session, world.reader, given, now=now)
        session.commit()


@pytest.fixture
def closing(world: World) -> str:
    world.found()
    keys = world.publish()
    return world.close("lot-1", [world.bid("lot-1", keys) for _ in range(3)])


def test_an_approval_hastens_the_answer_and_is_in_it(world: World, desk: Exchange, closing: str) -> None:
    given = approval(closing)
    data = world.keyholders[0].message(known=len(world.leaves), wait=15)
    answer, after = waiting(desk, data, lambda: give(world, given))
    assert answer.approvals == (given,)
    answer.approvals[0].check_signature()
    assert after < 1


def test_an_approval_hastens_once_and_is_in_every_answer_until_the_member_has_released(
    world: World, desk: Exchange, closing: str
) -> None:
    give(world, approval(closing))
    first = world.keyholders[0]
    assert ask(desk, first.message(known=99)).approvals
    begin = time.monotonic()
    assert ask(desk, first.message(known=len(world.leaves), wait=1)).approvals
    assert time.monotonic() - begin > 0.9
    assert ask(desk, first.message(channel="witness")).approvals
    ask(desk, first.message(releases=[first.release(world.view, closing, "price")]))
    world.sync()
    assert not ask(desk, first.message()).approvals
    assert ask(desk, world.keyholders[1].message()).approvals


def test_an_approval_is_not_handed_out_for_ever(world: World, desk: Exchange, closing: str) -> None:
    give(world, approval(closing), now=NOW - timedelta(days=31))
    assert not ask(desk, world.keyholders[0].message()).approvals


def test_approvals_of_nothing_or_without_a_signature_are_refused(world: World, closing: str) -> None:
    for wrong in (approval("00" * 32), approval(closing, "other"), approval(closing, origin="other.example")):
        with pytest.raises(NotAllowedError):
            give(world, wrong)
    with pytest.raises(SignatureError):
        give(world, replace(approval(closing), part="technical"))


def test_a_part_has_no_more_approvals_than_the_limit(
    world: World, closing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approvals, "MAX_OF_A_PART", 2)
    for number in (1, 2):
        key = SigningKey(bytes([number]) * 32)
        give(world, replace(approval(closing), key=key.verify_key.raw.hex()).signed_by(key))
    with pytest.raises(NotAllowedError, match="as many"):
        give(world, approval(closing))


def test_a_database_that_fails_while_a_keyholder_waits_is_found_out_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Board(world.database)

    def broken(*arguments: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(board, "newest_requests", broken)
    begin = time.monotonic()
    watched.wait("a keyholder", lambda news: False, 10)
    watched.close()
    assert time.monotonic() - begin < 3
