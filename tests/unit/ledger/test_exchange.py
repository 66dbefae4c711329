"""Messages between keyholders and the platform, releases, approvals: one form each, and nobody else's signature."""

from dataclasses import replace
from typing import Any

import pytest

from crypto import canonical_json
from crypto.curve import Scalar, base_multiple
from crypto.signatures import SigningKey
from crypto.threshold import ShareBatch
from ledger.errors import SignatureError
from ledger.exchange import (
    MAX_LISTED,
    Answer,
    Approval,
    CosignatureAnswer,
    CosignatureRequest,
    ExchangeError,
    Message,
    Report,
    SealedRelease,
)
from ledger.view import Release, ReleaseError

KEY, OTHER = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)
MESSAGE = Message(
    "ledger.example",
    KEY.verify_key.raw.hex(),
    "work",
    7,
    1_800_000_000,
    12,
    0,
    (CosignatureAnswer(3, 200, "text/plain", "AAAA"),),
    ("{}",),
    (SealedRelease("{}", "AAAA"),),
    (Report("lot-1/price", "early", "the deadline has not passed"),),
).signed_by(KEY)
APPROVAL = Approval("ledger.example", "ab" * 32, "price", KEY.verify_key.raw.hex()).signed_by(KEY)
ANSWER = Answer(7, 1_800_000_001, 13, (CosignatureRequest(4, "AAAA"),), (APPROVAL,))


@pytest.mark.parametrize("value", [MESSAGE, ANSWER], ids=["message", "answer"])
def test_bytes_and_value_are_one_to_one(value: Message | Answer) -> None:
    data = value.to_bytes()
    assert type(value).parse(data) == value
    parsed = canonical_json.loads(data)
    assert isinstance(parsed, dict)
    for altered in (
        {**parsed, "more": 1},
        *({key: v for key, v in parsed.items() if key != gone} for gone in parsed),
        *({**parsed, key: None} for key in parsed),
    ):
        with pytest.raises(ExchangeError):
            type(value).parse(canonical_json.dumps(altered))
    for other in (data + b"\n", b"", b"[]", b"\xff"):
        with pytest.raises(ExchangeError):
            type(value).parse(other)


def test_any_change_of_a_message_breaks_its_signature() -> None:
    assert MESSAGE.check_signature() == KEY.verify_key
    for altered in (
        replace(MESSAGE, sequence=8),
        replace(MESSAGE, channel="witness"),
        replace(MESSAGE, origin="other.example"),
        replace(MESSAGE, entries=()),
        replace(MESSAGE, wait=1),
        replace(MESSAGE, key=OTHER.verify_key.raw.hex()),
        replace(MESSAGE, key="00" * 32),
        replace(MESSAGE, signature=MESSAGE.signed_by(OTHER).signature),
    ):
        with pytest.raises(SignatureError):
            altered.check_signature()


def test_message_with_too_many_things_is_refused() -> None:
    with pytest.raises(ExchangeError, match="at most"):
        Message.parse(replace(MESSAGE, entries=("{}",) * (MAX_LISTED + 1)).to_bytes())


def test_channel_and_wait_have_their_limits() -> None:
    for altered in (replace(MESSAGE, channel="other"), replace(MESSAGE, wait=21), replace(MESSAGE, wait=-1)):
        with pytest.raises(ExchangeError):
            Message.parse(altered.to_bytes())


def test_approval_is_of_one_part_of_one_closing_of_one_log() -> None:
    assert APPROVAL.check_signature() == KEY.verify_key
    for altered in (
        replace(APPROVAL, closing="cd" * 32),
        replace(APPROVAL, part="technical"),
        replace(APPROVAL, origin="other.example"),
        replace(APPROVAL, key=OTHER.verify_key.raw.hex()),
    ):
        with pytest.raises(SignatureError):
            altered.check_signature()


def batch(member: int, count: int) -> ShareBatch:
    return ShareBatch(member, tuple(base_multiple(Scalar.from_int(i + 1)) for i in range(count)), bytes(64))


def test_release_and_its_bytes_are_one_to_one() -> None:
    release = Release("ab" * 32, "price", 2, (((5,), batch(2, 1)), ((7, 9), batch(2, 2))))
    data = release.to_bytes()
    assert Release.parse(data) == release
    assert release.bids == (5, 7, 9)
    parsed: Any = canonical_json.loads(data)
    for altered in (
        {**parsed, "more": 1},
        {**parsed, "member": 3},
        {**parsed, "member": True},
        {**parsed, "type": "release/v2"},
        {**parsed, "batches": []},
        {**parsed, "batches": [{"batch": "zz", "bids": [5]}]},
        {**parsed, "batches": [{"batch": batch(2, 1).encode().hex(), "bids": [5, 6]}]},
        {**parsed, "batches": [{"batch": batch(2, 2).encode().hex(), "bids": [5, 5]}]},
        {**parsed, "batches": [{"batch": batch(2, 1).encode().hex(), "bids": [True]}]},
        *({key: v for key, v in parsed.items() if key != gone} for gone in parsed),
    ):
        with pytest.raises(ReleaseError):
            Release.parse(canonical_json.dumps(altered))
