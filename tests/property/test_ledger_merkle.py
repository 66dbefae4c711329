"""Proofs over all trees: they verify, over memory and over tiles, and nothing else does."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InclusionError, InconsistentError, LedgerError
from ledger.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    read_root,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ledger.tiles import Tile, grown_tiles, tile_reader
from tests.unit.ledger.example_log import MemoryTree

LARGEST = 600
LEAVES = [leaf_hash(b"%d" % number) for number in range(LARGEST)]
TREE = MemoryTree(LEAVES)
hashes = st.binary(min_size=32, max_size=32)


@st.composite
def index_and_size(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, LARGEST))
    return draw(st.integers(0, size - 1)), size


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(0, LARGEST))
    return draw(st.integers(0, size)), size


@given(index_and_size())
def test_inclusion_proofs_verify(place: tuple[int, int]) -> None:
    index, size = place
    path = inclusion_proof(index, size, TREE.read_hash)
    verify_inclusion(LEAVES[index], index, size, path, tree_root(LEAVES[:size]))


@given(two_sizes())
def test_consistency_proofs_verify(sizes: tuple[int, int]) -> None:
    old, new = sizes
    path = consistency_proof(old, new, TREE.read_hash)
    verify_consistency(old, tree_root(LEAVES[:old]), new, tree_root(LEAVES[:new]), path)


@given(index_and_size(), st.lists(hashes, max_size=12))
def test_invented_inclusion_proof_is_refused(place: tuple[int, int], path: list[bytes]) -> None:
    index, size = place
    other = leaf_hash(b"not in the tree")
    with pytest.raises(InclusionError):
        verify_inclusion(other, index, size, path, TREE.root(size))


@given(two_sizes(), st.data())
def test_a_fork_below_the_old_size_is_always_seen(sizes: tuple[int, int], data: st.DataObject) -> None:
    """Whatever true proof, of the log or of the fork, is offered for it."""
    old, new = max(1, sizes[0]), max(1, sizes[1])
    at = data.draw(st.integers(0, old - 1))
    fork = MemoryTree([*LEAVES[:at], leaf_hash(b"fork"), *LEAVES[at + 1 : new]])
    for tree in (TREE, fork):
        path = consistency_proof(old, new, tree.read_hash)
        with pytest.raises(InconsistentError):
            verify_consistency(old, TREE.root(old), new, fork.root(new), path)


@given(two_sizes())
def test_tiles_give_the_proofs_that_memory_gives(sizes: tuple[int, int]) -> None:
    old, size = sizes
    files: dict[Tile, bytes] = {}
    frontier = Frontier()
    for end in (old, size):
        before = frontier.size
        frontier, completed = frontier.extended(LEAVES[before:end])
        files |= grown_tiles(before, completed, files.__getitem__)
    read_hash = tile_reader(size, files.__getitem__)
    assert read_root(size, read_hash) == TREE.root(size)
    assert consistency_proof(old, size, read_hash) == consistency_proof(old, size, TREE.read_hash)
    if size:
        index = old % size
        assert inclusion_proof(index, size, read_hash) == inclusion_proof(index, size, TREE.read_hash)


@given(
    st.integers(-2, 2**64),
    st.integers(-2, 2**64),
    hashes,
    hashes,
    st.lists(st.binary(max_size=33), max_size=70),
)
def test_nothing_but_errors_of_the_ledger_comes_out(
    first: int, second: int, one: bytes, two: bytes, path: list[bytes]
) -> None:
    with suppress(LedgerError):
        verify_inclusion(one, first, second, path, two)
    with suppress(LedgerError):
        verify_consistency(first, one, second, two, path)
