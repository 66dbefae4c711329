"""A small log in memory, with three witnesses: what the ledger's tests prove things about."""

from collections.abc import Iterable, Sequence

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, LogIdentity, sign_checkpoint
from ledger.cosignature import Cosigner, Quorum
from ledger.merkle import Frontier, inclusion_proof, leaf_hash
from ledger.note import ED25519, Note, NoteKey
from ledger.proof import Policy, make_receipt

ORIGIN = "log.example/tenders"
LOG_KEY = SigningKey(b"L" * 32)
LOG = LogIdentity(ORIGIN, (NoteKey(ORIGIN, ED25519, LOG_KEY.verify_key),))
COSIGNERS = tuple(
    Cosigner(f"witness.example/{name}", SigningKey(name.encode().ljust(32, b"w")))
    for name in ("notary", "supervisor", "association")
)
WITNESSES = tuple(cosigner.witness for cosigner in COSIGNERS)
POLICY = Policy(LOG, Quorum(2, WITNESSES))
NOW = 1_767_225_600


class MemoryTree:
    """Every complete subtree of a tree, by (level, index)."""

    def __init__(self, leaf_hashes: Iterable[bytes]) -> None:
        self.frontier, subtrees = Frontier().extended(leaf_hashes)
        self.hashes = {(subtree.level, subtree.index): subtree.hash for subtree in subtrees}

    @classmethod
    def of(cls, entries: Iterable[bytes]) -> "MemoryTree":
        return cls(leaf_hash(entry) for entry in entries)

    def read_hash(self, level: int, index: int) -> bytes:
        return self.hashes[level, index]

    def root(self, size: int) -> bytes:
        return Frontier.read(size, self.read_hash).root()


def some_entries(count: int) -> list[bytes]:
    """Canonical JSON, each different."""
    return [b'{"number":%d}' % number for number in range(count)]


def log_note(tree: MemoryTree, size: int) -> Note:
    """The log's checkpoint of that size, signed by the log alone."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, tree.root(size)), LOG_KEY)


def cosigned(note: Note, cosigners: Sequence[Cosigner], timestamp: int = NOW) -> Note:
    """The checkpoint with a cosignature of each."""
    checkpoint = Checkpoint.parse(note.text)
    return note.signed_also([cosigner.cosign(checkpoint, timestamp) for cosigner in cosigners])


def receipt(entries: Sequence[bytes], index: int, cosigners: Sequence[Cosigner] = COSIGNERS[:2]) -> bytes:
    """The receipt of one of these entries, in the tree of all of them."""
    tree = MemoryTree.of(entries)
    path = inclusion_proof(index, len(entries), tree.read_hash)
    return make_receipt(entries[index], index, path, cosigned(log_note(tree, len(entries)), cosigners))
