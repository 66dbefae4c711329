"""Shares, key generation and draws against libsodium's bare multiplications and Python's own sampling."""

from collections.abc import Iterator
from random import Random
from secrets import token_bytes
from unittest import mock

from nacl import bindings

from crypto.curve import Point, Scalar, base_multiple
from crypto.sampling import draw
from crypto.threshold import make_shares, verify_shares
from scripts.bench.measure import Result, best_side_by_side, cost, rate
from tests.ceremony import hold

BATCH = 500
POPULATION, DRAWN = 1_000_000, 7


def run() -> Iterator[Result]:
    yield from _shares()
    yield _key_generation()
    yield _draw()


def _shares() -> Iterator[Result]:
    key = hold(3, 2).shares[0]
    points = [base_multiple(Scalar.random(token_bytes)) for _ in range(BATCH)]
    batch = make_shares(key, points, b"bench", token_bytes)
    bare, made, verified = best_side_by_side(
        5,
        lambda: _multiply(key.secret, points),
        lambda: make_shares(key, points, b"bench", token_bytes),
        lambda: verify_shares(key.public, points, batch, b"bench"),
    )
    peer = "libsodium's bare multiplication"
    yield rate("crypto.shares", BATCH / (made + verified), "shares/s made and verified", peer, BATCH / bare)
    yield rate("crypto.shares.made", BATCH / made, "shares/s", peer, BATCH / bare)
    yield rate("crypto.shares.verified", BATCH / verified, "shares/s", peer, BATCH / bare)


def _multiply(secret: Scalar, points: list[Point]) -> None:
    for point in points:
        bindings.crypto_scalarmult_ed25519_noclamp(secret.raw, point.raw)


def _key_generation() -> Result:
    """A whole 3-of-5 ceremony, all five participants in turn, against just the multiplications in it."""
    base, variable = _count_multiplications()
    secret = Scalar.random(token_bytes)
    point = base_multiple(secret)

    def bare() -> None:
        for _ in range(base):
            bindings.crypto_scalarmult_ed25519_base_noclamp(secret.raw)
        _multiply(secret, [point] * variable)

    ours, theirs = best_side_by_side(5, lambda: hold(5, 3), bare)
    peer = f"its {base} + {variable} bare multiplications"
    return cost("crypto.dkg", ours * 1000, "ms for 3 of 5", peer, theirs * 1000)


def _count_multiplications() -> tuple[int, int]:
    names = ("crypto_scalarmult_ed25519_base_noclamp", "crypto_scalarmult_ed25519_noclamp")
    with (
        mock.patch.object(bindings, names[0], wraps=getattr(bindings, names[0])) as base,
        mock.patch.object(bindings, names[1], wraps=getattr(bindings, names[1])) as variable,
    ):
        hold(5, 3)
        return base.call_count, variable.call_count


def _draw() -> Result:
    seed, count = token_bytes(64), 200
    random = Random(1)
    ours, theirs = best_side_by_side(
        5,
        lambda: [draw(seed, POPULATION, DRAWN) for _ in range(count)],
        lambda: [random.sample(range(POPULATION), DRAWN) for _ in range(count)],
    )
    unit = f"us for {DRAWN} of {POPULATION:,}"
    return cost("crypto.draw", ours / count * 1e6, unit, "random.sample", theirs / count * 1e6)
