"""The Merkle tree of RFC 6962 section 2.1, with the verification algorithms of RFC 9162 section 2.1.

A *complete subtree* (level, index) covers the 2^level leaves from index * 2^level on; its hash never
changes once its leaves are there. Proofs are made from such hashes alone, O(log n) of them, which
`read_hash(level, index)` gives: from memory, or out of tiles (ledger.tiles). It is asked only for
subtrees that are complete in the tree of the size named, and its answers are believed: whoever makes a
proof from storage that may be damaged verifies the proof before handing it out.

Hashes are SHA-256, 32 bytes. `D[a:b]` below is the RFC's notation for leaves a to b-1, MTH its tree hash.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.errors import InclusionError, InconsistentError, ProofError, RangeError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves: the hash of the empty string."""

ReadHash = Callable[[int, int], bytes]
"""`read_hash(level, index)` gives the hash of a complete subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Subtree:
    """A complete subtree and its hash."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """What appending needs of a tree: the hashes of its largest complete subtrees, from left to right.

    There is one for each binary digit 1 of the size, the largest first. Raises RangeError where number or
    length of the hashes does not fit the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise RangeError(f"{len(self.hashes)} hashes are not the frontier of a tree of size {self.size}")
        if any(len(value) != HASH_SIZE for value in self.hashes):
            raise RangeError(f"every hash of a frontier has {HASH_SIZE} bytes")

    @classmethod
    def read(cls, size: int, read_hash: ReadHash) -> "Frontier":
        """The frontier of the tree of `size`, from stored hashes."""
        return cls(size, tuple(read_hash(level, index) for level, index in _complete_subtrees(0, size)))

    def extended(self, leaf_hashes: Iterable[bytes]) -> tuple["Frontier", list[Subtree]]:
        """The frontier after these leaves, and every subtree they completed, children before parents."""
        size, hashes = self.size, list(self.hashes)
        completed: list[Subtree] = []
        for current in leaf_hashes:
            level, index = 0, size
            completed.append(Subtree(level, index, current))
            # A 1 at the end of the index means that the left sibling waits at the end of the frontier.
            while index & 1:
                current = node_hash(hashes.pop(), current)
                level, index = level + 1, index >> 1
                completed.append(Subtree(level, index, current))
            hashes.append(current)
            size += 1
        return Frontier(size, tuple(hashes)), completed

    def root(self) -> bytes:
        """The root hash of the tree."""
        return _fold(self.hashes)


def tree_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root of the tree with these leaves: what `Frontier` gives, without keeping every subtree on the way.

    A level at a time, each two neighbours under one node; who has none goes up as it is. That is the RFC's tree,
    whose left half is always the largest complete subtree.
    """
    level = list(leaf_hashes)
    while len(level) > 1:
        even = len(level) // 2 * 2
        pairs = zip(level[:even:2], level[1:even:2], strict=True)
        level = [node_hash(left, right) for left, right in pairs] + level[even:]
    return level[0] if level else EMPTY_ROOT


def read_root(size: int, read_hash: ReadHash) -> bytes:
    """The root of the tree of `size`, from stored hashes."""
    return Frontier.read(size, read_hash).root()


def inclusion_proof(index: int, size: int, read_hash: ReadHash) -> tuple[bytes, ...]:
    """PATH(index, D[size]) of RFC 9162 section 2.1.3.1, the leaf's sibling first.

    Raises RangeError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise RangeError(f"a tree of size {size} has no leaf {index}")
    start, end = 0, size
    siblings: list[tuple[int, int]] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return tuple(_range_hash(a, b, read_hash) for a, b in reversed(siblings))


def consistency_proof(old_size: int, new_size: int, read_hash: ReadHash) -> tuple[bytes, ...]:
    """PROOF(old_size, D[new_size]) of RFC 9162 section 2.1.4.1; empty where the old size is 0 or the new one.

    The RFC leaves size 0 open; an empty proof is what c2sp.org/tlog-witness asks for. Raises RangeError
    unless 0 <= old_size <= new_size.
    """
    if not 0 <= old_size <= new_size:
        raise RangeError(f"there is no consistency proof from size {old_size} to size {new_size}")
    if old_size == 0:
        return ()
    start, end = 0, new_size
    ranges: list[tuple[int, int]] = []
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # A verifier knows the hash of D[0:old_size] already; any other last range it has to be told.
    if start > 0:
        ranges.append((start, end))
    return tuple(_range_hash(a, b, read_hash) for a, b in reversed(ranges))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2, its steps by number. `leaf` is a leaf's hash.

    Raises InclusionError unless `path` proves that `leaf` is leaf `index` of the tree of `size` with
    `root`, ProofError for a hash that is not 32 bytes.
    """
    _require_hashes((leaf, *path))
    # 1.
    if not 0 <= index < size:
        raise InclusionError(f"a tree of size {size} has no leaf {index}")
    # 2. and 3.
    fn, sn, result = index, size - 1, leaf
    # 4.
    for sibling in path:
        if sn == 0:
            raise InclusionError(f"the proof is too long for leaf {index} of {size}")
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    # 5.
    if sn != 0:
        raise InclusionError(f"the proof is too short for leaf {index} of {size}")
    if result != root:
        raise InclusionError(f"the proof leads to another root: the entry is not leaf {index} of this tree")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """RFC 9162 section 2.1.4.2, its steps by number, after the cases that it leaves out (0.).

    Raises InconsistentError unless `path` proves that the tree (old_size, old_root) is a prefix of
    (new_size, new_root), ProofError for a hash that is not 32 bytes. From size 0 nothing is to be proven:
    the empty tree, whose root must be EMPTY_ROOT, is a prefix of any.
    """
    _require_hashes((old_root, new_root, *path))
    # 0.
    if not 0 <= old_size <= new_size:
        raise InconsistentError(f"the log shrank from size {old_size} to {new_size}")
    if (old_size == 0 and old_root != EMPTY_ROOT) or (new_size == 0 and new_root != EMPTY_ROOT):
        raise InconsistentError("a tree of size 0 has the hash of the empty string as its root")
    if old_size in (0, new_size):
        if path:
            raise InconsistentError(f"the proof from size {old_size} to {new_size} must be empty")
        if old_size == new_size and old_root != new_root:
            raise InconsistentError(f"the log forked: two roots at size {new_size}")
        return
    # 1.
    if not path:
        raise InconsistentError(f"the proof from size {old_size} to {new_size} must not be empty")
    # 2.
    hashes = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    # 3. and 4.
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    # 5.
    old_result = new_result = hashes[0]
    # 6.
    for value in hashes[1:]:
        if sn == 0:
            raise InconsistentError(f"the proof from size {old_size} to {new_size} is too long")
        if fn & 1 or fn == sn:
            old_result, new_result = node_hash(value, old_result), node_hash(value, new_result)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            new_result = node_hash(new_result, value)
        fn, sn = fn >> 1, sn >> 1
    # 7.
    if sn != 0:
        raise InconsistentError(f"the proof from size {old_size} to {new_size} is too short")
    if old_result != old_root or new_result != new_root:
        raise InconsistentError(f"the log forked: size {new_size} does not extend what it was at {old_size}")


def _split(width: int) -> int:
    """The largest power of two smaller than `width`, for width > 1."""
    return 1 << ((width - 1).bit_length() - 1)


def _complete_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The (level, index) of the largest complete subtrees of D[start:end], from left to right.

    `start` is a multiple of a power of two not below end - start, as in every range the RFC splits off.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_hash(start: int, end: int, read_hash: ReadHash) -> bytes:
    """MTH(D[start:end]), with `start` as in `_complete_subtrees`."""
    return _fold([read_hash(level, index) for level, index in _complete_subtrees(start, end)])


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root above complete subtrees that shrink from left to right."""
    if not hashes:
        return EMPTY_ROOT
    result = hashes[-1]
    for value in reversed(hashes[:-1]):
        result = node_hash(value, result)
    return result


def _require_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError(f"every hash of a proof has {HASH_SIZE} bytes")
