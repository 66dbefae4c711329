"""Checkpoints: the signed head of the log's tree (c2sp.org/tlog-checkpoint).

    <origin>
    <tree size in decimal>
    <root hash in base64>
    [<extension line>...]

A checkpoint proves what the log claims. That everyone sees the same log only cosignatures show
(ledger.cosignature), and that one checkpoint extends another only a consistency proof (ledger.merkle).
"""

import re
from dataclasses import dataclass

from crypto.signatures import SigningKey
from ledger.errors import CheckpointError, MalformedError, NoteError, UnknownOriginError
from ledger.merkle import HASH_SIZE
from ledger.note import ED25519, Note, NoteKey, decode_base64, encode_base64, require_distinct, sign, verify

MAX_SIZE = 2**63 - 1
"""The largest tree size taken here. The specification names none; the known programs keep it in an int64."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_LINE = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")


def parse_size(text: str) -> int:
    """A tree size or a leaf's index: ASCII decimal without leading zeroes, at most MAX_SIZE.

    Raises MalformedError.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise MalformedError(f"not a decimal without leading zeroes below 2^63: {text[:32]!r}")
    return int(text)


def parse_hash(text: str) -> bytes:
    """The 32 bytes of a hash in canonical base64; MalformedError for anything else."""
    value = decode_base64(text)
    if len(value) != HASH_SIZE:
        raise MalformedError(f"a hash has {HASH_SIZE} bytes, not {len(value)}")
    return value


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The text of a checkpoint. Raises CheckpointError for a value that has none."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(_LINE.fullmatch(line) for line in (self.origin, *self.extensions)):
            raise CheckpointError("origin and extension lines are not empty and hold no control character")
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointError("a tree size lies between 0 and 2^63-1")
        if len(self.root) != HASH_SIZE:
            raise CheckpointError(f"a root hash has {HASH_SIZE} bytes, not {len(self.root)}")

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint whose text is exactly `text`; CheckpointError for anything else."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "":
            raise CheckpointError("a checkpoint has three lines or more, each ending in a newline")
        origin, size, root, *extensions = lines
        try:
            return cls(origin, parse_size(size), parse_hash(root), tuple(extensions))
        except MalformedError as error:
            raise CheckpointError(f"not a checkpoint: {error}") from error

    @property
    def text(self) -> str:
        """What is signed: the lines, each ending in a newline."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """A log as those who check it know it: its origin line, and the keys of which one must have signed.

    There are two keys while one is being replaced. Raises NoteError unless there is a key, all are of type
    0x01, and no two share name and key ID.
    """

    origin: str
    keys: tuple[NoteKey, ...]

    def __post_init__(self) -> None:
        if not self.keys or any(key.signature_type != ED25519 for key in self.keys):
            raise NoteError("a log is known by one Ed25519 key (type 0x01) or more")
        require_distinct(self.keys)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that the log signed: only `open_checkpoint` and `sign_checkpoint` make one."""

    checkpoint: Checkpoint
    note: Note
    signed_by: tuple[NoteKey, ...]


def open_checkpoint(note: Note, log: LogIdentity) -> SignedCheckpoint:
    """The checkpoint in `note`, if it is one of `log`.

    1. The text is a checkpoint: CheckpointError.
    2. Its origin is the log's: UnknownOriginError.
    3. A key of the log signed it, and no signature of a key of the log fails: SignatureError.
    """
    checkpoint = Checkpoint.parse(note.text)  # 1.
    if checkpoint.origin != log.origin:  # 2.
        raise UnknownOriginError(f"a checkpoint of {checkpoint.origin!r}, not of {log.origin!r}")
    return SignedCheckpoint(checkpoint, note, verify(note, log.keys))  # 3.


def sign_checkpoint(checkpoint: Checkpoint, *keys: SigningKey) -> Note:
    """The checkpoint signed with each key, under the origin as key name.

    It does not know what the log signed before: whoever calls it answers for never signing two checkpoints
    that are not consistent. NoteError where the origin cannot be a key name.
    """
    return Note(checkpoint.text, tuple(sign(checkpoint.text, checkpoint.origin, key) for key in keys))
