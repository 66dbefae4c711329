"""Complaints about what was dealt: a founded one convinces a stranger, and nobody can be framed by one."""

from dataclasses import replace

import pytest

from crypto import dkg
from crypto.curve import Scalar, base_multiple
from crypto.dkg import Abort, Delivery, Reason
from crypto.errors import EncodingError, VerificationError
from tests.ceremony import Ceremony, hold, seeded
from tests.unit.test_dkg import dealt_to, forge


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return hold(4, 3)


def complaint_of_1(ceremony: Ceremony, sender: int, delivery: Delivery) -> bytes:
    return dkg.complain(ceremony.session, 1, ceremony.static_secrets[0], sender, delivery, seeded(7))


@pytest.mark.parametrize(
    ("plaintext", "reason"),
    [
        (Scalar.from_int(12345).raw, Reason.WRONG_SHARE),
        (b"\xff" * 32, Reason.PLAINTEXT),
        (None, Reason.DECRYPTION),
    ],
)
def test_founded_complaint_convinces_a_stranger(
    ceremony: Ceremony, plaintext: bytes | None, reason: Reason
) -> None:
    if plaintext is None:
        delivery = replace(dealt_to(ceremony, 1)[1], ciphertext=bytes(48))
    else:
        delivery = forge(ceremony, 2, plaintext)
    blamed = dkg.check_complaint(ceremony.session, 1, 2, delivery, complaint_of_1(ceremony, 2, delivery))
    assert (blamed.reason, blamed.culprit) == (reason, 2)


def test_honest_sender_cannot_be_framed(ceremony: Ceremony) -> None:
    """Neither by a complaint about a right share, nor by made-up secrets, nor by those of another delivery."""
    honest = dealt_to(ceremony, 1)[1]
    with pytest.raises(VerificationError, match="unfounded"):
        dkg.check_complaint(ceremony.session, 1, 2, honest, complaint_of_1(ceremony, 2, honest))
    complaint = complaint_of_1(ceremony, 2, forge(ceremony, 2, Scalar.from_int(5).raw))
    made_up = base_multiple(Scalar.from_int(3)).raw * 2 + complaint[64:]
    for bad in (complaint, made_up, complaint[:-1] + bytes([complaint[-1] ^ 1])):
        with pytest.raises(VerificationError):
            dkg.check_complaint(ceremony.session, 1, 2, honest, bad)
    for malformed in (b"", complaint[:-1], complaint + b"\0", bytes(32) + complaint[32:]):
        with pytest.raises(EncodingError):
            dkg.check_complaint(ceremony.session, 1, 2, honest, malformed)
    with pytest.raises(Abort):
        dkg.complain(ceremony.session, 2, ceremony.static_secrets[0], 2, honest, seeded(7))
