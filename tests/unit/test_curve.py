"""Points, scalars and maps: what is refused, and the published values."""

import json
from pathlib import Path

import pytest
from nacl import bindings

from crypto.curve import BASE, ORDER, Point, Scalar, base_multiple, montgomery, point_sum
from crypto.curve.field import P
from crypto.curve.hash_to_curve import expand_message_xmd, hash_to_curve
from crypto.curve.point import IDENTITY, PointError
from crypto.curve.polynomial import (
    commit,
    evaluate,
    evaluate_commitment,
    lagrange_at_zero,
)
from crypto.errors import EncodingError
from tests.ceremony import seeded

DATA = Path(__file__).parent.parent / "vectors" / "data"

SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
]
"""All eight points of order 1, 2, 4 and 8."""


@pytest.mark.parametrize("encoding", SMALL_ORDER)
def test_points_of_small_order_are_refused(encoding: str) -> None:
    with pytest.raises(PointError):
        Point(bytes.fromhex(encoding))


@pytest.mark.parametrize("encoding", SMALL_ORDER[1:])
def test_points_with_a_small_component_are_refused(encoding: str) -> None:
    """B + T for every T of small order: on the curve, outside the subgroup (CVE-2025-69277)."""
    mixed = bindings.crypto_core_ed25519_add(BASE.raw, bytes.fromhex(encoding))
    with pytest.raises(PointError):
        Point(mixed)


@pytest.mark.parametrize(
    "raw",
    [
        (P + 1).to_bytes(32, "little"),
        (P + 3).to_bytes(32, "little"),
        (2).to_bytes(32, "little"),
        bytes(31),
        bytes(33),
    ],
    ids=["non-canonical identity", "non-canonical", "off the curve", "short", "long"],
)
def test_malformed_points_are_refused(raw: bytes) -> None:
    with pytest.raises(PointError):
        Point(raw)


@pytest.mark.parametrize("value", [ORDER, ORDER + 1, 2**255, 2**256 - 1])
def test_scalars_that_are_not_reduced_are_refused(value: int) -> None:
    with pytest.raises(EncodingError):
        Scalar(value.to_bytes(32, "little"))


def test_largest_scalar_is_taken() -> None:
    assert Scalar((ORDER - 1).to_bytes(32, "little")) + Scalar.from_int(1) == Scalar.from_int(0)


def test_identity_is_never_a_result() -> None:
    minus = Scalar.from_int(-1) * BASE
    with pytest.raises(PointError):
        BASE + minus
    with pytest.raises(PointError):
        BASE - BASE
    with pytest.raises(PointError):
        Scalar.from_int(0) * BASE
    with pytest.raises(PointError):
        base_multiple(Scalar.from_int(0))
    assert point_sum([BASE, minus, BASE]) == BASE
    assert IDENTITY.hex() == SMALL_ORDER[0]


def test_scalar_arithmetic_agrees_with_integers() -> None:
    random = seeded(1)
    for _ in range(50):
        a, b = (int.from_bytes(random(32), "little") for _ in range(2))
        x, y = Scalar.from_int(a), Scalar.from_int(b)
        assert x + y == Scalar.from_int(a + b)
        assert x - y == Scalar.from_int(a - b)
        assert x * y == Scalar.from_int(a * b)
        assert (x * y) * BASE == x * (y * BASE) == base_multiple(x * y)


def test_scalars_do_not_print_themselves() -> None:
    assert "7" not in repr(Scalar.from_int(7))


def test_base_point_maps_to_u_9_and_back() -> None:
    assert int.from_bytes(montgomery.to_u(BASE), "little") == 9
    lifted = montgomery.from_u(montgomery.to_u(BASE))
    assert lifted in (BASE, Scalar.from_int(-1) * BASE)
    assert lifted.raw[31] & 0x80 == 0


def test_sign_of_the_lift_drops_out() -> None:
    secret = Scalar.random(seeded(2))
    for _ in range(20):
        point = base_multiple(Scalar.random(seeded(_)))
        lifted = montgomery.from_u(montgomery.to_u(point))
        assert montgomery.to_u(secret * lifted) == montgomery.to_u(secret * point)


@pytest.mark.parametrize("u", [0, 1, P - 1, P, P + 9, 2**255 + 9, 2], ids=str)
def test_bad_u_coordinates_are_refused(u: int) -> None:
    """Order 2, order 4, no point, not canonical (three kinds), on the twist."""
    with pytest.raises(PointError):
        montgomery.from_u(u.to_bytes(32, "little"))


def test_u_coordinates_outside_the_prime_order_subgroup_are_refused() -> None:
    """Every u that belongs to B + T, T of small order."""
    for encoding in SMALL_ORDER[1:]:
        y = int.from_bytes(bindings.crypto_core_ed25519_add(BASE.raw, bytes.fromhex(encoding)), "little")
        y &= 2**255 - 1
        u = (1 + y) * pow(1 - y, -1, P) % P
        with pytest.raises(PointError):
            montgomery.from_u(u.to_bytes(32, "little"))


def test_hash_to_curve_agrees_with_rfc9380() -> None:
    data = json.loads((DATA / "rfc9380-edwards25519.json").read_text())
    for vector in data["vectors"]:
        x, y = int(vector["x"], 16), int(vector["y"], 16)
        expected = (y | (x & 1) << 255).to_bytes(32, "little")
        assert hash_to_curve(vector["msg"].encode(), data["dst"].encode()).raw == expected


def test_expand_message_refuses_what_rfc9380_refuses() -> None:
    with pytest.raises(ValueError, match="tag"):
        expand_message_xmd(b"", b"", 32)
    with pytest.raises(ValueError, match="tag"):
        expand_message_xmd(b"", b"x" * 256, 32)
    with pytest.raises(ValueError, match="16320"):
        expand_message_xmd(b"", b"x", 255 * 64 + 1)


def test_shares_interpolate_to_the_secret() -> None:
    random = seeded(3)
    coefficients = [Scalar.random(random) for _ in range(3)]
    commitment = commit(coefficients)
    shares = {i: evaluate(coefficients, i) for i in range(1, 6)}
    for i, share in shares.items():
        assert base_multiple(share) == evaluate_commitment(commitment, i)
    weights = lagrange_at_zero([5, 1, 3])
    assert point_sum(weights[i] * base_multiple(shares[i]) for i in (5, 1, 3)) == base_multiple(
        coefficients[0]
    )


@pytest.mark.parametrize("indices", [[0, 1], [1, 1], [-1, 2]])
def test_bad_share_indices_are_refused(indices: list[int]) -> None:
    with pytest.raises(ValueError, match="positive and distinct"):
        lagrange_at_zero(indices)
