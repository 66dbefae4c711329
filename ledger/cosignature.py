"""Cosignatures: a witness says when it saw a checkpoint extend the one before (c2sp.org/tlog-cosignature).

Of the two types of the specification this is the first: Ed25519, `cosignature/v1`, signature type 0x04.

    signature = timestamp (8 bytes, big-endian) || Ed25519 over
        cosignature/v1
        time <timestamp in decimal>
        <the checkpoint's text>

The signed bytes do not name the witness, so no two witnesses may share a key. What a witness says about
extension lines is nothing, though they are signed. Timestamps are POSIX seconds by the witness's clock;
a verifier here takes any, and hands them on for the caller to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.signatures import SIGNATURE_SIZE, SigningKey
from ledger.checkpoint import Checkpoint
from ledger.errors import NoteError, QuorumError, RangeError, SignatureError
from ledger.note import (
    COSIGNATURE_V1,
    Note,
    NoteKey,
    NoteSignature,
    known_signatures,
    require_distinct,
    require_key_name,
    verify_ed25519,
)

TIMESTAMP_SIZE = 8
MAX_TIMESTAMP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: who, and when by that witness's own clock (POSIX seconds)."""

    witness: NoteKey
    timestamp: int


@dataclass(frozen=True, slots=True)
class Quorum:
    """Which witnesses count, and how many of them must have cosigned.

    A threshold of 0 asks for nothing and proves nothing: fit for tests alone. Raises NoteError for keys
    that are not of type 0x04, for one key listed twice (also under two names: it is one witness), and for
    a threshold out of 0..n.
    """

    threshold: int
    witnesses: tuple[NoteKey, ...]

    def __post_init__(self) -> None:
        if any(witness.signature_type != COSIGNATURE_V1 for witness in self.witnesses):
            raise NoteError("a witness is known by a key of type 0x04")
        if len({witness.key.raw for witness in self.witnesses}) != len(self.witnesses):
            raise NoteError("one key is listed as two witnesses")
        require_distinct(self.witnesses)
        if not 0 <= self.threshold <= len(self.witnesses):
            raise NoteError(f"{self.threshold} of {len(self.witnesses)} witnesses is no threshold")


def signed_message(checkpoint_text: str, timestamp: int) -> bytes:
    """The bytes under an Ed25519 cosignature."""
    return f"cosignature/v1\ntime {timestamp}\n{checkpoint_text}".encode()


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness that can sign. Raises NoteError for a name that no key can have."""

    name: str
    key: SigningKey

    def __post_init__(self) -> None:
        require_key_name(self.name)

    @property
    def witness(self) -> NoteKey:
        """What others know it by."""
        return NoteKey(self.name, COSIGNATURE_V1, self.key.verify_key)

    def cosign(self, checkpoint: Checkpoint, timestamp: int) -> NoteSignature:
        """The witness's signature line. Whether it may be given ledger.witness_messages.decide says.

        RangeError for a timestamp out of 1..2^63-1: a witness must not leave it at 0.
        """
        if not 0 < timestamp <= MAX_TIMESTAMP:
            raise RangeError("the timestamp of a cosignature lies between 1 and 2^63-1")
        signature = self.key.sign(signed_message(checkpoint.text, timestamp))
        stamped = timestamp.to_bytes(TIMESTAMP_SIZE, "big") + signature
        return NoteSignature(self.name, self.witness.key_id, stamped)


def verify_cosignatures(note: Note, witnesses: Sequence[NoteKey]) -> tuple[Cosignature, ...]:
    """The cosignatures of these witnesses on a checkpoint, one for each that gave any, in their order.

    1. The note's text is a checkpoint: CheckpointError.
    2. Signatures of others are passed over, by whatever key and of whatever type.
    3. Every signature of one of the witnesses holds, repeated ones too; else SignatureError for the whole.
    4. A witness that cosigned twice counts once, with the later time.
    """
    text = Checkpoint.parse(note.text).text  # 1.
    latest: dict[NoteKey, int] = {}
    for signature, witness in known_signatures(note.signatures, witnesses):  # 2.
        timestamp = _verify(text, signature, witness)  # 3.
        latest[witness] = max(timestamp, latest.get(witness, 0))  # 4.
    return tuple(Cosignature(witness, latest[witness]) for witness in witnesses if witness in latest)


def require_quorum(note: Note, quorum: Quorum) -> tuple[Cosignature, ...]:
    """The cosignatures on a checkpoint, if enough of the quorum's witnesses gave one.

    Raises QuorumError, which names the witnesses that are missing, or whatever `verify_cosignatures` does.
    """
    given = verify_cosignatures(note, quorum.witnesses)
    if len(given) < quorum.threshold:
        have = {cosignature.witness for cosignature in given}
        missing = tuple(witness.name for witness in quorum.witnesses if witness not in have)
        raise QuorumError(
            f"{len(given)} of the {quorum.threshold} cosignatures needed; missing: {', '.join(missing)}",
            missing,
        )
    return given


def _verify(text: str, signature: NoteSignature, witness: NoteKey) -> int:
    """The timestamp under a cosignature that holds."""
    if len(signature.signature) != TIMESTAMP_SIZE + SIGNATURE_SIZE:
        raise SignatureError(f"the cosignature of {witness.name} has a wrong length")
    timestamp = int.from_bytes(signature.signature[:TIMESTAMP_SIZE], "big")
    if timestamp > MAX_TIMESTAMP:
        raise SignatureError(f"the timestamp of {witness.name} exceeds 2^63-1")
    verify_ed25519(witness, signature.signature[TIMESTAMP_SIZE:], signed_message(text, timestamp))
    return timestamp
