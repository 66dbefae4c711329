"""Shares, proofs and their combination: what opens, what is refused, and who is named."""

import io
from dataclasses import replace

import pytest

from crypto import age
from crypto.age import base64
from crypto.curve import Point, Scalar, base_multiple
from crypto.curve.polynomial import lagrange_at_zero
from crypto.errors import EncodingError, VerificationError
from crypto.threshold import (
    ShareBatch,
    ShareError,
    ThresholdIdentity,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_shares,
    vrf,
)
from crypto.threshold.shares import MAX_BATCH
from tests.ceremony import Ceremony, hold, seeded
from tests.unit.test_curve import SMALL_ORDER

CONTEXT = b"lot 1, part price"


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return hold(5, 3)


def points(count: int) -> list[Point]:
    random = seeded(count)
    return [base_multiple(Scalar.random(random)) for _ in range(count)]


def batches(ceremony: Ceremony, of: list[Point]) -> list[ShareBatch]:
    return [make_shares(share, of, CONTEXT, seeded(share.index)) for share in ceremony.shares]


def seal_to(ceremony: Ceremony, plain: bytes, *others: age.Wrap, seed: int = 1) -> bytes:
    target = io.BytesIO()
    wraps = [recipient_of(ceremony.public).wrap, *others]
    age.encrypt(io.BytesIO(plain), target, wraps, random=seeded(seed))
    return target.getvalue()


def test_three_of_five_open_what_was_sealed_to_the_group(ceremony: Ceremony) -> None:
    sealed = seal_to(ceremony, b"the bid")
    point = ephemeral_point(age.read_header(io.BytesIO(sealed)).stanzas[0])
    verified = [verify_shares(ceremony.public, [point], b, CONTEXT) for b in batches(ceremony, [point])]
    for subset in (verified[:3], verified[2:], verified[::2], verified):
        (shared,) = combine(subset)
        target = io.BytesIO()
        age.decrypt(io.BytesIO(sealed), target, [ThresholdIdentity(ceremony.public, {point: shared}).unwrap])
        assert target.getvalue() == b"the bid"


def test_group_secret_is_the_age_identity_nobody_has(ceremony: Ceremony) -> None:
    """x * P from shares is x times P: checked against the interpolated secret, which no party ever holds."""
    weights = lagrange_at_zero([1, 2, 3])
    secret = Scalar.from_int(0)
    for index, weight in weights.items():
        secret = secret + weight * ceremony.shares[index - 1].secret
    assert base_multiple(secret) == ceremony.public.group
    point = points(1)[0]
    verified = [verify_shares(ceremony.public, [point], b, CONTEXT) for b in batches(ceremony, [point])]
    assert combine(verified) == (secret * point,)


def test_two_of_five_do_not_combine(ceremony: Ceremony) -> None:
    of = points(1)
    verified = [verify_shares(ceremony.public, of, b, CONTEXT) for b in batches(ceremony, of)]
    with pytest.raises(VerificationError, match="3 keyholders are needed, 2 have answered"):
        combine(verified[:2])
    with pytest.raises(VerificationError, match="twice"):
        combine([verified[0], verified[1], verified[0]])
    with pytest.raises(VerificationError, match="no shares"):
        combine([])


def test_shares_of_different_keys_or_points_do_not_combine(ceremony: Ceremony) -> None:
    of = points(2)
    first = [verify_shares(ceremony.public, of, b, CONTEXT) for b in batches(ceremony, of)]
    swapped = [verify_shares(ceremony.public, of[::-1], b, CONTEXT) for b in batches(ceremony, of[::-1])]
    with pytest.raises(VerificationError, match="different"):
        combine([first[0], first[1], swapped[2]])
    other = hold(5, 3, seed=77)
    foreign = [verify_shares(other.public, of, b, CONTEXT) for b in batches(other, of)]
    with pytest.raises(VerificationError, match="different"):
        combine([first[0], first[1], foreign[2]])


def test_batch_for_a_doubled_point_is_refused_by_who_verifies_too(ceremony: Ceremony) -> None:
    (point,) = points(1)
    batch = batches(ceremony, [point])[0]
    with pytest.raises(EncodingError, match="twice"):
        verify_shares(ceremony.public, [point, point], batch, CONTEXT)


def test_bidders_own_stanza_may_stand_first(ceremony: Ceremony) -> None:
    own = age.X25519Identity(b"\x07" * 32)
    target = io.BytesIO()
    wraps = [own.recipient.wrap, recipient_of(ceremony.public).wrap]
    age.encrypt(io.BytesIO(b"the bid"), target, wraps, random=seeded(3))
    point = ephemeral_point(age.read_header(io.BytesIO(target.getvalue())).stanzas[1])
    verified = [verify_shares(ceremony.public, [point], b, CONTEXT) for b in batches(ceremony, [point])]
    identity = ThresholdIdentity(ceremony.public, {point: combine(verified)[0]})
    opened = io.BytesIO()
    age.decrypt(io.BytesIO(target.getvalue()), opened, [identity.unwrap])
    assert opened.getvalue() == b"the bid"


def test_shares_do_not_print_themselves(ceremony: Ceremony) -> None:
    of = points(1)
    batch = batches(ceremony, of)[0]
    told = repr(batch) + repr(verify_shares(ceremony.public, of, batch, CONTEXT)) + repr(batch.shares[0])
    assert batch.shares[0].raw.hex() not in told


@pytest.mark.parametrize("count", [1, 2, 7])
def test_wrong_shares_name_the_keyholder(ceremony: Ceremony, count: int) -> None:
    of = points(count)
    good = batches(ceremony, of)[1]
    wrong_last = replace(good, shares=(*good.shares[:-1], good.shares[-1] + of[0]))
    wrong_proof = replace(good, proof=good.proof[:-1] + bytes([good.proof[-1] ^ 1]))
    short_proof = replace(good, proof=good.proof[:-1])
    someone_elses = replace(good, index=3)
    fewer = replace(good, shares=good.shares[:-1])
    for bad in (wrong_last, wrong_proof, short_proof, someone_elses, fewer):
        with pytest.raises(ShareError) as caught:
            verify_shares(ceremony.public, of, bad, CONTEXT)
        assert caught.value.index == bad.index


@pytest.mark.parametrize("index", [0, 6, 2**32 - 1])
def test_foreign_indices_are_refused(ceremony: Ceremony, index: int) -> None:
    of = points(1)
    with pytest.raises(ShareError, match="only keyholders 1 to 5"):
        verify_shares(ceremony.public, of, replace(batches(ceremony, of)[0], index=index), CONTEXT)


def test_errors_that_cancel_each_other_out_are_found(ceremony: Ceremony) -> None:
    """S_1 + D and S_2 - D keep the plain sum; the hashed weights do not let it pass."""
    of = points(2)
    good = batches(ceremony, of)[0]
    moved = replace(good, shares=(good.shares[0] + of[0], good.shares[1] - of[0]))
    with pytest.raises(ShareError):
        verify_shares(ceremony.public, of, moved, CONTEXT)


def test_swapped_shares_are_refused(ceremony: Ceremony) -> None:
    of = points(2)
    good = batches(ceremony, of)[0]
    with pytest.raises(ShareError):
        verify_shares(ceremony.public, of, replace(good, shares=good.shares[::-1]), CONTEXT)


def test_proof_for_one_context_fits_no_other(ceremony: Ceremony) -> None:
    of = points(1)
    with pytest.raises(ShareError):
        verify_shares(ceremony.public, of, batches(ceremony, of)[0], b"lot 2, part price")


def test_same_randomness_twice_gives_no_secret_away(ceremony: Ceremony) -> None:
    """Two different statements with the same random bytes have different nonces."""
    share, of = ceremony.shares[0], points(2)
    first = make_shares(share, of[:1], CONTEXT, lambda n: bytes(n))
    second = make_shares(share, of[1:], CONTEXT, lambda n: bytes(n))
    c1, z1, c2, z2 = (Scalar(b[i : i + 32]) for b in (first.proof, second.proof) for i in (0, 32))
    assert z1 - c1 * share.secret != z2 - c2 * share.secret


def test_point_that_comes_twice_is_refused_before_any_share_is_made(ceremony: Ceremony) -> None:
    (point,) = points(1)
    with pytest.raises(EncodingError, match="twice"):
        make_shares(ceremony.shares[0], [point, point], CONTEXT, seeded(0))
    with pytest.raises(EncodingError, match="not 0"):
        make_shares(ceremony.shares[0], [], CONTEXT, seeded(0))


def test_batch_is_one_byte_string(ceremony: Ceremony) -> None:
    good = batches(ceremony, points(3))[2]
    data = good.encode()
    assert ShareBatch.parse(data) == good
    too_many = data[:4] + (MAX_BATCH + 1).to_bytes(4, "big") + data[8:]
    for bad in (b"", data[:-1], data + b"\0", data[:4] + bytes(4) + data[8:], too_many):
        with pytest.raises(EncodingError):
            ShareBatch.parse(bad)


@pytest.mark.parametrize("encoding", SMALL_ORDER)
def test_batch_with_a_share_of_small_order_is_refused(ceremony: Ceremony, encoding: str) -> None:
    data = batches(ceremony, points(1))[0].encode()
    with pytest.raises(EncodingError):
        ShareBatch.parse(data[:8] + bytes.fromhex(encoding) + data[40:])


@pytest.mark.parametrize("u", [0, 1, 2, 2**255 - 20, 2**255 - 19, 2**256 - 1])
def test_stanzas_with_a_refused_share_never_reach_a_secret(u: int) -> None:
    stanza = age.Stanza("X25519", (base64.encode(u.to_bytes(32, "little")),), bytes(32))
    with pytest.raises(age.HeaderError, match="refused"):
        ephemeral_point(stanza)


def test_bidders_own_stanza_opens_the_same_file(ceremony: Ceremony) -> None:
    own = age.X25519Identity(b"\x07" * 32)
    sealed = seal_to(ceremony, b"the bid", own.recipient.wrap)
    target = io.BytesIO()
    age.decrypt(io.BytesIO(sealed), target, [own.unwrap])
    assert target.getvalue() == b"the bid"


def test_shared_point_of_one_bid_opens_no_other(ceremony: Ceremony) -> None:
    one, other = seal_to(ceremony, b"one"), seal_to(ceremony, b"other", seed=2)
    point = ephemeral_point(age.read_header(io.BytesIO(one)).stanzas[0])
    (shared,) = combine(
        [verify_shares(ceremony.public, [point], b, CONTEXT) for b in batches(ceremony, [point])]
    )
    with pytest.raises(age.NoMatchError):
        age.decrypt(
            io.BytesIO(other), io.BytesIO(), [ThresholdIdentity(ceremony.public, {point: shared}).unwrap]
        )


def test_seed_of_a_draw_is_the_same_whoever_answers(ceremony: Ceremony) -> None:
    message = b"draw 7"
    verified = [
        vrf.verify_share(ceremony.public, message, vrf.make_share(share, message, seeded(share.index)))
        for share in ceremony.shares
    ]
    seeds = {
        vrf.output(ceremony.public, message, subset) for subset in (verified[:3], verified[2:], verified)
    }
    assert len(seeds) == 1
    assert len(seeds.pop()) == 64
    with pytest.raises(VerificationError):
        vrf.output(ceremony.public, message, verified[:2])
    with pytest.raises(VerificationError, match="not for this draw"):
        vrf.output(ceremony.public, b"draw 8", verified)


def test_share_for_one_draw_fits_no_other(ceremony: Ceremony) -> None:
    share = vrf.make_share(ceremony.shares[0], b"draw 7", seeded(0))
    with pytest.raises(ShareError):
        vrf.verify_share(ceremony.public, b"draw 8", share)


def test_different_keys_and_messages_have_different_inputs(ceremony: Ceremony) -> None:
    other = hold(2, 2, seed=9).public
    inputs = {vrf.input_point(key, m) for key in (ceremony.public, other) for m in (b"", b"a", b"b")}
    assert len(inputs) == 6
