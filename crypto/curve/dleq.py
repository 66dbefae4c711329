"""Chaum-Pedersen proof that many points were multiplied by one secret (docs/spec/lot-key.md).

The statement: the prover knows x with Y = x * B and S_j = x * P_j for each of k >= 1 pairs (P_j, S_j).
The pairs are first folded into one by weights hashed from all of them (as RFC 9497 section 2.2 does):

    seed = H(context, Y, k, P_1, S_1, ..., P_k, S_k)       w_1 = 1, w_j = H(seed, j)
    M = sum w_j * P_j        Z = sum w_j * S_j

so a proof has 64 bytes and costs two multiplications a pair to check, whatever k is. Fiat-Shamir with
SHA-512, each hash under a domain of its own.
"""

from collections.abc import Sequence

from crypto.curve import Point, Scalar, base_multiple, point_sum
from crypto.curve.scalar import SCALAR_SIZE
from crypto.encoding import hash512
from crypto.errors import CryptoError, VerificationError
from crypto.randomness import RandomBytes

Pair = tuple[Point, Point]

PROOF_SIZE = 2 * SCALAR_SIZE
_HEDGE_SIZE = 32


def prove(secret: Scalar, pairs: Sequence[Pair], context: bytes, random: RandomBytes) -> bytes:
    """The proof for pairs (P_j, secret * P_j): challenge || response, 64 bytes.

    The nonce is hashed from the secret, the statement and 32 random bytes, so neither a bad source of
    randomness nor a repeated one gives the secret away. ValueError without a pair.
    """
    public = base_multiple(secret)
    seed = _seed(public, pairs, context)
    folded = _fold(seed, [point for point, _ in pairs])
    image = secret * folded
    nonce = Scalar.reduce(hash512("sunseal/dleq-nonce/v1", secret.raw, seed, random(_HEDGE_SIZE)))
    challenge = _challenge(seed, folded, image, base_multiple(nonce), nonce * folded)
    return challenge.raw + (nonce + challenge * secret).raw


def verify(public: Point, pairs: Sequence[Pair], context: bytes, proof: bytes) -> None:
    """VerificationError unless `proof` shows that every pair has the secret of `public`."""
    if len(proof) != PROOF_SIZE:
        raise VerificationError(f"a proof has {PROOF_SIZE} bytes, not {len(proof)}")
    try:
        challenge, response = Scalar(proof[:SCALAR_SIZE]), Scalar(proof[SCALAR_SIZE:])
        seed = _seed(public, pairs, context)
        folded = _fold(seed, [point for point, _ in pairs])
        image = _fold(seed, [share for _, share in pairs])
        first = base_multiple(response) - challenge * public
        second = response * folded - challenge * image
        holds = _challenge(seed, folded, image, first, second) == challenge
    except CryptoError as error:
        raise VerificationError("the proof is malformed") from error
    if not holds:
        raise VerificationError("the proof does not hold for these points")


def _seed(public: Point, pairs: Sequence[Pair], context: bytes) -> bytes:
    if not pairs:
        raise ValueError("a proof is about at least one pair")
    points = b"".join(point.raw + share.raw for point, share in pairs)
    return hash512("sunseal/dleq-seed/v1", context, public.raw, len(pairs), points)


def _fold(seed: bytes, points: Sequence[Point]) -> Point:
    first, *rest = points
    weighted = [_weight(seed, index) * point for index, point in enumerate(rest, start=2)]
    return point_sum([first, *weighted])


def _weight(seed: bytes, index: int) -> Scalar:
    return Scalar.reduce(hash512("sunseal/dleq-weight/v1", seed, index))


def _challenge(seed: bytes, folded: Point, image: Point, first: Point, second: Point) -> Scalar:
    parts = (folded.raw, image.raw, first.raw, second.raw)
    return Scalar.reduce(hash512("sunseal/dleq-challenge/v1", seed, *parts))
