"""Receipts: a .tlog-proof file that proves for ever that an entry is in the log (c2sp.org/tlog-proof).

    c2sp.org/tlog-proof@v1
    [extra <base64>]
    index <index>
    [<hash of the inclusion proof in base64>...]
    (empty line)
    <checkpoint with cosignatures, a signed note>

A receipt of Sunseal carries its entry in the `extra` line, so it is checked with nothing beside it but a
policy. The line is not signed, and worth something only because the entry's leaf hash is proven to be in
the tree.

Not guaranteed: that the entry is true or was allowed, and that the log has not gone on to a state that
makes it void. A receipt proves place and, by the cosignatures' timestamps, time.
"""

from dataclasses import dataclass

from crypto import canonical_json
from crypto.errors import EncodingError
from ledger.checkpoint import Checkpoint, LogIdentity, open_checkpoint, parse_hash, parse_size
from ledger.cosignature import Cosignature, Quorum, require_quorum
from ledger.errors import EntryError, MalformedError, NoteError, ProofError
from ledger.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from ledger.note import Note, decode_base64, encode_base64
from ledger.tiles import MAX_ENTRY_SIZE

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PATH_LINES = 63
"""Enough for any leaf of a tree below 2^63 leaves."""
MAX_EXTRA_SIZE = 1 << 20
MAX_PROOF_SIZE = 1 << 22

_EXTRA = "extra "
_INDEX = "index "


def entry_leaf(entry: bytes) -> bytes:
    """The leaf hash of an entry's bytes; EntryError unless they are RFC 8785 JSON of at most 65,535 bytes."""
    if len(entry) > MAX_ENTRY_SIZE:
        raise EntryError(f"an entry has at most {MAX_ENTRY_SIZE} bytes, not {len(entry)}")
    try:
        canonical_json.loads(entry)
    except EncodingError as error:
        raise EntryError(f"an entry is RFC 8785 JSON: {error}") from error
    return leaf_hash(entry)


@dataclass(frozen=True, slots=True)
class TlogProof:
    """The parts of a .tlog-proof file, nothing verified. `extra` is None where the line is left out.

    Raises CheckpointError for a note that is no checkpoint, ProofError for parts that no file can have.
    """

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if len(self.path) > MAX_PATH_LINES or any(len(value) != HASH_SIZE for value in self.path):
            raise ProofError(f"an inclusion proof has at most {MAX_PATH_LINES} hashes of {HASH_SIZE} bytes")
        if self.extra is not None and not 1 <= len(self.extra) <= MAX_EXTRA_SIZE:
            raise ProofError(f"extra data has 1 to {MAX_EXTRA_SIZE} bytes, or is left out")
        Checkpoint.parse(self.note.text)

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """The proof whose file is exactly `data`; ProofError for anything else."""
        if len(data) > MAX_PROOF_SIZE:
            raise ProofError(f"a .tlog-proof file has at most {MAX_PROOF_SIZE} bytes")
        head, blank, note = data.partition(b"\n\n")
        try:
            header, *lines = head.decode("ascii").split("\n")
            if header != HEADER or not blank:
                raise ProofError(f"it starts with {HEADER} and has an empty line before the checkpoint")
            extra = None
            if lines and lines[0].startswith(_EXTRA):
                extra = decode_base64(lines.pop(0).removeprefix(_EXTRA))
            if not lines or not lines[0].startswith(_INDEX):
                raise ProofError("an index line follows")
            index = parse_size(lines[0].removeprefix(_INDEX))
            return cls(index, tuple(parse_hash(line) for line in lines[1:]), Note.parse(note), extra)
        except (MalformedError, UnicodeDecodeError) as error:
            raise ProofError(f"not a .tlog-proof file: {error}") from error

    def to_bytes(self) -> bytes:
        """The file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(_EXTRA + encode_base64(self.extra))
        lines.append(f"{_INDEX}{self.index}")
        lines.extend(encode_base64(value) for value in self.path)
        return ("\n".join(lines) + "\n\n").encode("ascii") + self.note.to_bytes()


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom a verifier believes: one log, and a quorum of witnesses.

    NoteError if a key of the log is among the witnesses': the log does not witness itself.
    """

    log: LogIdentity
    quorum: Quorum

    def __post_init__(self) -> None:
        if {key.key.raw for key in self.log.keys} & {key.key.raw for key in self.quorum.witnesses}:
            raise NoteError("a key of the log is listed as a witness")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a verified receipt proves: this entry, at this index of the tree that these witnesses saw."""

    entry: bytes
    index: int
    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]


def make_receipt(entry: bytes, index: int, path: tuple[bytes, ...], note: Note) -> bytes:
    """The bytes of a receipt that carries its entry; EntryError for an entry that the log would not take.

    It is not verified here: storage may be damaged, so check it with `verify_receipt` before it goes out.
    """
    entry_leaf(entry)
    return TlogProof(index, path, note, extra=entry).to_bytes()


def verify_proof(proof: TlogProof, entry: bytes, policy: Policy) -> Receipt:
    """What `proof` proves of `entry`, by the four steps of the specification.

    1. Hash the entry to its leaf: EntryError.
    2. The checkpoint is the log's and signed by one of its keys: CheckpointError, UnknownOriginError,
       SignatureError.
    3. Enough witnesses cosigned it, and no cosignature of a known witness fails: QuorumError, SignatureError.
    4. The leaf is in the checkpoint's tree, at that index: InclusionError.

    Timestamps are handed back, not judged. The proof's `extra` has no say.
    """
    leaf = entry_leaf(entry)  # 1.
    checkpoint = open_checkpoint(proof.note, policy.log).checkpoint  # 2.
    cosignatures = require_quorum(proof.note, policy.quorum)  # 3.
    verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)  # 4.
    return Receipt(entry, proof.index, checkpoint, cosignatures)


def verify_receipt(data: bytes, policy: Policy) -> Receipt:
    """`verify_proof` of a file that carries its entry; ProofError for bytes that are not such a file."""
    proof = TlogProof.parse(data)
    if proof.extra is None:
        raise ProofError("the file has no entry in an extra line: name the entry, and use verify_proof")
    return verify_proof(proof, proof.extra, policy)
