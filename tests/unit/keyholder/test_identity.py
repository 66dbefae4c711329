"""A keyholder's keys follow from its seed alone, as docs/spec/opening.md has it; its card holds or is refused."""

import hashlib
import json

import pytest

from crypto import dkg
from crypto.curve import base_multiple
from crypto.encoding import encode
from crypto.signatures import SigningKey
from keyholder.card import Card
from keyholder.errors import CardError
from keyholder.identity import Identity

SEED = bytes(range(32))
RUN = b"r" * 32


def test_keys_are_those_of_the_specification() -> None:
    identity = Identity("kh.example/1", SEED)
    wide = hashlib.sha512(encode("sunseal/keyholder-static/v1", SEED)).digest()
    order = 2**252 + 27742317777372353535851937790883648493
    assert int.from_bytes(identity.static.raw, "little") == int.from_bytes(wide, "little") % order
    signing = hashlib.sha512(encode("sunseal/keyholder-signing/v1", SEED)).digest()[:32]
    assert identity.signing.verify_key == SigningKey(signing).verify_key
    witness = hashlib.sha512(encode("sunseal/keyholder-witness/v1", SEED)).digest()[:32]
    assert identity.cosigner.witness.key == SigningKey(witness).verify_key


def test_dealing_is_the_stream_of_the_specification_however_it_is_read() -> None:
    stream = b"".join(
        hashlib.sha512(encode("sunseal/keyholder-dealing/v1", SEED, RUN, counter)).digest()
        for counter in range(4)
    )
    dealing = Identity("k", SEED).dealing(RUN)
    assert dealing(64) + dealing(3) + dealing(100) == stream[:167]


def test_same_run_is_dealt_the_same_and_another_is_not() -> None:
    first, second = Identity("k", SEED), Identity("k", SEED)
    others = [base_multiple(first.static), base_multiple(Identity("o", b"o" * 32).static)]
    session = dkg.Session.new(RUN, 2, others)
    dealt = [dkg.round1(session, 1, who.static, who.dealing(RUN)).encode() for who in (first, second)]
    assert dealt[0] == dealt[1]
    assert dkg.round1(session, 1, first.static, first.dealing(b"s" * 32)).encode() != dealt[0]


def test_nothing_secret_is_printed() -> None:
    identity = Identity("k", SEED)
    for text in (repr(identity), repr(identity.dealing(RUN)), repr(identity.static)):
        assert SEED.hex() not in text
        assert identity.static.raw.hex() not in text


def test_card_comes_back_as_it_was() -> None:
    card = Identity("kh.example/1", SEED).card()
    assert Card.parse(card.to_bytes()) == card


@pytest.mark.parametrize("field", ["name", "signing_key", "static_key", "witness", "signature"])
def test_card_with_another_field_is_refused(field: str) -> None:
    value = json.loads(Identity("kh.example/1", SEED).card().to_bytes())
    value[field] = json.loads(Identity("kh.example/2", b"2" * 32).card().to_bytes())[field]
    with pytest.raises(CardError):
        Card.parse(json.dumps(value, separators=(",", ":"), sort_keys=True).encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"type":"keyholder-card/v1"}', b"\xff", b" {}"])
def test_what_is_no_card_is_refused(data: bytes) -> None:
    with pytest.raises(CardError):
        Card.parse(data)
