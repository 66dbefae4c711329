"""What a log and a witness say to each other, and when a witness cosigns (c2sp.org/tlog-witness).

    old <size>
    [<hash of the consistency proof in base64>...]
    (empty line)
    <checkpoint, a signed note>

Only `add-checkpoint` is here; the optional `sign-subtree` needs a signature type that this ledger has not.
Nothing here sends or stores. Reading what the witness saw last, `decide` and storing the new head must be
one atomic step, and the head must be on disk before the cosignature leaves: else two requests at once, or a
crash between, could have a witness sign two logs that differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, LogIdentity, open_checkpoint, parse_hash, parse_size
from ledger.cosignature import TIMESTAMP_SIZE, Cosigner, verify_cosignatures
from ledger.errors import (
    ConflictError,
    InconsistentError,
    LedgerError,
    MalformedError,
    NoteError,
    SignatureError,
    UnknownOriginError,
    WitnessMessageError,
)
from ledger.merkle import EMPTY_ROOT, verify_consistency
from ledger.note import (
    MAX_NOTE_SIZE,
    Note,
    NoteKey,
    NoteSignature,
    encode_base64,
    known_signatures,
    parse_signature_lines,
)

MAX_PROOF_LINES = 63
MAX_REQUEST_SIZE = MAX_NOTE_SIZE + 4096
"""A note, and room for the lines before it."""
SIZE_CONTENT_TYPE = "text/x.tlog.size"
"""The media type of the answer to a request that starts at the wrong size (status 409)."""

_OLD = "old "


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a witness remembers of a log: the last head it cosigned."""

    size: int
    root: bytes


NEVER_SEEN = TreeHead(0, EMPTY_ROOT)
"""The head of a log of which the witness has cosigned nothing yet."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The body of an add-checkpoint request.

    Raises CheckpointError for a note that is no checkpoint, WitnessMessageError for more than 63 hashes.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        if len(self.proof) > MAX_PROOF_LINES:
            raise WitnessMessageError(f"a request has at most {MAX_PROOF_LINES} proof lines")
        Checkpoint.parse(self.note.text)

    @classmethod
    def parse(cls, body: bytes) -> "AddCheckpoint":
        """The request whose bytes are exactly `body`; WitnessMessageError for anything else."""
        if len(body) > MAX_REQUEST_SIZE:
            raise WitnessMessageError(f"a request has at most {MAX_REQUEST_SIZE} bytes")
        head, blank, note = body.partition(b"\n\n")
        try:
            old, *hashes = head.decode("ascii").split("\n")
            if not blank or not old.startswith(_OLD):
                raise WitnessMessageError(
                    "a request is an old size line, hashes, an empty line, a checkpoint"
                )
            proof = tuple(parse_hash(line) for line in hashes)
            return cls(parse_size(old.removeprefix(_OLD)), proof, Note.parse(note))
        except (MalformedError, UnicodeDecodeError) as error:
            raise WitnessMessageError(f"not an add-checkpoint request: {error}") from error

    def to_bytes(self) -> bytes:
        """The body as it is sent."""
        lines = (f"{_OLD}{self.old_size}", *(encode_base64(value) for value in self.proof), "")
        return "".join(line + "\n" for line in lines).encode("ascii") + self.note.to_bytes()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A witness's yes: the head to store first, then what to answer with and what to show to monitors.

    `note` is the checkpoint with the log's signatures that were verified and the new cosignature, no other.
    """

    head: TreeHead
    cosignature: NoteSignature
    note: Note

    @property
    def body(self) -> bytes:
        """The body of the answer."""
        return self.cosignature.line.encode()


def decide(
    request: AddCheckpoint,
    logs: Mapping[str, LogIdentity],
    seen: Mapping[str, TreeHead],
    cosigner: Cosigner,
    timestamp: int,
) -> Accepted:
    """The witness's rule, in the specification's order. `logs` and `seen` are by origin line.

    1. The checkpoint is of a known log: UnknownOriginError (404).
    2. The log signed it, and no signature of a known key fails: SignatureError (403).
    3. The old size is not above the checkpoint's: WitnessMessageError (400).
    4. The old size is that of the last head cosigned, 0 if none: ConflictError (409).
    5. The checkpoint extends that head. A tree of size 0 has the empty root; from size 0 the proof is
       empty; at the same size the root is the same: InconsistentError (422).
    6. Cosign. The caller stores `head` before it answers.

    The checkpoint in a refusal of step 5 is signed by the log: it may be proof of misbehaviour, and worth
    keeping. `timestamp` is the witness's clock in POSIX seconds.
    """
    origin = Checkpoint.parse(request.note.text).origin
    if origin not in logs:  # 1.
        raise UnknownOriginError(f"no log with origin {origin!r} is known here")
    signed = open_checkpoint(request.note, logs[origin])  # 2.
    checkpoint = signed.checkpoint
    if request.old_size > checkpoint.size:  # 3.
        raise WitnessMessageError(f"old size {request.old_size} is above the checkpoint's {checkpoint.size}")
    last = seen.get(origin, NEVER_SEEN)
    if request.old_size != last.size:  # 4.
        raise ConflictError(last.size)
    verify_consistency(last.size, last.root, checkpoint.size, checkpoint.root, request.proof)  # 5.
    cosignature = cosigner.cosign(checkpoint, timestamp)  # 6.
    by_log = {key: line for line, key in known_signatures(signed.note.signatures, signed.signed_by)}
    note = Note(checkpoint.text, (*by_log.values(), cosignature))
    return Accepted(TreeHead(checkpoint.size, checkpoint.root), cosignature, note)


def refusal_status(error: LedgerError) -> int:
    """The HTTP status by which a witness refuses for `error`; a 409 has `size_body(error.size)` as its body.

    Raises `error` itself where it is none of those that parsing a request or `decide` raises.
    """
    match error:
        case MalformedError():
            return 400
        case SignatureError():
            return 403
        case UnknownOriginError():
            return 404
        case ConflictError():
            return 409
        case InconsistentError():
            return 422
        case _:
            raise error


def size_body(size: int) -> bytes:
    """The body of a 409: the size of the last head cosigned."""
    return f"{size}\n".encode("ascii")


def parse_size_body(body: bytes) -> int:
    """The size in the body of a 409; WitnessMessageError for anything but what `size_body` makes."""
    try:
        line, newline, rest = body.decode("ascii").partition("\n")
        if not newline or rest:
            raise WitnessMessageError("the answer is one line")
        return parse_size(line)
    except (MalformedError, UnicodeDecodeError) as error:
        raise WitnessMessageError(f"not the size of a witness's last checkpoint: {error}") from error


def take_cosignatures(note: Note, body: bytes, witnesses: Sequence[NoteKey]) -> Note:
    """The log's side: `note` with the cosignatures of known witnesses from an answer's body.

    1. The body is one signature line or more: WitnessMessageError.
    2. Lines of unknown keys are dropped; if none is left: SignatureError.
    3. Each line left holds for this checkpoint: SignatureError.
    4. None has 0 as its timestamp, which would leave out the time: SignatureError.
    """
    try:
        lines = parse_signature_lines(body.decode("utf-8"))  # 1.
    except (NoteError, UnicodeDecodeError) as error:
        raise WitnessMessageError(f"not a witness's answer: {error}") from error
    known = [signature for signature, _ in known_signatures(lines, witnesses)]  # 2.
    if not known:
        raise SignatureError("the answer has no cosignature of a known witness")
    verify_cosignatures(Note(note.text, tuple(known)), witnesses)  # 3.
    if any(not any(signature.signature[:TIMESTAMP_SIZE]) for signature in known):  # 4.
        raise SignatureError("the answer has a cosignature without a time")
    return note.signed_also(known)
