"""The bytes of the rounds (c2sp.org/cocktail-dkg, "Protocol Messages").

    msg1_i = C_i || PoP_i || E_i || framed c_i1 || ... || framed c_in
    msg2_i = (C_1 || PoP_1 || E_1 || framed c_1i) || ... || (C_n || PoP_n || E_n || framed c_ni)

Frames carry a 64-bit big-endian length. Parsers take exactly one message and refuse a trailing byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.byte_reader import ByteReader
from crypto.curve import Point
from crypto.curve.point import POINT_SIZE
from crypto.curve.scalar import SCALAR_SIZE
from crypto.dkg.suite import SIGNATURE_SIZE
from crypto.errors import EncodingError

AEAD_TAG_SIZE = 16
MIN_CIPHERTEXT_SIZE = SCALAR_SIZE + AEAD_TAG_SIZE
MAX_CIPHERTEXT_SIZE = 64 * 1024
_LENGTH_SIZE = 8


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one participant dealt, as far as one recipient needs it."""

    commitment: tuple[Point, ...]
    proof: bytes
    ephemeral: Point
    ciphertext: bytes

    def encode(self) -> bytes:
        return _encode_public(self.commitment, self.proof, self.ephemeral) + frame(self.ciphertext)

    @classmethod
    def parse_all(cls, data: bytes, threshold: int, participants: int) -> tuple["Delivery", ...]:
        """msg2: one delivery from each participant in order. EncodingError for anything else."""
        reader = _Reader(data, "the round 2 message")
        parsed = tuple(cls(*reader.public(threshold), reader.ciphertext()) for _ in range(participants))
        reader.end()
        return parsed


@dataclass(frozen=True, slots=True)
class Round1Message:
    """msg1: the commitment, the proof of possession, the ephemeral key, and a ciphertext for each of 1..n."""

    commitment: tuple[Point, ...]
    proof: bytes
    ephemeral: Point
    ciphertexts: tuple[bytes, ...]

    def encode(self) -> bytes:
        public = _encode_public(self.commitment, self.proof, self.ephemeral)
        return public + b"".join(frame(ciphertext) for ciphertext in self.ciphertexts)

    @classmethod
    def parse(cls, data: bytes, threshold: int, participants: int) -> "Round1Message":
        """EncodingError unless `data` is exactly one msg1 with t points and n ciphertexts."""
        reader = _Reader(data, "the round 1 message")
        message = cls(*reader.public(threshold), reader.ciphertexts(participants))
        reader.end()
        return message

    def for_recipient(self, index: int) -> Delivery:
        """What participant `index`, 1..n, gets; EncodingError for any other index."""
        if not 1 <= index <= len(self.ciphertexts):
            raise EncodingError(f"there is no participant {index}")
        return Delivery(self.commitment, self.proof, self.ephemeral, self.ciphertexts[index - 1])


def frame(ciphertext: bytes) -> bytes:
    return len(ciphertext).to_bytes(_LENGTH_SIZE, "big") + ciphertext


def parse_bundle(data: bytes, participants: int) -> tuple[bytes, ...]:
    """The recovery bundle: n framed ciphertexts and nothing more."""
    reader = _Reader(data, "the recovery bundle")
    ciphertexts = reader.ciphertexts(participants)
    reader.end()
    return ciphertexts


def encode_bundle(ciphertexts: Sequence[bytes]) -> bytes:
    return b"".join(frame(ciphertext) for ciphertext in ciphertexts)


def _encode_public(commitment: Sequence[Point], proof: bytes, ephemeral: Point) -> bytes:
    return b"".join(point.raw for point in commitment) + proof + ephemeral.raw


class _Reader(ByteReader):
    def public(self, threshold: int) -> tuple[tuple[Point, ...], bytes, Point]:
        commitment = tuple(Point(self.take(POINT_SIZE)) for _ in range(threshold))
        return commitment, self.take(SIGNATURE_SIZE), Point(self.take(POINT_SIZE))

    def ciphertexts(self, count: int) -> tuple[bytes, ...]:
        return tuple(self.ciphertext() for _ in range(count))

    def ciphertext(self) -> bytes:
        length = int.from_bytes(self.take(_LENGTH_SIZE), "big")
        if not MIN_CIPHERTEXT_SIZE <= length <= MAX_CIPHERTEXT_SIZE:
            limits = f"{MIN_CIPHERTEXT_SIZE} to {MAX_CIPHERTEXT_SIZE}"
            raise EncodingError(f"an encrypted share has {limits} bytes, not {length}")
        return self.take(length)
