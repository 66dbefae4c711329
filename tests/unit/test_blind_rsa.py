"""Blind signatures: ranges, faults, what the private operation sees, and keys and randomness that are unfit."""

import secrets
from typing import Any

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from crypto.errors import VerificationError
from crypto.tokens import blind_rsa, emsa_pss
from crypto.tokens.errors import BlindingError, SigningError, TokenEncodingError, TokenKeyError

KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = KEY.public_key()
MODULUS = PUBLIC.public_numbers().n
BLINDING = blind_rsa.blind(PUBLIC, b"message", secrets.token_bytes)
BLIND_SIGNATURE = blind_rsa.blind_sign(KEY, BLINDING.blinded_message, secrets.token_bytes)
SIGNATURE = blind_rsa.finalize(PUBLIC, b"message", BLIND_SIGNATURE, BLINDING.inverse)


def test_signature_plus_modulus_is_no_second_signature() -> None:
    signature = int.from_bytes(SIGNATURE, "big") + MODULUS
    size = 256 if signature < 1 << 2048 else 257
    with pytest.raises(VerificationError):
        blind_rsa.verify(PUBLIC, signature.to_bytes(size, "big"), b"message")


@pytest.mark.parametrize(
    "number", [MODULUS, MODULUS + 1, (1 << 2048) - 1], ids=["modulus", "one-more", "most"]
)
def test_blinded_message_not_below_the_modulus_is_refused(number: int) -> None:
    with pytest.raises(TokenEncodingError, match="not below the modulus"):
        blind_rsa.blind_sign(KEY, number.to_bytes(256, "big"), secrets.token_bytes)


@pytest.mark.parametrize("number", [0, 1, 2, MODULUS - 1], ids=["0", "1", "2", "one-less"])
def test_blinded_message_at_the_edge_of_the_range_is_signed(number: int) -> None:
    signature = blind_rsa.blind_sign(KEY, number.to_bytes(256, "big"), secrets.token_bytes)
    assert pow(int.from_bytes(signature, "big"), 65537, MODULUS) == number


@pytest.mark.parametrize("size", [0, 255, 257])
def test_blinded_message_of_another_length_than_the_modulus_is_refused(size: int) -> None:
    with pytest.raises(TokenEncodingError, match="256 bytes"):
        blind_rsa.blind_sign(KEY, bytes(size), secrets.token_bytes)


@pytest.mark.parametrize("half", ["p", "q"])
def test_fault_in_one_half_of_the_private_operation_releases_nothing(
    half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prime = getattr(KEY.private_numbers(), half)
    power, faulty = gmpy2.powmod_sec, []

    def faulty_power(base: Any, exponent: Any, modulus: Any) -> Any:
        result = power(base, exponent, modulus)
        if modulus == prime:
            faulty.append(int(result))
            return result ^ 1
        return result

    monkeypatch.setattr(gmpy2, "powmod_sec", faulty_power)
    with pytest.raises(SigningError) as caught:
        blind_rsa.blind_sign(KEY, BLINDING.blinded_message, secrets.token_bytes)
    assert len(faulty) == 1
    assert not any(character.isdigit() for character in str(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_private_operation_never_sees_the_base_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = KEY.private_numbers()
    power, bases = gmpy2.powmod_sec, []

    def watched_power(base: Any, exponent: Any, modulus: Any) -> Any:
        if modulus in (numbers.p, numbers.q):
            bases.append(int(base))
        return power(base, exponent, modulus)

    monkeypatch.setattr(gmpy2, "powmod_sec", watched_power)
    for _ in range(2):
        assert blind_rsa.blind_sign(KEY, BLINDING.blinded_message, secrets.token_bytes) == BLIND_SIGNATURE
    blinded = int.from_bytes(BLINDING.blinded_message, "big")
    assert len(set(bases)) == 4
    assert not {blinded % numbers.p, blinded % numbers.q} & set(bases)


@pytest.mark.parametrize("byte", [b"\x00", b"\xff"])
def test_source_that_is_not_random_is_an_error_not_an_endless_loop(byte: bytes) -> None:
    with pytest.raises(BlindingError, match="source is broken"):
        blind_rsa.blind(PUBLIC, b"message", lambda size: byte * size)
    with pytest.raises(BlindingError, match="source is broken"):
        blind_rsa.blind_sign(KEY, BLINDING.blinded_message, lambda size: byte * size)


def test_random_number_without_an_inverse_is_an_error() -> None:
    factor = KEY.private_numbers().p
    with pytest.raises(BlindingError, match="shares a factor"):
        blind_rsa.blind(PUBLIC, b"", lambda size: factor.to_bytes(256, "big")[-size:])


def test_message_that_shares_a_factor_with_the_modulus_is_an_error() -> None:
    smooth = 3**1292
    salt = bytes(48)
    message = next(
        message
        for message in map(str.encode, map(str, range(100)))
        if int.from_bytes(emsa_pss.encode(message, smooth.bit_length() - 1, salt), "big") % 3 == 0
    )
    key = rsa.RSAPublicNumbers(65537, smooth).public_key()
    with pytest.raises(BlindingError, match="encoded message shares a factor"):
        blind_rsa.blind(key, message, bytes)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024).public_key(),
        rsa.RSAPublicNumbers(65537, (1 << 2047) + 2).public_key(),
    ],
    ids=["1024 bits", "even"],
)
def test_unfit_modulus_is_refused(key: rsa.RSAPublicKey) -> None:
    with pytest.raises(TokenKeyError):
        blind_rsa.blind(key, b"", secrets.token_bytes)
    with pytest.raises(TokenKeyError):
        blind_rsa.finalize(key, b"", bytes(256), bytes(256))
    with pytest.raises(TokenKeyError):
        blind_rsa.verify(key, bytes(256), b"")


def _key_of(bits: int) -> rsa.RSAPrivateKey:
    """The first key from a fixed start: OpenSSL itself makes none of an odd number of bits."""
    p, q = (int(gmpy2.next_prime(7 << size - 3)) for size in (bits - 1024, 1024))
    d = pow(65537, -1, (p - 1) * (q - 1))
    halves = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    key = rsa.RSAPrivateNumbers(p, q, d, *halves, rsa.RSAPublicNumbers(65537, p * q)).private_key()
    assert key.key_size == bits
    return key


@pytest.mark.parametrize("bits", [2049, 2050, 2055])
def test_modulus_that_does_not_fill_its_bytes(bits: int) -> None:
    key = _key_of(bits)
    blinding = blind_rsa.blind(key.public_key(), b"message", secrets.token_bytes)
    response = blind_rsa.blind_sign(key, blinding.blinded_message, secrets.token_bytes)
    blind_rsa.finalize(key.public_key(), b"message", response, blinding.inverse)


def test_draws_are_no_longer_than_the_modulus() -> None:
    """Without cutting them to its bits, most draws for such a modulus would miss it."""
    blind_rsa.blind(_key_of(2049).public_key(), b"message", lambda size: b"\x80" + bytes(size - 1))


@pytest.mark.parametrize(("salt", "accepted"), [(48, True), (0, False), (32, False), (64, False)])
def test_only_a_salt_of_48_bytes_verifies(salt: int, accepted: bool) -> None:
    signature = KEY.sign(b"message", padding.PSS(padding.MGF1(SHA384()), salt), SHA384())
    if accepted:
        blind_rsa.verify(PUBLIC, signature, b"message")
    else:
        with pytest.raises(VerificationError):
            blind_rsa.verify(PUBLIC, signature, b"message")


def test_encoding_needs_room_for_hash_and_salt() -> None:
    assert len(emsa_pss.encode(b"", 8 * 98, bytes(48))) == 98
    with pytest.raises(TokenKeyError, match="too short"):
        emsa_pss.encode(b"", 8 * 98 - 8, bytes(48))
