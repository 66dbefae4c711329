"""Reports without a name: what the words give, what is sealed, what is signed, and what is refused."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from crypto.age import X25519Identity
from crypto.signatures import SigningKey
from oversight.code_phrase import CHINESE, CodePhrase
from oversight.errors import ReportError
from oversight.reports import PADDING, File, MessageText, Post, Reply
from tests.environment import ROOT

ORIGIN = "ledger.sunseal.example"
SUPERVISOR_AGE = X25519Identity(b"\x52" * 32)
SUPERVISOR = SigningKey(b"\x51" * 32)
PHRASE = CodePhrase(bytes(range(16)))
MESSAGE = MessageText("somebody asked for my bid\n标", (File("a.txt", b"1\n2"), File("b", b"")))


def sealed(seed: int = 1) -> bytes:
    return MESSAGE.seal([SUPERVISOR_AGE.recipient], Random(seed).randbytes)


def test_example_on_the_page_is_right() -> None:
    page = (ROOT / "docs" / "spec" / "report.md").read_text()
    values = dict(re.findall(r"^(\w+) = (.+)$", page, re.MULTILINE))
    phrase = CodePhrase.parse(values["words"])
    assert phrase.entropy.hex() == values["entropy"]
    assert phrase.words(CHINESE).replace(" ", "") == values["chinese"]
    assert str(phrase.identity.recipient) == values["recipient"]
    assert phrase.signing.verify_key.raw.hex() == values["key"]
    assert phrase.mailbox.hex() == values["mailbox"]
    message = MessageText("meet me at noon", (File("note.txt", b"12:00\n"),))
    head = message.to_bytes().partition(b"\n")[0].decode()
    assert head == values["head"]
    content = message.seal([SUPERVISOR_AGE.recipient], lambda count: b"\x07" * count)
    post = Post.of(phrase, ORIGIN, "report", 0, content)
    assert post.to_bytes(content).partition(b"\n")[0].decode() == values["post"]


@pytest.mark.parametrize("language", ["english", CHINESE])
def test_words_and_phrase_are_one_to_one(language: str) -> None:
    words = PHRASE.words(language)
    assert CodePhrase.parse(f"  {words.upper()} \n") == PHRASE
    assert len(words.split()) == 12
    assert "entropy" not in repr(PHRASE)


def test_chinese_words_need_no_spaces() -> None:
    assert CodePhrase.parse(PHRASE.words(CHINESE).replace(" ", "")) == PHRASE


@pytest.mark.parametrize(
    "spoil", [lambda w: w[:-1], lambda w: [*w, w[0]], lambda w: [*w[:-1], "nonsense"], lambda w: w[::-1]]
)
def test_other_words_are_refused_and_never_repeated(spoil: Callable[[list[str]], list[str]]) -> None:
    words = PHRASE.words().split()
    with pytest.raises(ReportError) as caught:
        CodePhrase.parse(" ".join(spoil(words)))
    assert not [word for word in words if re.search(rf"\b{word}\b", str(caught.value)) and len(word) > 4]


def test_message_opens_for_the_supervisor_alone_and_its_length_tells_little() -> None:
    assert MessageText.unseal(sealed(), SUPERVISOR_AGE) == MESSAGE
    assert len(MESSAGE.to_bytes()) == PADDING
    assert len(MessageText("x" * PADDING).to_bytes()) == 2 * PADDING
    for spoiled, identity in (
        (sealed(), PHRASE.identity),
        (sealed()[:-1], SUPERVISOR_AGE),
        (sealed() + b"x", SUPERVISOR_AGE),
        (b"hello", SUPERVISOR_AGE),
    ):
        with pytest.raises(ReportError):
            MessageText.unseal(spoiled, identity)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MESSAGE.to_bytes()[:-1],
        MESSAGE.to_bytes() + bytes(PADDING),
        MESSAGE.to_bytes()[:-1] + b"x",
        MESSAGE.to_bytes().replace(b'"size":3', b'"size":-3'),
        MESSAGE.to_bytes().replace(b'"size":3', b'"size":99999'),
        MESSAGE.to_bytes().replace(b"report-message/v1", b"report-message/v2"),
    ],
)
def test_other_plaintexts_are_no_message(data: bytes) -> None:
    with pytest.raises(ReportError):
        MessageText.parse(data)


def test_post_is_signed_for_one_platform_one_number_and_these_bytes() -> None:
    content = sealed()
    post = Post.of(PHRASE, ORIGIN, "report", 0, content)
    parsed, rest = Post.parse(post.to_bytes(content))
    assert (parsed, rest) == (post, content)
    parsed.check(ORIGIN, rest)
    assert parsed.mailbox == PHRASE.mailbox
    other = CodePhrase(bytes(16)).signing.verify_key.raw.hex()
    for wrong, origin, data in (
        (post, "other.example", content),
        (post, ORIGIN, sealed(2)),
        (replace(post, number=1), ORIGIN, content),
        (replace(post, kind="interference"), ORIGIN, content),
        (replace(post, key=other), ORIGIN, content),
        (replace(post, recipient=str(SUPERVISOR_AGE.recipient)), ORIGIN, content),
        (Post.of(PHRASE, ORIGIN, "report", 0, b"not sealed"), ORIGIN, b"not sealed"),
    ):
        with pytest.raises(ReportError):
            wrong.check(origin, data)


def test_reply_that_the_supervisor_did_not_sign_is_refused() -> None:
    content = sealed()
    reply = Reply.of(SUPERVISOR.sign, ORIGIN, PHRASE.mailbox.hex(), 1, content)
    parsed, rest = Reply.parse(reply.to_bytes(content))
    parsed.check(ORIGIN, rest, SUPERVISOR.verify_key.verify)
    forged = Reply.of(SigningKey(b"\x01" * 32).sign, ORIGIN, PHRASE.mailbox.hex(), 1, content)
    for wrong in (forged, replace(reply, number=2), replace(reply, mailbox="00" * 16)):
        with pytest.raises(ReportError):
            wrong.check(ORIGIN, content, SUPERVISOR.verify_key.verify)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.partition(b"\n")[2],
        lambda data: data.replace(b'"number":0', b'"number":true'),
        lambda data: data.replace(b'"number":0', b'"number":-1'),
        lambda data: data.replace(b'"number":0', b'"more":1,"number":0'),
        lambda data: data.replace(b'"kind":"report"', b'"kind":"gossip"'),
        lambda data: data.replace(b"report-post", b"report-reply"),
        lambda data: data.replace(b'{"key"', b'{ "key"'),
        lambda data: b"\xff" + data,
        lambda data: b"x" * 5000 + data,
    ],
)
def test_other_lines_are_no_post(spoil: Callable[[bytes], bytes]) -> None:
    content = sealed()
    with pytest.raises(ReportError):
        Post.parse(spoil(Post.of(PHRASE, ORIGIN, "report", 0, content).to_bytes(content)))
