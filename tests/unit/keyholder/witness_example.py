"""A witness in a folder of its own, and a log that shows two faces: what the witness's tests are about."""

from collections.abc import Iterable
from pathlib import Path

from keyholder.folder import Folder
from keyholder.witness import tables
from keyholder.witness.config import Config
from keyholder.witness.mark import Mark, Probe, no_probe
from keyholder.witness.state import WitnessState
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.merkle import consistency_proof
from ledger.note import Note
from ledger.witness_messages import AddCheckpoint, TreeHead
from tests.unit.ledger.example_log import COSIGNERS, LOG, LOG_KEY, NOW, ORIGIN, MemoryTree, some_entries

COSIGNER = COSIGNERS[0]
WITNESS = COSIGNER.witness
LOGS = {ORIGIN: LOG}
LARGEST = 200
FORK_AT = 10
"""Up to this size the two faces are one log."""
ENTRIES = some_entries(LARGEST)
FACES = (MemoryTree.of(ENTRIES), MemoryTree.of([*ENTRIES[:FORK_AT], *(b"[%d]" % n for n in range(LARGEST))]))


def head(size: int, face: int = 0) -> TreeHead:
    return TreeHead(size, FACES[face].root(size))


def note(size: int, face: int = 0) -> Note:
    """The log's checkpoint: both faces are signed with its key."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, FACES[face].root(size)), LOG_KEY)


def growth(old: int, new: int, face: int = 0) -> AddCheckpoint:
    """A request to cosign `new` of one face, with the proof from `old` of the same face."""
    proof = consistency_proof(old, new, FACES[face].read_hash) if old <= new else ()
    return AddCheckpoint(old, proof, note(new, face))


def cosigned(size: int, face: int = 0) -> Note:
    """A checkpoint that the witness did cosign, whatever it remembers."""
    checkpoint = Checkpoint.parse(note(size, face).text)
    return note(size, face).signed_also([COSIGNER.cosign(checkpoint, NOW)])


def one_face(heads: Iterable[TreeHead]) -> bool:
    """Whether all these heads are of one of the two faces."""
    return any(all(found == head(found.size, face) for found in heads) for face in (0, 1))


class Place:
    """The folder of a witness, with empty memories."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path / "witness")
        self.folder.path.mkdir(parents=True)
        self.mark = Mark(self.folder.default_mark, WITNESS)
        self.mark.create()
        tables.create(self.folder.state, WITNESS.vkey)

    def config(self, *published: str) -> Config:
        return Config(WITNESS, (LOG,), {ORIGIN: published}, self.folder.default_mark)

    def state(self, probe: Probe = no_probe) -> WitnessState:
        """As a program that starts finds it."""
        mark = Mark(self.folder.default_mark, WITNESS, probe=probe)
        return WitnessState(self.folder.state, mark, WITNESS, probe=probe)

    def add(self, request: AddCheckpoint) -> TreeHead:
        return self.state().add(request, LOGS, COSIGNER, NOW).head

    def copy(self) -> bytes:
        """A backup of the state file."""
        return self.folder.state.read_bytes()

    def put_back(self, copy: bytes) -> None:
        self.folder.state.write_bytes(copy)

    def copy_all(self) -> tuple[bytes, bytes]:
        """A snapshot of the machine: state and mark."""
        return self.copy(), self.folder.default_mark.read_bytes()

    def put_back_all(self, copy: tuple[bytes, bytes]) -> None:
        self.put_back(copy[0])
        self.folder.default_mark.write_bytes(copy[1])
