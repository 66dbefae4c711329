"""Proofs of the Merkle tree: the cases at the edge, and everything that is not a proof."""

import pytest

from ledger.errors import InclusionError, InconsistentError, LedgerError, ProofError, RangeError
from ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    read_root,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tests.unit.ledger.example_log import MemoryTree, some_entries

SIZE = 13
ENTRIES = some_entries(SIZE)
TREE = MemoryTree.of(ENTRIES)
ROOT = TREE.root(SIZE)


def test_empty_tree_has_the_hash_of_the_empty_string() -> None:
    assert tree_root([]) == read_root(0, TREE.read_hash) == Frontier().root() == EMPTY_ROOT


def test_every_proof_of_a_small_tree_verifies() -> None:
    for size in range(1, SIZE + 1):
        for index in range(size):
            path = inclusion_proof(index, size, TREE.read_hash)
            verify_inclusion(leaf_hash(ENTRIES[index]), index, size, path, TREE.root(size))
        for old in range(size + 1):
            path = consistency_proof(old, size, TREE.read_hash)
            verify_consistency(old, TREE.root(old), size, TREE.root(size), path)


def test_inclusion_proof_fits_no_other_index_size_leaf_or_root() -> None:
    for index in range(SIZE):
        path = inclusion_proof(index, SIZE, TREE.read_hash)
        leaf = leaf_hash(ENTRIES[index])
        for wrong in set(range(-1, SIZE + 2)) - {index}:
            with pytest.raises(InclusionError):
                verify_inclusion(leaf, wrong, SIZE, path, ROOT)
        with pytest.raises(InclusionError):
            verify_inclusion(leaf_hash(b"other"), index, SIZE, path, ROOT)
        with pytest.raises(InclusionError):
            verify_inclusion(leaf, index, SIZE, path, TREE.root(SIZE - 1))


def test_inclusion_proof_with_a_hash_too_many_too_few_or_changed_is_refused() -> None:
    for index in range(SIZE):
        path = inclusion_proof(index, SIZE, TREE.read_hash)
        leaf = leaf_hash(ENTRIES[index])
        wrong = [path[:-1], path[1:], (*path, ROOT), (leaf, *path), path[::-1]]
        wrong += [(*path[:at], _flipped(path[at]), *path[at + 1 :]) for at in range(len(path))]
        for candidate in wrong:
            with pytest.raises(InclusionError):
                verify_inclusion(leaf, index, SIZE, candidate, ROOT)


def test_inclusion_proof_of_a_larger_or_smaller_tree_is_refused_even_with_that_trees_root() -> None:
    """The size is part of what is proven: else a head with another size than its tree's could be passed off."""
    for true_size, claimed in ((2, 1), (4, 2), (8, 4), (2, 4), (4, 8), (4, 7), (7, 4)):
        for index in range(min(true_size, claimed)):
            path = inclusion_proof(index, true_size, TREE.read_hash)
            with pytest.raises(InclusionError, match=r"too long|too short"):
                verify_inclusion(leaf_hash(ENTRIES[index]), index, claimed, path, TREE.root(true_size))
    # The last leaf, claimed at its place in the right half alone.
    with pytest.raises(InclusionError, match="too long"):
        verify_inclusion(leaf_hash(ENTRIES[1]), 0, 1, (leaf_hash(ENTRIES[0]),), TREE.root(2))


def test_node_of_the_tree_is_not_taken_for_a_leaf() -> None:
    """The prefixes keep a node's two hashes from passing as an entry one level up."""
    path = inclusion_proof(0, 4, TREE.read_hash)
    children = TREE.hashes[0, 0] + TREE.hashes[0, 1]
    with pytest.raises(InclusionError):
        verify_inclusion(leaf_hash(children), 0, 2, path[1:], TREE.root(4))


def test_no_leaf_is_in_the_empty_tree() -> None:
    with pytest.raises(InclusionError, match="no leaf 0"):
        verify_inclusion(leaf_hash(b""), 0, 0, (), EMPTY_ROOT)


def test_single_leaf_needs_no_proof() -> None:
    verify_inclusion(leaf_hash(ENTRIES[0]), 0, 1, (), TREE.root(1))
    assert inclusion_proof(0, 1, TREE.read_hash) == ()


def test_consistency_proof_fits_no_other_sizes_or_roots() -> None:
    for old in range(1, SIZE):
        path = consistency_proof(old, SIZE, TREE.read_hash)
        for wrong in set(range(1, SIZE + 1)) - {old}:
            with pytest.raises(InconsistentError):
                verify_consistency(wrong, TREE.root(wrong), SIZE, ROOT, path)
        with pytest.raises(InconsistentError):
            verify_consistency(old, _flipped(TREE.root(old)), SIZE, ROOT, path)
        with pytest.raises(InconsistentError):
            verify_consistency(old, TREE.root(old), SIZE, _flipped(ROOT), path)


def test_consistency_proof_with_a_hash_too_many_too_few_or_changed_is_refused() -> None:
    for old in range(1, SIZE):
        path = consistency_proof(old, SIZE, TREE.read_hash)
        wrong = [path[:-1], path[1:], (*path, ROOT), (TREE.root(old), *path), ()]
        wrong += [(*path[:at], _flipped(path[at]), *path[at + 1 :]) for at in range(len(path))]
        for candidate in wrong:
            with pytest.raises(InconsistentError):
                verify_consistency(old, TREE.root(old), SIZE, ROOT, candidate)


def test_consistency_proof_of_larger_or_smaller_trees_is_refused_even_with_those_trees_roots() -> None:
    for old, new, claimed_old, claimed_new in ((7, 8, 3, 4), (3, 4, 3, 8), (3, 4, 3, 7), (6, 8, 6, 9)):
        path = consistency_proof(old, new, TREE.read_hash)
        with pytest.raises(InconsistentError, match=r"too long|too short"):
            verify_consistency(claimed_old, TREE.root(old), claimed_new, TREE.root(new), path)


def test_forked_log_has_no_consistency_proof() -> None:
    fork = MemoryTree.of([*ENTRIES[:4], b"{}", *ENTRIES[5:]])
    for path in (consistency_proof(6, 9, fork.read_hash), consistency_proof(6, 9, TREE.read_hash)):
        with pytest.raises(InconsistentError, match="forked"):
            verify_consistency(6, TREE.root(6), 9, fork.root(9), path)
    # Up to the fork the two logs are one.
    verify_consistency(4, TREE.root(4), 9, fork.root(9), consistency_proof(4, 9, fork.read_hash))


def test_shrunk_log_is_refused() -> None:
    with pytest.raises(InconsistentError, match="shrank"):
        verify_consistency(5, TREE.root(5), 4, TREE.root(4), ())


def test_same_size_needs_the_same_root_and_no_proof() -> None:
    verify_consistency(SIZE, ROOT, SIZE, ROOT, ())
    with pytest.raises(InconsistentError, match="two roots"):
        verify_consistency(SIZE, _flipped(ROOT), SIZE, ROOT, ())
    with pytest.raises(InconsistentError, match="must be empty"):
        verify_consistency(SIZE, ROOT, SIZE, ROOT, (ROOT,))


def test_everything_extends_the_empty_tree_without_a_proof() -> None:
    verify_consistency(0, EMPTY_ROOT, SIZE, ROOT, ())
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())
    with pytest.raises(InconsistentError, match="must be empty"):
        verify_consistency(0, EMPTY_ROOT, SIZE, ROOT, (ROOT,))


def test_empty_tree_with_another_root_is_refused() -> None:
    with pytest.raises(InconsistentError, match="empty string"):
        verify_consistency(0, ROOT, SIZE, ROOT, ())
    with pytest.raises(InconsistentError, match="empty string"):
        verify_consistency(0, ROOT, 0, ROOT, ())


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_hash_of_a_wrong_length_is_malformed(length: int) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b""), 0, 2, (bytes(length),), ROOT)
    with pytest.raises(ProofError):
        verify_inclusion(bytes(length), 0, 1, (), bytes(length))
    with pytest.raises(ProofError):
        verify_consistency(1, ROOT, 2, ROOT, (bytes(length),))


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(RangeError, match="no leaf"):
        inclusion_proof(index, size, TREE.read_hash)


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5)])
def test_there_is_no_consistency_proof_backwards(old: int, new: int) -> None:
    with pytest.raises(RangeError):
        consistency_proof(old, new, TREE.read_hash)


@pytest.mark.parametrize("cut", range(SIZE + 1))
def test_appending_in_two_batches_gives_what_one_batch_gives(cut: int) -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    first, some = Frontier().extended(leaves[:cut])
    both, more = first.extended(leaves[cut:])
    whole, every = Frontier().extended(leaves)
    assert (both, some + more) == (whole, every)
    assert Frontier.read(cut, TREE.read_hash) == first


@pytest.mark.parametrize(("size", "hashes"), [(1, ()), (2, (ROOT, ROOT)), (1, (b"short",)), (-1, (ROOT,))])
def test_frontier_that_does_not_fit_its_size_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(RangeError):
        Frontier(size, hashes)


@pytest.mark.parametrize("size", [1_000_000, 2**40 - 1, 2**40 + 1, 2**62 + 12345])
def test_proofs_read_few_hashes_and_only_complete_subtrees(size: int) -> None:
    reads: list[tuple[int, int]] = []

    def read_hash(level: int, index: int) -> bytes:
        assert 0 <= (index + 1) << level <= size
        reads.append((level, index))
        return bytes(32)

    for position in (0, 1, size // 3, size // 2, size - 2, size - 1):
        for prove in (inclusion_proof, consistency_proof):
            reads.clear()
            assert len(prove(position, size, read_hash)) <= size.bit_length() + 1
            assert len(reads) <= 2 * size.bit_length()


def test_every_refusal_is_an_error_of_the_ledger() -> None:
    assert all(
        issubclass(error, LedgerError)
        for error in (InclusionError, InconsistentError, ProofError, RangeError)
    )


def _flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]
