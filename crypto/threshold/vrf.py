"""The distributed verifiable random function that seeds draws (docs/spec/draw.md).

    P = hash_to_curve(group key, message)        seed = H(group key, message, x * P)

Nobody knows the seed before t keyholders have answered, nobody can influence it, and whichever t answer,
it is the same: it is determined by the key and the message alone. `message` is the ledger entry of the
draw's request, so everything that could sway the outcome is fixed before the seed exists.
"""

from collections.abc import Sequence

from crypto.curve import Point
from crypto.curve.hash_to_curve import hash_to_curve
from crypto.dkg.rounds import KeyShare
from crypto.dkg.transcript import PublicKeys
from crypto.encoding import encode, hash512
from crypto.errors import VerificationError
from crypto.randomness import RandomBytes
from crypto.threshold.shares import ShareBatch, VerifiedShares, combine, make_shares, verify_shares

SUITE_DST = b"SUNSEAL-V1-DRAW-with-edwards25519_XMD:SHA-512_ELL2_RO_"
_CONTEXT = b"sunseal/vrf-share/v1"


def input_point(public: PublicKeys, message: bytes) -> Point:
    """P: the message, hashed to the curve together with the group's key."""
    return hash_to_curve(encode("sunseal/vrf-input/v1", public.group.raw, message), SUITE_DST)


def make_share(key: KeyShare, message: bytes, random: RandomBytes) -> ShareBatch:
    """This keyholder's share of the seed for `message`, with its proof."""
    return make_shares(key, [input_point(key.public, message)], _CONTEXT, random)


def verify_share(public: PublicKeys, message: bytes, share: ShareBatch) -> VerifiedShares:
    """ShareError unless the share is what this keyholder had to give for `message`."""
    return verify_shares(public, [input_point(public, message)], share, _CONTEXT)


def output(public: PublicKeys, message: bytes, verified: Sequence[VerifiedShares]) -> bytes:
    """The seed, 64 bytes, from the verified shares of at least t keyholders.

    VerificationError if they are too few, doubled, or not shares for this message of this key.
    """
    gamma = output_point(public, message, verified)
    return hash512("sunseal/vrf-output/v1", public.group.raw, message, gamma.raw)


def output_point(public: PublicKeys, message: bytes, verified: Sequence[VerifiedShares]) -> Point:
    """gamma = x P, of which the seed is the hash. VerificationError as for `output`."""
    expected = (public, (input_point(public, message),))
    if any((shares.public, shares.points) != expected for shares in verified):
        raise VerificationError("the shares are not for this draw")
    (gamma,) = combine(verified)
    return gamma
