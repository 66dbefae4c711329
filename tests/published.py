"""A story's entries as the public files of a log, signed and cosigned: what a verifier reads."""

from collections.abc import Sequence

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, LogIdentity, sign_checkpoint
from ledger.cosignature import Cosigner, Quorum
from ledger.merkle import Frontier, leaf_hash
from ledger.note import ED25519, NoteKey
from ledger.proof import Policy
from ledger.tiles import changed_bundles, encode_bundle, grown_tiles
from tests.story import ORIGIN
from verifier.errors import SourceError

LOG_KEY = SigningKey(b"\x61" * 32)
WITNESSES = [Cosigner(f"witness.example/{i}", SigningKey(bytes([0x62 + i]) * 32)) for i in range(3)]
LOG_VKEY = NoteKey(ORIGIN, ED25519, LOG_KEY.verify_key)
POLICY = Policy(
    LogIdentity(ORIGIN, (LOG_VKEY,)), Quorum(2, tuple(cosigner.witness for cosigner in WITNESSES))
)
SEEN_AT = 1_800_000_100

POLICY_TEXT = "\n".join(
    [
        f"log {LOG_VKEY.vkey}",
        *(f"witness w{i} {cosigner.witness.vkey}" for i, cosigner in enumerate(WITNESSES)),
        "group g 2 w0 w1 w2",
        "quorum g",
    ]
)


def published(
    leaves: Sequence[bytes], *, key: SigningKey = LOG_KEY, cosigners: Sequence[Cosigner] = WITNESSES
) -> dict[str, bytes]:
    """The files by name."""
    tree, completed = Frontier().extended(leaf_hash(leaf) for leaf in leaves)
    checkpoint = Checkpoint(ORIGIN, tree.size, tree.root())
    note = sign_checkpoint(checkpoint, key)
    note = note.signed_also(cosigner.cosign(checkpoint, SEEN_AT) for cosigner in cosigners)
    files = {tile.path: content for tile, content in grown_tiles(0, completed, lambda _: b"").items()}
    for bundle in changed_bundles(0, len(leaves)):
        start = bundle.index * 256
        files[bundle.path] = encode_bundle(leaves[start : start + bundle.width])
    files["checkpoint"] = note.to_bytes()
    return files


class Files:
    """A source in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def get(self, name: str) -> bytes:
        if name not in self.files:
            raise SourceError(f"there is no {name}")
        return self.files[name]
