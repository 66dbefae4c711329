"""Sequences rise over restarts, and what is unanswered is sent again as it was before anything new."""

from pathlib import Path
from typing import cast

import pytest

from keyholder import tables
from keyholder.errors import MessageRefusedError, UnavailableError
from keyholder.http import Http, Reply
from keyholder.identity import Identity
from keyholder.memory import Memory
from keyholder.platform import BLOCK, Channel, Content
from ledger.exchange import WITNESS, WORK, Answer, Message, Report

IDENTITY = Identity("k", b"k" * 32)
REPORT = Content(reports=(Report("lot", "early", "so"),))


class Platform:
    """Answers with the statuses it is given, one after the other; 200 for ever after."""

    def __init__(self, *replies: int | bytes) -> None:
        self.replies = list(replies)
        self.bodies: list[bytes] = []

    def post(self, url: str, content: bytes, *, limit: int, timeout: float) -> Reply:
        self.bodies.append(content)
        reply = self.replies.pop(0) if self.replies else 200
        if isinstance(reply, bytes):
            return Reply(409, "", reply)
        if reply == 0:
            raise UnavailableError("cut off")
        return Reply(reply, "7", Answer(self.sequences()[-1], 5, 6).to_bytes())

    def sequences(self) -> list[int]:
        return [Message.parse(body).sequence for body in self.bodies]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    tables.create(tmp_path / "state.sqlite", IDENTITY.cosigner.witness.vkey)
    return Memory(tmp_path / "state.sqlite")


def channel(memory: Memory, platform: Platform, name: str = WORK) -> Channel:
    heard: list[Answer] = []
    refused: list[MessageRefusedError] = []
    http = cast("Http", platform)
    return Channel(name, "u", http, IDENTITY, "o", memory, lambda: 5.0, heard.append, refused.append)


def say(memory: Memory, platform: Platform, name: str = WORK) -> Answer:
    return channel(memory, platform, name).exchange(REPORT, known=0, wait=0)


def test_unanswered_message_comes_first_and_with_the_same_bytes(memory: Memory) -> None:
    platform = Platform(0, 500)
    one = channel(memory, platform)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            one.exchange(REPORT, known=0, wait=0)
    one.exchange(Content(), known=1, wait=0)
    assert platform.bodies[0] == platform.bodies[1] == platform.bodies[2] != platform.bodies[3]
    assert platform.sequences() == [1, 1, 1, 2]


def test_work_message_survives_a_crash(memory: Memory) -> None:
    platform = Platform(0)
    with pytest.raises(UnavailableError):
        say(memory, platform)
    say(memory, platform)
    assert platform.bodies[0] == platform.bodies[1]
    assert platform.sequences() == [1, 1, 2]


@pytest.mark.parametrize("name", [WITNESS, WORK])
def test_sequence_is_never_used_for_two_messages_over_restarts(memory: Memory, name: str) -> None:
    platform = Platform()
    for _ in range(3):
        say(memory, platform, name)
    by_sequence: dict[int, set[bytes]] = {}
    for body, sequence in zip(platform.bodies, platform.sequences(), strict=True):
        by_sequence.setdefault(sequence, set()).add(body)
    assert all(len(bodies) == 1 for bodies in by_sequence.values())
    assert platform.sequences() == sorted(platform.sequences())


def test_witness_channel_takes_sequences_in_blocks(memory: Memory) -> None:
    platform = Platform()
    one = channel(memory, platform, WITNESS)
    for _ in range(3):
        one.exchange(Content(), known=0, wait=0)
    say(memory, platform, WITNESS)
    assert platform.sequences() == [1, 2, 3, BLOCK + 2]


def test_higher_last_is_gone_on_from(memory: Memory) -> None:
    platform = Platform(b'{"last":41}')
    say(memory, platform)
    assert platform.sequences() == [1, 42]
    assert memory.sequence(WORK)[0] == 42


@pytest.mark.parametrize("body", [b'{"last":0}', b'{"last":9007199254740991}', b'{"last":true}', b"{}", b"x"])
def test_last_that_cannot_be_is_not_believed(memory: Memory, body: bytes) -> None:
    platform = Platform(body)
    with pytest.raises(UnavailableError):
        say(memory, platform)
    assert memory.sequence(WORK)[0] == 1


@pytest.mark.parametrize("status", [400, 413])
def test_message_that_is_refused_for_good_is_not_sent_again(memory: Memory, status: int) -> None:
    platform = Platform(status)
    one = channel(memory, platform)
    with pytest.raises(MessageRefusedError):
        one.exchange(REPORT, known=0, wait=0)
    one.exchange(Content(), known=0, wait=0)
    assert platform.sequences() == [1, 2]


@pytest.mark.parametrize("status", [429, 503])
def test_platform_says_when_to_come_again(memory: Memory, status: int) -> None:
    with pytest.raises(UnavailableError) as caught:
        say(memory, Platform(status))
    assert caught.value.after == 7.0


def test_message_is_signed_by_the_keyholder(memory: Memory) -> None:
    platform = Platform()
    say(memory, platform)
    assert Message.parse(platform.bodies[0]).check_signature() == IDENTITY.signing.verify_key
