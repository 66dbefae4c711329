"""Following the ledger: a keyholder reads every entry itself, and believes a checkpoint if its own tree has that root.

One round:

1. Read the checkpoint. The log signed it: else it is nothing.
2. A tree of at most the size that was followed must be that very tree at that size. If it is not, the log forked.
3. The quorum cosigned it: else it is not believed yet.
4. Read the entries from the followed size on, in steps of bounded size. The tree must then have the checkpoint's root,
   or, after a step in between, be one that tiles of the checkpoint's tree show to be its beginning.
5. If it is not: where the tiles prove that the checkpoint's tree does not begin with what was followed, the log forked;
   else what was sent is rubbish, and nothing is learned from it.
6. Write down the step. Then the view takes the entries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crypto.signatures import VerifyKey
from keyholder.errors import ForkError, UnavailableError
from keyholder.heads import Heads
from keyholder.http import Reply
from keyholder.tree_memory import READ, Tree, TreeMemory, kept, revealed_place
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.cosignature import Cosignature, require_quorum, verify_cosignatures
from ledger.errors import InconsistentError, LedgerError, QuorumError, TileError
from ledger.merkle import Subtree, consistency_proof, leaf_hash, read_root, verify_consistency
from ledger.note import MAX_NOTE_SIZE, Note
from ledger.proof import Policy
from ledger.tiles import TILE_WIDTH, EntryBundle, Tile, parse_bundle, tile_reader
from ledger.view import LedgerView

MAX_BUNDLE = TILE_WIDTH * (2 + 65_535)
MAX_STEP = 32 << 20
"""Bytes of entries that are held before they are proved."""
SEEN_EVERY = 10
"""Seconds between two notes that a head is still the newest."""

Get = Callable[[str, int], Reply]
"""`get(path, limit)` under the ledger's address; UnavailableError."""
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Head:
    """The checkpoint that was read to its end: its note, and the cosignatures of the quorum's witnesses."""

    checkpoint: Checkpoint
    note: Note
    cosignatures: tuple[Cosignature, ...]


class Follower:
    """What the ledger says, as far as this keyholder has read it. One thread uses it."""

    def __init__(
        self, memory: TreeMemory, policy: Policy, supervisor: VerifyKey, get: Get, clock: Clock
    ) -> None:
        self._memory = memory
        self._policy = policy
        self._get = get
        self._clock = clock
        self._tree = memory.tree()
        self.heads: Heads = memory.heads()
        self.view = LedgerView(policy.log.origin, supervisor, memory.sealed_at)
        for some in memory.leaves():
            self._apply(some)
        self.view.skip_to(self._tree.size)
        self.published = self._tree.size
        self.version = 0
        """Rises whenever the view has changed."""

    @property
    def size(self) -> int:
        """How many entries were read."""
        return self._tree.size

    @property
    def head(self) -> Head | None:
        """The last checkpoint that was read to its end; None before the first."""
        if self._tree.note is None:
            return None
        note = Note.parse(self._tree.note)
        return Head(
            Checkpoint.parse(note.text), note, verify_cosignatures(note, self._policy.quorum.witnesses)
        )

    def root_at(self, size: int) -> bytes:
        """The root of what was followed at an earlier size."""
        return self._tree.frontier.root() if size == self.size else self._memory.root_at(size)

    def follow(self) -> bool:
        """One round; whether there was anything new. Raises ForkError, UnavailableError, StateError."""
        note = self._checkpoint()  # 1.
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.size <= self.size:
            return self._require_same(checkpoint, note)  # 2.
        try:
            require_quorum(note, self._policy.quorum)  # 3.
        except (QuorumError, LedgerError) as error:
            raise UnavailableError(f"the published checkpoint is not believed: {error}") from error
        self.published = checkpoint.size
        while self.size < checkpoint.size:
            self._step(checkpoint, note)
        return True

    def _checkpoint(self) -> Note:
        reply = self._get("checkpoint", MAX_NOTE_SIZE)
        if reply.status != 200:
            raise UnavailableError(f"no checkpoint is published: status {reply.status}")
        try:
            note = Note.parse(reply.body)
            open_checkpoint(note, self._policy.log)
        except LedgerError as error:
            raise UnavailableError(f"what is published is no checkpoint of this log: {error}") from error
        return note

    def _require_same(self, checkpoint: Checkpoint, note: Note) -> bool:
        """Step 2; False, for there is nothing new. UnavailableError for an old one."""
        if self.root_at(checkpoint.size) != checkpoint.root:
            raise ForkError(
                f"the log forked: it signed another tree of size {checkpoint.size} than the one that was followed",
                self._evidence(note),
            )
        if checkpoint.size < self.size:
            raise UnavailableError(
                f"the platform shows a checkpoint of size {checkpoint.size}, though it published a larger one before"
            )
        newest = self.heads.newest
        now = int(self._clock())
        if newest is not None and newest.size == checkpoint.size and now - newest.last >= SEEN_EVERY:
            self._memory.see(self.heads.see(checkpoint.size, now))
        if self._tree.note is not None and note.to_bytes() != self._tree.note:
            self._take_cosignatures(note)
        return False

    def _take_cosignatures(self, note: Note) -> None:
        """The same tree, cosigned once more: later times count."""
        try:
            require_quorum(note, self._policy.quorum)
        except LedgerError:
            return
        tree = Tree(self._tree.frontier, note.to_bytes())
        self._memory.extend(tree, (), (), None)
        self._tree = tree

    def _step(self, checkpoint: Checkpoint, note: Note) -> None:
        """Steps 4 to 6."""
        size = self.size
        leaves: list[bytes] = []
        held = 0
        while size + len(leaves) < checkpoint.size and held < MAX_STEP:
            new = self._bundle(size + len(leaves), checkpoint.size)
            held += sum(map(len, new))
            leaves.extend(new)
        frontier, subtrees = self._tree.frontier.extended(leaf_hash(leaf) for leaf in leaves)
        is_whole = frontier.size == checkpoint.size
        if is_whole:
            holds = frontier.root() == checkpoint.root
        else:
            holds = self._is_beginning(frontier.size, frontier.root(), checkpoint)
        if not holds:
            self._explain(checkpoint, note)  # 5.
        tree = Tree(frontier, note.to_bytes() if is_whole else self._tree.note)
        self._write(tree, leaves, subtrees, is_whole=is_whole)  # 6.

    def _write(self, tree: Tree, leaves: list[bytes], subtrees: list[Subtree], *, is_whole: bool) -> None:
        start = self.size
        rows = [kept(start + at, leaf) for at, leaf in enumerate(leaves)]
        head = self.heads.see(tree.size, int(self._clock())) if is_whole else None
        self._memory.extend(tree, rows, subtrees, head)
        self._tree = tree
        self._apply([(row.place, row.data) for row in rows if row.kind == READ])
        self.view.skip_to(tree.size)
        self.version += any(row.kind == READ for row in rows)

    def _apply(self, leaves: Sequence[tuple[int, bytes]]) -> None:
        places = [place for _, leaf in leaves if (place := revealed_place(leaf)) is not None]
        if places:
            self._memory.look_up_sealed(places)
        for place, leaf in leaves:
            self.view.apply(place, leaf)

    def _bundle(self, start: int, size: int) -> tuple[bytes, ...]:
        """The entries from `start` to the end of its bundle, as it is in the tree of `size`."""
        index = start // TILE_WIDTH
        bundle = EntryBundle(index, min(TILE_WIDTH, size - index * TILE_WIDTH))
        try:
            found = parse_bundle(self._read(bundle.path, MAX_BUNDLE), bundle)
        except TileError as error:
            raise UnavailableError(f"{bundle.path} is not a bundle of entries: {error}") from error
        return found[start - index * TILE_WIDTH :]

    def _read(self, path: str, limit: int) -> bytes:
        reply = self._get(path, limit)
        if reply.status != 200:
            raise UnavailableError(f"{path} of the ledger is not there: status {reply.status}")
        return reply.body

    def _read_tile(self, tile: Tile) -> bytes:
        return self._read(tile.path, tile.width * 32)

    def _is_beginning(self, size: int, root: bytes, checkpoint: Checkpoint) -> bool:
        """Whether tiles prove that the checkpoint's tree begins with the tree (size, root)."""
        read_hash = tile_reader(checkpoint.size, self._read_tile)
        try:
            path = consistency_proof(size, checkpoint.size, read_hash)
            verify_consistency(size, root, checkpoint.size, checkpoint.root, path)
        except (InconsistentError, TileError):
            return False
        return True

    def _explain(self, checkpoint: Checkpoint, note: Note) -> None:
        """Step 5. Never returns.

        Tiles are believed where they lead to the checkpoint's root: then they tell which tree of the followed size
        it begins with, and if that is another one, checkpoint and tiles are the proof.
        """
        if self.size > 0:
            read_hash = tile_reader(checkpoint.size, self._read_tile)
            try:
                root = read_root(self.size, read_hash)
            except TileError as error:
                raise UnavailableError(f"the platform shows neither entries nor tiles: {error}") from error
            if root != self._tree.frontier.root() and self._is_beginning(self.size, root, checkpoint):
                raise ForkError(
                    f"the log forked: its tree of size {checkpoint.size} does not extend what was followed at"
                    f" {self.size}",
                    self._evidence(note),
                )
        raise UnavailableError(
            f"the entries that the platform shows are not those of its checkpoint of size {checkpoint.size}"
        )

    def _evidence(self, note: Note) -> tuple[bytes, ...]:
        return tuple(data for data in (self._tree.note, note.to_bytes()) if data)
