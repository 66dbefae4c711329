"""Proofs of knowledge of a stanza's secret, and the attack on bids that were never opened which they stop."""

import io

import pytest

from crypto import age
from crypto.age import base64
from crypto.curve import BASE, Point, montgomery
from crypto.errors import VerificationError
from crypto.threshold import (
    KnownStanza,
    ThresholdIdentity,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_knowledge,
    verify_shares,
)
from tests.ceremony import Ceremony, hold, seeded


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return hold(3, 2)


def seal(ceremony: Ceremony, seed: int) -> tuple[bytes, KnownStanza]:
    known = KnownStanza(recipient_of(ceremony.public))
    target = io.BytesIO()
    age.encrypt(io.BytesIO(b"price"), target, [known.wrap], random=seeded(seed))
    return target.getvalue(), known


def point_of(sealed: bytes) -> Point:
    return ephemeral_point(age.read_header(io.BytesIO(sealed)).stanzas[0])


def shared(ceremony: Ceremony, point: Point) -> Point:
    batches = [make_shares(share, [point], b"", seeded(1)) for share in ceremony.shares]
    (result,) = combine([verify_shares(ceremony.public, [point], batch, b"") for batch in batches])
    return result


@pytest.mark.parametrize("seed", range(12))
def test_who_sealed_can_prove_whichever_sign_the_point_has(ceremony: Ceremony, seed: int) -> None:
    sealed, known = seal(ceremony, seed)
    proof = known.prove(b"file 1", seeded(seed))
    verify_knowledge(point_of(sealed), b"file 1", proof)
    for point, context, bad in (
        (point_of(sealed), b"file 2", proof),
        (point_of(sealed) + BASE, b"file 1", proof),
        (point_of(sealed), b"file 1", proof[:-1] + bytes([proof[-1] ^ 1])),
        (point_of(sealed), b"file 1", proof[:-1]),
        (point_of(sealed), b"file 1", b"\xff" * 64),
        (point_of(sealed), b"file 1", bytes(64)),
    ):
        with pytest.raises(VerificationError):
            verify_knowledge(point, context, bad)


def test_related_point_would_open_a_bid_that_no_share_was_given_for(ceremony: Ceremony) -> None:
    """The attack: P + B is put into another stanza. Only the missing proof tells it from an honest one."""
    withdrawn, _ = seal(ceremony, 5)
    victim = point_of(withdrawn)
    attackers = montgomery.from_u(montgomery.to_u(victim + BASE))
    public_result = shared(ceremony, attackers)  # of a stanza that looks like any other
    candidates = [public_result - ceremony.public.group, _negative(public_result) - ceremony.public.group]
    opened = []
    for candidate in candidates:
        target = io.BytesIO()
        try:
            age.decrypt(
                io.BytesIO(withdrawn),
                target,
                [ThresholdIdentity(ceremony.public, {victim: candidate}).unwrap],
            )
            opened.append(target.getvalue())
        except age.NoMatchError:
            continue
    assert opened == [b"price"]
    stanza = age.Stanza("X25519", (base64.encode(montgomery.to_u(victim + BASE)),), bytes(32))
    _, known = seal(ceremony, 6)
    with pytest.raises(VerificationError):
        verify_knowledge(ephemeral_point(stanza), b"file", known.prove(b"file", seeded(1)))


def _negative(point: Point) -> Point:
    return Point(point.raw[:-1] + bytes([point.raw[-1] ^ 0x80]))


def test_one_object_remembers_one_stanza(ceremony: Ceremony) -> None:
    _, known = seal(ceremony, 7)
    with pytest.raises(ValueError, match="already"):
        known.wrap(bytes(16), seeded(0))
    with pytest.raises(ValueError, match="no stanza"):
        KnownStanza(recipient_of(ceremony.public)).prove(b"", seeded(0))
