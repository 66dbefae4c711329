"""Shares x_i * P of many points at once, their verification, and their combination (docs/spec/lot-key.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto.byte_reader import ByteReader
from crypto.curve import Point, Scalar, dleq, point_sum
from crypto.curve.point import POINT_SIZE
from crypto.curve.polynomial import lagrange_at_zero
from crypto.dkg.rounds import KeyShare
from crypto.dkg.transcript import PublicKeys
from crypto.errors import EncodingError, VerificationError
from crypto.randomness import RandomBytes

MAX_BATCH = 65_536
"""Points in one batch: more than bids in any lot, and no more than a parser should allocate."""

_NUMBER_SIZE = 4


def batch_size(count: int) -> int:
    """How many bytes a batch of `count` shares has."""
    return 2 * _NUMBER_SIZE + count * POINT_SIZE + dleq.PROOF_SIZE


class ShareError(VerificationError):
    """A keyholder's shares are wrong, or are not that keyholder's to give; `index` says whose."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(f"keyholder {index}: {message}")
        self.index = index


@dataclass(frozen=True, slots=True)
class ShareBatch:
    """One keyholder's shares of a list of points, in its order, and one proof for all. Not yet verified."""

    index: int
    shares: tuple[Point, ...] = field(repr=False)  # of a committee part they are for the committee alone
    proof: bytes = field(repr=False)

    def encode(self) -> bytes:
        """index || count || shares || proof, the numbers as 4 bytes big-endian."""
        numbers = (self.index.to_bytes(_NUMBER_SIZE, "big"), len(self.shares).to_bytes(_NUMBER_SIZE, "big"))
        return b"".join((*numbers, *(share.raw for share in self.shares), self.proof))

    @classmethod
    def parse(cls, data: bytes) -> "ShareBatch":
        """EncodingError unless `data` is exactly one batch; each share a point of prime order."""
        reader = ByteReader(data, "the batch of shares")
        index, count = (int.from_bytes(reader.take(_NUMBER_SIZE), "big") for _ in range(2))
        if not 1 <= count <= MAX_BATCH:
            raise EncodingError(f"a batch has 1 to {MAX_BATCH} shares, not {count}")
        shares = tuple(Point(reader.take(POINT_SIZE)) for _ in range(count))
        proof = reader.take(dleq.PROOF_SIZE)
        reader.end()
        return cls(index, shares, proof)


@dataclass(frozen=True, slots=True)
class VerifiedShares:
    """Shares whose proof holds: `verify_shares` makes them, nobody else should; `combine` takes only these."""

    index: int
    public: PublicKeys
    points: tuple[Point, ...]
    shares: tuple[Point, ...] = field(repr=False)


def make_shares(key: KeyShare, points: Sequence[Point], context: bytes, random: RandomBytes) -> ShareBatch:
    """`key`'s shares of `points` with their proof. `context` says what for, and binds the proof to it.

    The points have passed `Point`'s checks by being points. EncodingError if there are none, too many,
    or one twice: a point that comes twice is a stanza that somebody copied.
    """
    _check_points(points)
    shares = tuple(key.secret * point for point in points)
    proof = dleq.prove(key.secret, list(zip(points, shares, strict=True)), context, random)
    return ShareBatch(key.index, shares, proof)


def verify_shares(
    public: PublicKeys, points: Sequence[Point], batch: ShareBatch, context: bytes
) -> VerifiedShares:
    """ShareError unless the batch is what keyholder `batch.index` had to give for these points.

    1. The index is that of a keyholder. 2. There is one share a point. 3. The proof holds.
    """
    _check_points(points)
    if not 1 <= batch.index <= len(public.shares):  # 1
        raise ShareError(batch.index, f"there are only keyholders 1 to {len(public.shares)}")
    if len(batch.shares) != len(points):  # 2
        raise ShareError(batch.index, f"{len(points)} shares are asked for, {len(batch.shares)} were sent")
    pairs = list(zip(points, batch.shares, strict=True))
    try:
        dleq.verify(public.share(batch.index), pairs, context, batch.proof)  # 3
    except VerificationError as error:
        raise ShareError(batch.index, str(error)) from error
    return VerifiedShares(batch.index, public, tuple(points), batch.shares)


def combine(verified: Sequence[VerifiedShares]) -> tuple[Point, ...]:
    """x * P for each of the points, from the shares of at least t keyholders of one key.

    Any t of them give the same result, so the t lowest indices are used. VerificationError if they are
    too few, if one keyholder comes twice, or if they belong to different keys or points.
    """
    if not verified:
        raise VerificationError("no shares to combine")
    public, points = verified[0].public, verified[0].points
    if any(shares.public != public or shares.points != points for shares in verified):
        raise VerificationError("the shares belong to different keys or different points")
    by_index = {shares.index: shares.shares for shares in verified}
    if len(by_index) != len(verified):
        raise VerificationError("one keyholder's shares are given twice")
    if len(by_index) < public.threshold:
        raise VerificationError(f"{public.threshold} keyholders are needed, {len(by_index)} have answered")
    weights = lagrange_at_zero(sorted(by_index)[: public.threshold])
    return tuple(
        point_sum(weight * by_index[index][position] for index, weight in weights.items())
        for position in range(len(points))
    )


def combine_each(verified: Sequence[VerifiedShares]) -> dict[Point, Point]:
    """x * P for each point of which at least t keyholders gave a share, whatever else they answered for.

    Keyholders may have answered for different points, in batches of any size. VerificationError if the shares
    belong to different keys.
    """
    if not verified:
        return {}
    public = verified[0].public
    if any(shares.public != public for shares in verified):
        raise VerificationError("the shares belong to different keys")
    given: dict[Point, dict[int, Point]] = {}
    for shares in verified:
        for point, share in zip(shares.points, shares.shares, strict=True):
            given.setdefault(point, {})[shares.index] = share
    weights: dict[tuple[int, ...], dict[int, Scalar]] = {}
    combined = {}
    for point, by_index in given.items():
        if len(by_index) < public.threshold:
            continue
        indices = tuple(sorted(by_index)[: public.threshold])
        if indices not in weights:
            weights[indices] = lagrange_at_zero(indices)
        combined[point] = point_sum(weight * by_index[index] for index, weight in weights[indices].items())
    return combined


def _check_points(points: Sequence[Point]) -> None:
    if not 1 <= len(points) <= MAX_BATCH:
        raise EncodingError(f"shares are made of 1 to {MAX_BATCH} points, not {len(points)}")
    if len(set(points)) != len(points):
        raise EncodingError("a point comes twice: a stanza was copied from one bid into another")
