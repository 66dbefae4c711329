"""The transcript that all participants sign, and the public outcome that follows from it alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.byte_reader import ByteReader
from crypto.curve import Point, point_sum
from crypto.curve.point import POINT_SIZE
from crypto.curve.polynomial import evaluate_commitment
from crypto.dkg.errors import Abort
from crypto.dkg.messages import Delivery, Round1Message, frame
from crypto.dkg.session import MAX_PARTICIPANTS, Session
from crypto.dkg.suite import CIPHERSUITE_ID, SIGNATURE_SIZE
from crypto.errors import EncodingError

MAX_VARIABLE_SIZE = 64 * 1024
"""The longest context or extension that a transcript of ours may hold."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The outcome: the group's key Y and the verification share Y_i = x_i * B of each participant."""

    threshold: int
    group: Point
    shares: tuple[Point, ...]

    @classmethod
    def of(cls, commitments: Sequence[Sequence[Point]]) -> "PublicKeys":
        """From the commitments of all n: their sum is the commitment to the group's polynomial."""
        total = [point_sum(column) for column in zip(*commitments, strict=True)]
        shares = tuple(evaluate_commitment(total, index) for index in range(1, len(commitments) + 1))
        return cls(len(total), total[0], shares)

    def share(self, index: int) -> Point:
        """The verification share of participant `index`, 1..n; EncodingError for any other index."""
        if not 1 <= index <= len(self.shares):
            raise EncodingError(f"there is no participant {index}")
        return self.shares[index - 1]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything public of one run but the ciphertexts (c2sp.org/cocktail-dkg, "Round 3").

    `extension` is where Sunseal binds the ciphertexts, by `ciphertext_commitment`: so the certificate
    says which ciphertext each participant sent to each other (the specification's Option 1).
    """

    session: Session
    commitments: tuple[tuple[Point, ...], ...]
    proofs: tuple[bytes, ...]
    ephemerals: tuple[Point, ...]
    extension: bytes = b""

    def __post_init__(self) -> None:
        count = self.session.participants
        lists = (self.commitments, self.proofs, self.ephemerals)
        complete = all(len(parts) == count for parts in lists)
        if not complete or any(len(points) != self.session.threshold for points in self.commitments):
            raise EncodingError("a transcript has t points, a proof and an ephemeral key of each participant")

    @classmethod
    def of(
        cls, session: Session, dealt: Sequence[Round1Message | Delivery], extension: bytes = b""
    ) -> "Transcript":
        return cls(
            session,
            tuple(message.commitment for message in dealt),
            tuple(message.proof for message in dealt),
            tuple(message.ephemeral for message in dealt),
            extension,
        )

    def public_keys(self) -> PublicKeys:
        return PublicKeys.of(self.commitments)

    def encode(self) -> bytes:
        """The bytes that are signed: the canonical encoding of the specification."""
        session = self.session
        return b"".join(
            (
                _variable(CIPHERSUITE_ID),
                _variable(session.context),
                session.participants.to_bytes(4, "little"),
                session.threshold.to_bytes(4, "little"),
                *(key.raw for key in session.static_keys),
                *(point.raw for commitment in self.commitments for point in commitment),
                *self.proofs,
                *(ephemeral.raw for ephemeral in self.ephemerals),
                _variable(self.extension),
            )
        )

    @classmethod
    def parse(cls, data: bytes) -> "Transcript":
        """EncodingError unless `data` is the canonical transcript of a session of this ciphersuite."""
        reader = _Reader(data, "the transcript")
        if reader.variable() != CIPHERSUITE_ID:
            raise EncodingError("the transcript belongs to another ciphersuite")
        context = reader.variable()
        count, threshold = reader.count(), reader.count()
        if not 1 <= threshold <= count <= MAX_PARTICIPANTS:
            raise EncodingError("the transcript's numbers of participants are out of range")
        static_keys = reader.points(count)
        commitments = tuple(reader.points(threshold) for _ in range(count))
        proofs = tuple(reader.take(SIGNATURE_SIZE) for _ in range(count))
        ephemerals = reader.points(count)
        extension = reader.variable()
        reader.end()
        try:
            session = Session(context, threshold, static_keys)
        except Abort as error:
            raise EncodingError(f"the transcript is of no valid session: {error}") from error
        return cls(session, commitments, proofs, ephemerals, extension)


def ciphertext_commitment(messages: Sequence[Round1Message]) -> bytes:
    """SHA-512 over all framed ciphertexts in the order of senders, then recipients: 64 bytes."""
    digest = hashlib.sha512()
    for message in messages:
        for ciphertext in message.ciphertexts:
            digest.update(frame(ciphertext))
    return digest.digest()


def _variable(value: bytes) -> bytes:
    return len(value).to_bytes(8, "little") + value


class _Reader(ByteReader):
    def variable(self) -> bytes:
        length = int.from_bytes(self.take(8), "little")
        if length > MAX_VARIABLE_SIZE:
            raise EncodingError(f"a field of the transcript is longer than {MAX_VARIABLE_SIZE} bytes")
        return self.take(length)

    def count(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def points(self, count: int) -> tuple[Point, ...]:
        return tuple(Point(self.take(POINT_SIZE)) for _ in range(count))
