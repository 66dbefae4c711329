"""Blind tokens: what the issuer can see, what is refused, and what survives a crash or a fault."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import CryptoError, EncodingError, VerificationError
from crypto.tokens import blind_rsa
from crypto.tokens.errors import BlindingError, SigningError, TokenEncodingError, TokenError, TokenKeyError
from crypto.tokens.privacy_pass import (
    PendingToken,
    Token,
    TokenChallenge,
    TokenRequest,
    finalize_token,
    issue,
    request_token,
    verify_token,
)
from crypto.tokens.token_key import decode_key, encode_key, token_key_id

KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = KEY.public_key()
MODULUS = PUBLIC.public_numbers().n
CHALLENGE = TokenChallenge("tenders.example", "submit.example", bytes(range(32)))

names = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
challenges = st.builds(
    TokenChallenge, names.filter(bool), names, st.just(b"") | st.binary(min_size=32, max_size=32)
)


def _issued() -> tuple[PendingToken, bytes, Token]:
    pending = request_token(PUBLIC, CHALLENGE, secrets.token_bytes)
    response = issue(KEY, pending.request(), secrets.token_bytes)
    return pending, response, finalize_token(PUBLIC, pending, response)


PENDING, RESPONSE, TOKEN = _issued()


@settings(max_examples=20, deadline=None)
@given(challenges)
def test_round_trip(challenge: TokenChallenge) -> None:
    pending = request_token(PUBLIC, challenge, secrets.token_bytes)
    request = TokenRequest.parse(pending.request().encode())
    response = issue(KEY, request, secrets.token_bytes)
    token = finalize_token(PUBLIC, PendingToken.parse(pending.encode()), response)
    verify_token(PUBLIC, Token.parse(token.encode()), TokenChallenge.parse(challenge.encode()))


def test_the_issuer_sees_nothing_of_the_token() -> None:
    view = PENDING.request().encode() + RESPONSE
    for secret in TOKEN.nonce, TOKEN.challenge_digest, TOKEN.authenticator, PENDING.inverse:
        assert secret not in view
        assert secret[:8] not in view


def test_every_request_could_have_led_to_every_token() -> None:
    """For each pair there is exactly one r that explains it, so the pair tells nothing."""
    exponent = KEY.private_numbers().d
    issued = [_issued() for _ in range(3)]
    for pending, response, _ in issued:
        for _, _, token in issued:
            signature = int.from_bytes(token.authenticator, "big")
            encoded = pow(signature, 65537, MODULUS)
            blinded = int.from_bytes(pending.blinded_message, "big")
            r = pow(blinded * pow(encoded, -1, MODULUS), exponent, MODULUS)
            assert int.from_bytes(response, "big") * pow(r, -1, MODULUS) % MODULUS == signature


def test_two_requests_of_one_challenge_share_nothing() -> None:
    again = request_token(PUBLIC, CHALLENGE, secrets.token_bytes)
    assert again.nonce != PENDING.nonce
    assert again.blinded_message != PENDING.blinded_message
    assert again.inverse != PENDING.inverse


def test_every_altered_byte_of_a_token_is_refused() -> None:
    data = TOKEN.encode()
    verify_token(PUBLIC, Token.parse(data), CHALLENGE)
    for place in range(len(data)):
        altered = bytearray(data)
        altered[place] ^= 1 << place % 8
        with pytest.raises(CryptoError):
            verify_token(PUBLIC, Token.parse(bytes(altered)), CHALLENGE)


@pytest.mark.parametrize(
    "challenge",
    [
        TokenChallenge("tenders.example", "submit.example"),
        TokenChallenge("tenders.example", "", bytes(range(32))),
        TokenChallenge("tenders.exampl", "submit.example", bytes(range(32))),
        TokenChallenge("tenders.example", "submit.example", bytes(32)),
    ],
)
def test_token_for_another_challenge_is_refused(challenge: TokenChallenge) -> None:
    with pytest.raises(VerificationError, match="another challenge"):
        verify_token(PUBLIC, TOKEN, challenge)


def test_token_under_another_key_is_refused() -> None:
    with pytest.raises(VerificationError, match="another key"):
        verify_token(OTHER_KEY.public_key(), TOKEN, CHALLENGE)
    claimed = Token(
        TOKEN.nonce, TOKEN.challenge_digest, token_key_id(OTHER_KEY.public_key()), TOKEN.authenticator
    )
    with pytest.raises(VerificationError, match="signature"):
        verify_token(OTHER_KEY.public_key(), claimed, CHALLENGE)


def test_request_for_another_key_is_refused() -> None:
    other_id = (token_key_id(PUBLIC)[-1] + 1) % 256
    with pytest.raises(TokenKeyError, match="another key"):
        issue(KEY, TokenRequest(other_id, PENDING.blinded_message), secrets.token_bytes)


def test_response_of_another_key_or_to_another_request_is_refused() -> None:
    with pytest.raises(TokenKeyError, match="another key"):
        finalize_token(OTHER_KEY.public_key(), PENDING, RESPONSE)
    with pytest.raises(VerificationError):
        finalize_token(PUBLIC, PENDING, _issued()[1])


@pytest.mark.parametrize("response", [RESPONSE[:-1], RESPONSE + b"\x00", b"", b"\xff" * 256])
def test_response_of_wrong_length_or_range_is_refused(response: bytes) -> None:
    with pytest.raises(TokenEncodingError):
        finalize_token(PUBLIC, PENDING, response)


def test_request_repeated_after_a_crash_gets_the_same_answer() -> None:
    saved = PENDING.encode()
    restored = PendingToken.parse(saved)
    assert restored == PENDING
    response = issue(KEY, restored.request(), secrets.token_bytes)
    assert response == RESPONSE
    assert finalize_token(PUBLIC, restored, response) == TOKEN


Parser = Callable[[bytes], Any]
STRUCTURES: list[tuple[Parser, bytes]] = [
    (TokenChallenge.parse, CHALLENGE.encode()),
    (TokenRequest.parse, PENDING.request().encode()),
    (Token.parse, TOKEN.encode()),
    (PendingToken.parse, PENDING.encode()),
    (decode_key, encode_key(PUBLIC)),
]
structures = pytest.mark.parametrize(
    ("parse", "data"), STRUCTURES, ids=["challenge", "request", "token", "pending", "key"]
)


@structures
def test_every_truncation_and_anything_appended_is_refused(parse: Parser, data: bytes) -> None:
    parse(data)
    for size in range(len(data)):
        with pytest.raises(TokenEncodingError):
            parse(data[:size])
    for tail in b"\x00", b"\x01", data:
        with pytest.raises(TokenEncodingError):
            parse(data + tail)


@structures
def test_another_token_type_is_refused(parse: Parser, data: bytes) -> None:
    for head in b"\x00\x01", b"\x02\x00", b"\xda\x7a":
        with pytest.raises(TokenEncodingError):
            parse(head + data[2:])


def test_state_of_another_version_is_refused() -> None:
    data = PENDING.encode().replace(b"/v1", b"/v2", 1)
    with pytest.raises(TokenEncodingError, match="not the saved state"):
        PendingToken.parse(data)


@given(st.integers(0, 3), st.data())
def test_bytes_are_refused_or_the_one_encoding_of_a_value(which: int, data: st.DataObject) -> None:
    parse, valid = STRUCTURES[which]
    altered = bytearray(valid)
    for place in data.draw(st.lists(st.integers(0, len(valid) - 1), max_size=4)):
        altered[place] = data.draw(st.integers(0, 255))
    try:
        value = parse(bytes(altered))
    except EncodingError:
        return
    assert value.encode() == bytes(altered)


@pytest.mark.parametrize("context", [1, 31, 33])
def test_context_has_0_or_32_bytes(context: int) -> None:
    with pytest.raises(TokenEncodingError):
        TokenChallenge("tenders.example", redemption_context=bytes(context))


@pytest.mark.parametrize("name", ["阳光标", "a\nb", "\x00", "é", "a" * 65536])
def test_names_of_a_challenge_are_short_printable_ascii(name: str) -> None:
    with pytest.raises(TokenEncodingError):
        TokenChallenge(name)
    with pytest.raises(TokenEncodingError):
        TokenChallenge("tenders.example", name)


def test_challenge_without_an_issuer_is_refused() -> None:
    with pytest.raises(TokenEncodingError):
        TokenChallenge("")
    with pytest.raises(TokenEncodingError):
        TokenChallenge.parse(bytes.fromhex("0002" + "0000" + "00" + "0000"))


@pytest.mark.parametrize(("exponent", "bits"), [(3, 2048), (65537, 2056)])
def test_token_key_has_2048_bits_and_exponent_65537(exponent: int, bits: int) -> None:
    key = rsa.RSAPublicNumbers(exponent, (1 << bits) - 1).public_key()
    with pytest.raises(TokenKeyError, match="2048 bits"):
        token_key_id(key)


def test_published_key_in_another_form_is_refused() -> None:
    with pytest.raises(TokenEncodingError):
        decode_key(PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(TokenEncodingError):
        decode_key(b"\x00" + encode_key(PUBLIC)[1:])


@pytest.mark.parametrize("value", [PENDING, TOKEN, blind_rsa.Blinding(bytes(256), PENDING.inverse)])
def test_secrets_are_not_printed(value: object) -> None:
    text = repr(value)
    for secret in PENDING.nonce, PENDING.inverse, PENDING.blinded_message, TOKEN.authenticator:
        assert repr(secret)[2:-1] not in text
        assert secret.hex() not in text


def test_errors_are_of_one_family() -> None:
    assert issubclass(TokenError, CryptoError)
    assert issubclass(TokenEncodingError, EncodingError)
    for kind in TokenEncodingError, TokenKeyError, BlindingError, SigningError:
        assert issubclass(kind, TokenError)
