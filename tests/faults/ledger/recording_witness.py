"""A witness that keeps the rule and remembers every checkpoint that the log ever signed before it."""

import json
from pathlib import Path
from threading import Lock
from typing import Any

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, LogIdentity
from ledger.cosignature import Cosigner
from ledger.merkle import leaf_hash, tree_root
from ledger.note import NoteKey
from ledger.opening import note_key
from ledger.witness_messages import NEVER_SEEN, AddCheckpoint, TreeHead, decide
from tests.log import KEY, ORIGIN

LOG = LogIdentity(ORIGIN, (note_key(ORIGIN, KEY),))


class RecordingWitness:
    """Keeps its last head and all texts in one file, so that it survives the death of the log's process."""

    def __init__(self, path: Path, number: int = 1) -> None:
        self._path = path
        self._log = LOG
        self._lock = Lock()
        self._cosigner = Cosigner(f"witness{number}.example", SigningKey(bytes([0x60 + number]) * 32))

    @property
    def vkey(self) -> NoteKey:
        return self._cosigner.witness

    def know(self, key: SigningKey) -> None:
        """Another key of the log."""
        self._log = LogIdentity(ORIGIN, (*self._log.keys, note_key(ORIGIN, key)))

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        with self._lock:
            return self._add_checkpoint(request)

    def _add_checkpoint(self, request: AddCheckpoint) -> bytes:
        with self._path.open("a") as file:
            file.write(json.dumps({"shown": request.note.text}) + "\n")
        accepted = decide(request, {ORIGIN: self._log}, {ORIGIN: self._last()}, self._cosigner, 1_780_000_000)
        with self._path.open("a") as file:
            head = [accepted.head.size, accepted.head.root.hex()]
            file.write(json.dumps({"cosigned": head}) + "\n")
        return accepted.body

    def shown(self) -> list[Checkpoint]:
        """Every checkpoint that the log signed and showed, in order."""
        return [Checkpoint.parse(line["shown"]) for line in self._lines() if "shown" in line]

    def _last(self) -> TreeHead:
        heads = [line["cosigned"] for line in self._lines() if "cosigned" in line]
        return TreeHead(heads[-1][0], bytes.fromhex(heads[-1][1])) if heads else NEVER_SEEN

    def _lines(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines() if line.endswith("}")]


def assert_all_shown_are_prefixes(witness: RecordingWitness, leaves: list[bytes]) -> None:
    """No two checkpoints that were ever signed disagree: each is the root of a prefix of the final log."""
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for checkpoint in witness.shown():
        assert checkpoint.root == tree_root(hashes[: checkpoint.size])
