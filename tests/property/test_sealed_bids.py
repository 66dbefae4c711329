"""Properties of sealing and opening: any t of n open, t-1 do not; any flipped bit is an error."""

import io
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import age
from crypto.age.errors import AgeError
from crypto.age.stream import CHUNK_SIZE
from crypto.curve import point_sum
from crypto.curve.polynomial import lagrange_at_zero
from crypto.errors import CryptoError, VerificationError
from crypto.threshold import (
    ThresholdIdentity,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_shares,
)
from tests.ceremony import hold, seeded

IDENTITY = age.X25519Identity(b"\x09" * 32)
SIZES = st.sampled_from([0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1]) | st.integers(0, 4 * CHUNK_SIZE)


def seal(plain: bytes, *wraps: age.Wrap, seed: int = 0) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(plain), target, wraps, random=seeded(seed))
    return target.getvalue()


@settings(max_examples=60, deadline=None)
@given(size=SIZES, seed=st.integers(0, 2**32))
def test_seal_and_open_round_trip_at_any_size(size: int, seed: int) -> None:
    plain = seeded(seed)(size)
    target = io.BytesIO()
    age.decrypt(io.BytesIO(seal(plain, IDENTITY.recipient.wrap, seed=seed)), target, [IDENTITY.unwrap])
    assert target.getvalue() == plain


@settings(max_examples=40, deadline=None)
@given(size=SIZES, start=st.integers(0, 5 * CHUNK_SIZE), count=st.integers(0, 2 * CHUNK_SIZE))
def test_any_range_reads_as_a_slice(size: int, start: int, count: int) -> None:
    plain = seeded(size)(size)
    source = io.BytesIO(seal(plain, IDENTITY.recipient.wrap))
    file_key = age.unlock(age.read_header(source), [IDENTITY.unwrap])
    reader = io.BufferedReader(age.open_payload(file_key, source))
    reader.seek(start)
    assert reader.read(count) == plain[start : start + count]


@settings(max_examples=300, deadline=None)
@given(size=st.sampled_from([0, 1, 100, CHUNK_SIZE + 1]), data=st.data())
def test_any_flipped_bit_is_an_error(size: int, data: st.DataObject) -> None:
    sealed = bytearray(seal(bytes(size), IDENTITY.recipient.wrap))
    position = data.draw(st.integers(0, len(sealed) - 1) | st.integers(0, min(250, len(sealed) - 1)))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(AgeError):
        age.decrypt(io.BytesIO(sealed), io.BytesIO(), [IDENTITY.unwrap])


def test_every_single_flipped_bit_of_a_small_file_is_an_error() -> None:
    sealed = seal(b"bid", IDENTITY.recipient.wrap)
    for position in range(len(sealed)):
        for bit in range(8):
            altered = bytearray(sealed)
            altered[position] ^= 1 << bit
            with pytest.raises(AgeError):
                age.decrypt(io.BytesIO(altered), io.BytesIO(), [IDENTITY.unwrap])


@settings(max_examples=100, deadline=None)
@given(size=st.integers(0, 3 * CHUNK_SIZE), data=st.data())
def test_any_truncation_and_any_extension_is_an_error(size: int, data: st.DataObject) -> None:
    sealed = seal(bytes(size), IDENTITY.recipient.wrap)
    cut = data.draw(st.integers(0, len(sealed) - 1))
    for altered in (sealed[:cut], sealed + sealed[: cut + 1]):
        with pytest.raises(AgeError):
            age.decrypt(io.BytesIO(altered), io.BytesIO(), [IDENTITY.unwrap])


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 6), seed=st.integers(0, 2**32), data=st.data())
def test_any_t_of_n_open_and_t_minus_1_do_not(n: int, seed: int, data: st.DataObject) -> None:
    t = data.draw(st.integers(1, n))
    ceremony = hold(n, t, seed)
    sealed = seal(b"bid", recipient_of(ceremony.public).wrap, seed=seed)
    point = ephemeral_point(age.read_header(io.BytesIO(sealed)).stanzas[0])
    verified = [
        verify_shares(ceremony.public, [point], make_shares(share, [point], b"", seeded(seed)), b"")
        for share in ceremony.shares
    ]
    for subset in combinations(verified, t):
        (shared,) = combine(subset)
        target = io.BytesIO()
        age.decrypt(io.BytesIO(sealed), target, [ThresholdIdentity(ceremony.public, {point: shared}).unwrap])
        assert target.getvalue() == b"bid"
    for subset in combinations(verified, t - 1):
        with pytest.raises(VerificationError):
            combine(subset)


@settings(max_examples=20, deadline=None)
@given(n=st.integers(2, 5), seed=st.integers(0, 2**32), data=st.data())
def test_t_minus_1_shares_interpolate_to_something_that_opens_nothing(
    n: int, seed: int, data: st.DataObject
) -> None:
    """The check on their number is not what protects a bid: too few shares give a point that does not fit."""

    t = data.draw(st.integers(2, n))
    ceremony = hold(n, t, seed)
    sealed = seal(b"bid", recipient_of(ceremony.public).wrap, seed=seed)
    point = ephemeral_point(age.read_header(io.BytesIO(sealed)).stanzas[0])
    weights = lagrange_at_zero(range(1, t))
    wrong = point_sum(weights[share.index] * (share.secret * point) for share in ceremony.shares[: t - 1])
    identity = ThresholdIdentity(ceremony.public, {point: wrong})
    with pytest.raises(age.NoMatchError):
        age.decrypt(io.BytesIO(sealed), io.BytesIO(), [identity.unwrap])


@settings(max_examples=200, deadline=None)
@given(position=st.integers(0, 8 + 3 * 32 + 64 - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_batch_of_shares_is_refused(position: int, bit: int) -> None:
    batch = bytearray(BATCH.encode())
    batch[position] ^= 1 << bit
    with pytest.raises(CryptoError):
        verify_shares(CEREMONY.public, POINTS, type(BATCH).parse(bytes(batch)), b"context")


CEREMONY = hold(3, 2)
POINTS = [share.public.share(i) for i, share in enumerate(CEREMONY.shares, start=1)]
BATCH = make_shares(CEREMONY.shares[0], POINTS, b"context", seeded(3))
