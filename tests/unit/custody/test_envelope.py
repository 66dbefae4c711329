"""Who signed, told from the bytes: the same as what the parsed message says."""

from dataclasses import replace

import pytest

from crypto.signatures import SigningKey
from custody import envelope
from custody.errors import UnknownKeyholderError
from ledger.exchange import ExchangeError, Message, Report

KEY = SigningKey(b"\x21" * 32)
TRICKS = (
    Report("x", "early", '"signature":"' + "0" * 128 + '","wait":0}'),
    Report('"key":"' + "00" * 32 + '"', "early", "\\"),
)
MESSAGES = [
    Message("o", KEY.verify_key.raw.hex(), "work", 1, 2, 3, wait, entries=entries, reports=reports).signed_by(
        KEY
    )
    for wait in (0, 20)
    for entries in ((), ('{"signature":"' + "1" * 128 + '","wait":1}', "中文"))
    for reports in ((), TRICKS)
]


@pytest.mark.parametrize("message", MESSAGES)
def test_the_signature_that_the_message_has_holds_for_its_bytes(message: Message) -> None:
    data = message.to_bytes()
    assert envelope.named_key(data) == message.key == message.check_signature().raw.hex()
    envelope.check_signature(data, message.key)


@pytest.mark.parametrize("message", MESSAGES)
def test_no_byte_can_be_changed(message: Message) -> None:
    data = message.to_bytes()
    for at in range(0, len(data), max(1, len(data) // 97)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((UnknownKeyholderError, ExchangeError)):
            envelope.check_signature(bytes(changed), message.key)


def test_another_key_s_signature_does_not_hold() -> None:
    other = SigningKey(b"\x22" * 32)
    forged = replace(MESSAGES[0].signed_by(other), key=MESSAGES[0].key)
    with pytest.raises(UnknownKeyholderError):
        envelope.check_signature(forged.to_bytes(), forged.key)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"key":5}', MESSAGES[0].to_bytes()[:-1]])
def test_what_is_no_message_names_no_key_or_has_no_signature(data: bytes) -> None:
    with pytest.raises(ExchangeError):
        envelope.check_signature(data, envelope.named_key(data))


@pytest.mark.parametrize("key", ["", "zz", "00" * 32, "AB" * 32])
def test_a_key_that_is_none_signed_nothing(key: str) -> None:
    with pytest.raises(UnknownKeyholderError):
        envelope.check_signature(MESSAGES[0].to_bytes(), key)
