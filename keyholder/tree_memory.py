"""What a keyholder keeps of the ledger that it followed: enough to go on, to judge, and to know the root of any size.

Of a sealed entry it keeps the commitment, which is all that its leaf says; of an entry that matters the leaf; of any
other the leaf's hash. With the hashes of complete subtrees of 256 leaves and more, the root of any earlier size is a
matter of a few hundred hashes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

import msgspec

from keyholder.heads import Heads, SeenHead
from keyholder.witness.mark import Probe, no_probe
from keyholder.witness.tables import transaction
from ledger import entries
from ledger.merkle import HASH_SIZE, Frontier, Subtree, leaf_hash, tree_root

SEALED, READ, PASSED = 0, 1, 2
SUBTREE_LEVEL = 8
MAX_HEADS = 200_000

_PAGE = 2000
_SEALED_LEAF = re.compile(rb'\{"commitment":"([0-9a-f]{64})","type":"sealed/v1"\}')
_REVEALED = re.compile(rb'"index":([0-9]{1,16}),')
_REVEALED_END = b'"type":"revealed/v1"}'
_PASSED_TYPES = frozenset(
    {"key-rotated/v1", "log-opened/v1", "part-opened/v1", "sealed/v1", "shares-shown/v1"}
)
_READ_TYPES = frozenset(entries.registered()) - _PASSED_TYPES


_SEALED_AT = "SELECT data FROM keyholder_entry WHERE place = ? AND kind = 0"


class _Typed(msgspec.Struct):
    type: str = ""


_TYPE = msgspec.json.Decoder(_Typed)


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry as it is kept: its kind, of the three above, and the data that goes with it."""

    place: int
    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree that was followed; `note` is the last checkpoint that was read to its end, None before the first."""

    frontier: Frontier
    note: bytes | None

    @property
    def size(self) -> int:
        return self.frontier.size


class TreeMemory:
    """The tables keyholder_tree, _entry, _subtree and _head in the file at `path`. StateError from everything."""

    def __init__(self, path: Path, *, probe: Probe = no_probe) -> None:
        self._path = path
        self._probe = probe
        self._at_hand: dict[int, bytes] = {}

    def tree(self) -> Tree:
        with transaction(self._path) as connection:
            size, frontier, note = connection.execute(
                "SELECT size, frontier, note FROM keyholder_tree"
            ).fetchone()
        hashes = tuple(frontier[at : at + HASH_SIZE] for at in range(0, len(frontier), HASH_SIZE))
        return Tree(Frontier(size, hashes), note)

    def extend(
        self, tree: Tree, kept: Sequence[Kept], subtrees: Iterable[Subtree], head: SeenHead | None
    ) -> None:
        """The tree is now this one, all at once; `head` is the newest one seen."""
        with transaction(self._path) as connection:
            connection.executemany(
                "INSERT INTO keyholder_entry VALUES (?, ?, ?)",
                [(entry.place, entry.kind, entry.data) for entry in kept],
            )
            connection.executemany(
                "INSERT INTO keyholder_subtree VALUES (?, ?, ?)",
                [
                    (subtree.level, subtree.index, subtree.hash)
                    for subtree in subtrees
                    if subtree.level >= SUBTREE_LEVEL
                ],
            )
            connection.execute(
                "UPDATE keyholder_tree SET size = ?, frontier = ?, note = ?",
                (tree.size, b"".join(tree.frontier.hashes), tree.note),
            )
            if head is not None:
                _write_head(connection, head)
            self._probe("followed")

    def see(self, head: SeenHead) -> None:
        """Write down a head whose last time has moved."""
        with transaction(self._path) as connection:
            _write_head(connection, head)

    def heads(self) -> Heads:
        """All that were seen and are remembered: the newest MAX_HEADS."""
        with transaction(self._path) as connection:
            connection.execute(
                "DELETE FROM keyholder_head WHERE size <= "
                "(SELECT size FROM keyholder_head ORDER BY size DESC LIMIT 1 OFFSET ?)",
                (MAX_HEADS,),
            )
            rows = connection.execute("SELECT size, first, last FROM keyholder_head").fetchall()
        return Heads(SeenHead(*row) for row in rows)

    def leaves(self, start: int = 0) -> Iterator[list[tuple[int, bytes]]]:
        """The leaves that matter, with their places, from `start` on, some at a time."""
        while True:
            with transaction(self._path) as connection:
                rows = connection.execute(
                    "SELECT place, data FROM keyholder_entry WHERE kind = 1 AND place >= ? ORDER BY place LIMIT ?",
                    (start, _PAGE),
                ).fetchall()
            yield rows
            if len(rows) < _PAGE:
                return
            start = rows[-1][0] + 1

    def look_up_sealed(self, places: Iterable[int]) -> None:
        """`sealed_at` will be asked for these: have them at hand, and no others."""
        with transaction(self._path) as connection:
            self._at_hand = {
                place: row[0]
                for place in places
                if (row := connection.execute(_SEALED_AT, (place,)).fetchone()) is not None
            }

    def sealed_at(self, place: int) -> bytes | None:
        """The commitment of the sealed entry there; None if none is."""
        if place in self._at_hand:
            return self._at_hand[place]
        with transaction(self._path) as connection:
            row = connection.execute(_SEALED_AT, (place,)).fetchone()
        return None if row is None else row[0]

    def root_at(self, size: int) -> bytes:
        """The root of the tree at an earlier size; RangeError if it never was so large."""
        with transaction(self._path) as connection:

            def read_hash(level: int, index: int) -> bytes:
                if level < SUBTREE_LEVEL:
                    return _computed(connection, level, index)
                (found,) = connection.execute(
                    "SELECT hash FROM keyholder_subtree WHERE level = ? AND place = ?", (level, index)
                ).fetchone()
                value: bytes = found
                return value

            return Frontier.read(size, read_hash).root()


def kept(place: int, leaf: bytes) -> Kept:
    """How the entry with this leaf is kept. Told by its type alone: whether it is an entry at all, the view sees."""
    sealed = _SEALED_LEAF.fullmatch(leaf)
    if sealed:
        return Kept(place, SEALED, bytes.fromhex(sealed[1].decode()))
    try:
        name = _TYPE.decode(leaf).type
    except (msgspec.DecodeError, UnicodeDecodeError):
        name = ""
    return Kept(place, READ, leaf) if name in _READ_TYPES else Kept(place, PASSED, leaf_hash(leaf))


def revealed_place(leaf: bytes) -> int | None:
    """The place that a `revealed` entry names, if that is what the leaf is; told without reading it all."""
    named = _REVEALED.search(leaf) if leaf.endswith(_REVEALED_END) else None
    return int(named[1]) if named else None


def _leaf_hash(kind: int, data: bytes) -> bytes:
    if kind == SEALED:
        return leaf_hash(entries.encode(entries.Sealed(data.hex())))
    return leaf_hash(data) if kind == READ else data


def _computed(connection: Connection, level: int, index: int) -> bytes:
    first = index << level
    rows = connection.execute(
        "SELECT kind, data FROM keyholder_entry WHERE place >= ? AND place < ? ORDER BY place",
        (first, first + (1 << level)),
    )
    return tree_root(_leaf_hash(kind, data) for kind, data in rows)


def _write_head(connection: Connection, head: SeenHead) -> None:
    connection.execute(
        "INSERT INTO keyholder_head VALUES (?, ?, ?) ON CONFLICT (size) DO UPDATE SET last = excluded.last",
        (head.size, head.first, head.last),
    )
