"""Sealed facts: only salt and body together open a commitment, and a cover looks the same."""

import hashlib

import pytest

from ledger.errors import EntryError, RevealError
from ledger.sealed import COMMITMENT_SIZE, SALT_SIZE, check_reveal, cover, seal

SALT = bytes(range(32))
BODY = b'{"bid":"3f","type":"bid"}'


def test_commitment_is_what_the_specification_writes_down() -> None:
    lengths = [len(part).to_bytes(8, "big") for part in (b"sunseal/sealed/v1", SALT, BODY)]
    written = lengths[0] + b"sunseal/sealed/v1" + lengths[1] + SALT + lengths[2] + BODY
    assert seal(BODY, SALT) == hashlib.sha256(written).digest()


def test_reveal_is_salt_and_body_together() -> None:
    commitment = seal(BODY, SALT)
    check_reveal(commitment, SALT, BODY)
    for salt, body in ((SALT[::-1], BODY), (SALT, BODY + b" "), (SALT, b""), (SALT[::-1], b"")):
        with pytest.raises(RevealError):
            check_reveal(commitment, salt, body)


def test_byte_cannot_move_between_salt_and_body() -> None:
    with pytest.raises(EntryError):
        check_reveal(seal(BODY, SALT), SALT + BODY[:1], BODY[1:])


def test_every_flipped_bit_is_refused() -> None:
    commitment = seal(BODY, SALT)
    for part in range(3):
        for at in range(len((commitment, SALT, BODY)[part]) * 8):
            parts = [bytearray(commitment), bytearray(SALT), bytearray(BODY)]
            parts[part][at // 8] ^= 1 << at % 8
            with pytest.raises(RevealError):
                check_reveal(bytes(parts[0]), bytes(parts[1]), bytes(parts[2]))


def test_same_fact_sealed_twice_shows_nothing_in_common() -> None:
    assert seal(BODY, SALT) != seal(BODY, SALT[::-1])


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_sizes_are_exact(size: int) -> None:
    with pytest.raises(EntryError, match="salt"):
        seal(BODY, bytes(size))
    with pytest.raises(EntryError, match="salt"):
        check_reveal(bytes(COMMITMENT_SIZE), bytes(size), BODY)
    with pytest.raises(EntryError, match="commitment"):
        check_reveal(bytes(size), SALT, BODY)
    with pytest.raises(EntryError, match="cover"):
        cover(lambda _: bytes(size))


def test_cover_has_the_size_of_a_commitment_whatever_was_sealed() -> None:
    covered = cover(lambda size: b"r" * size)
    assert covered == b"r" * COMMITMENT_SIZE
    assert {len(covered), len(seal(b"", SALT)), len(seal(bytes(10_000), SALT))} == {COMMITMENT_SIZE}
    assert COMMITMENT_SIZE == SALT_SIZE == 32


def test_refusal_does_not_tell_salt_or_body() -> None:
    with pytest.raises(RevealError) as caught:
        check_reveal(bytes(32), SALT, BODY)
    assert SALT.hex() not in str(caught.value)
    assert "bid" not in str(caught.value)
