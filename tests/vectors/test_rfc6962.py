"""The Merkle tree against the RFC's own example, Certificate Transparency's roots, and other people's code.

sigstore-python verifies inclusion only. pymerkle lays its consistency proofs out in another way than the
RFC does, so there each side verifies its own proof against the roots of the other; that ours have the
RFC's layout is shown against its definitions, written down in `_path` and `_subproof`.
"""

import hashlib
import random
from types import SimpleNamespace
from typing import Any, cast

import pymerkle  # type: ignore[import-untyped]
import pytest
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError as SigstoreError

from ledger.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    read_root,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tests.unit.ledger.example_log import MemoryTree

# The leaves and roots that the Certificate Transparency project has tested its trees with since 2013.
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_leaf_and_node_hashes_have_their_prefixes() -> None:
    assert leaf_hash(b"entry") == hashlib.sha256(b"\x00entry").digest()
    assert node_hash(b"l" * 32, b"r" * 32) == hashlib.sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()


@pytest.mark.parametrize("size", range(len(CT_ROOTS)))
def test_roots_of_the_certificate_transparency_tree(size: int) -> None:
    tree = MemoryTree.of(CT_LEAVES)
    assert tree_root(map(leaf_hash, CT_LEAVES[:size])).hex() == CT_ROOTS[size]
    assert read_root(size, tree.read_hash).hex() == CT_ROOTS[size]
    assert _mth(CT_LEAVES[:size]).hex() == CT_ROOTS[size]
    if size:
        assert pymerkle.InmemoryTree.init_from_entries(CT_LEAVES).get_root(size).hex() == CT_ROOTS[size]


def test_example_of_rfc_6962_section_2_1_3() -> None:
    """The tree of seven leaves, with the letters of the RFC."""
    data = [b"d%d" % number for number in range(7)]
    a, b, c, d, e, f, j = (hashlib.sha256(b"\x00" + leaf).digest() for leaf in data)
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, m = node_hash(g, h), node_hash(i, j)  # l is no name for anything; m is the RFC's l
    root = node_hash(k, m)
    tree = MemoryTree.of(data)
    assert tree.root(7) == root

    assert inclusion_proof(0, 7, tree.read_hash) == (b, h, m)
    assert inclusion_proof(3, 7, tree.read_hash) == (c, g, m)
    assert inclusion_proof(4, 7, tree.read_hash) == (f, j, k)
    assert inclusion_proof(6, 7, tree.read_hash) == (i, k)

    assert consistency_proof(3, 7, tree.read_hash) == (c, d, g, m)
    assert consistency_proof(4, 7, tree.read_hash) == (m,)
    assert consistency_proof(6, 7, tree.read_hash) == (i, j, k)
    verify_consistency(3, node_hash(g, c), 7, root, (c, d, g, m))
    verify_consistency(4, k, 7, root, (m,))
    verify_consistency(6, node_hash(k, i), 7, root, (i, j, k))


@pytest.mark.parametrize("size", range(1, 34))
def test_proofs_are_those_of_the_definitions_in_the_rfc(size: int) -> None:
    data = [b"entry %d" % number for number in range(size)]
    tree = MemoryTree.of(data)
    for index in range(size):
        assert list(inclusion_proof(index, size, tree.read_hash)) == _path(index, data)
    for old in range(1, size):
        assert list(consistency_proof(old, size, tree.read_hash)) == _subproof(old, data, whole=True)


def test_small_random_trees_agree_with_pymerkle_and_sigstore() -> None:
    _agree(random.Random(6962), sizes=[1, 2, 3, 255, 256, 257, 300], samples=40)


@pytest.mark.long
def test_random_trees_of_up_to_5000_leaves_agree_with_pymerkle_and_sigstore() -> None:
    dice = random.Random(9162)
    sizes = [4095, 4096, 4097, 4999, 5000, *(dice.randint(1, 5000) for _ in range(20))]
    _agree(dice, sizes, samples=1000)


@pytest.mark.long
def test_every_leaf_of_a_tree_of_5000_agrees_with_sigstore() -> None:
    entries = [b"entry %d" % number for number in range(5000)]
    tree = MemoryTree.of(entries)
    root = tree.root(5000)
    for index, entry in enumerate(entries):
        _sigstore(entry, index, 5000, inclusion_proof(index, 5000, tree.read_hash), root)


def test_sigstore_refuses_what_we_refuse() -> None:
    """The adapter `_sigstore` would hide it if the peer verified nothing."""
    tree = MemoryTree.of(CT_LEAVES)
    path = inclusion_proof(2, 8, tree.read_hash)
    _sigstore(CT_LEAVES[2], 2, 8, path, tree.root(8))
    with pytest.raises(SigstoreError):
        _sigstore(CT_LEAVES[3], 2, 8, path, tree.root(8))
    with pytest.raises(SigstoreError):
        _sigstore(CT_LEAVES[2], 2, 8, path[:-1], tree.root(8))


def _agree(dice: random.Random, sizes: list[int], samples: int) -> None:
    for largest in sizes:
        entries = [dice.randbytes(dice.randint(0, 60)) for _ in range(largest)]
        ours, theirs = MemoryTree.of(entries), pymerkle.InmemoryTree.init_from_entries(entries)
        assert ours.frontier.root() == theirs.get_root()
        for _ in range(min(samples, largest * largest)):
            size = dice.randint(1, largest)
            index, old = dice.randrange(size), dice.randint(1, size)
            root = theirs.get_root(size)
            assert ours.root(size) == root

            path = inclusion_proof(index, size, ours.read_hash)
            their_path = theirs.prove_inclusion(index + 1, size).path
            assert [leaf_hash(entries[index]), *path] == their_path
            verify_inclusion(their_path[0], index, size, their_path[1:], root)
            _sigstore(entries[index], index, size, path, root)

            old_root = theirs.get_root(old)
            verify_consistency(old, old_root, size, root, consistency_proof(old, size, ours.read_hash))
            their_proof = theirs.prove_consistency(old, size)
            pymerkle.verify_consistency(ours.root(old), ours.root(size), their_proof, old, size)


def _sigstore(entry: bytes, index: int, size: int, path: tuple[bytes, ...], root: bytes) -> None:
    """Raises unless sigstore-python's verifier takes the proof."""
    proof = SimpleNamespace(log_index=index, tree_size=size, hashes=list(path), root_hash=root)
    inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=entry)
    verify_merkle_inclusion(cast("Any", SimpleNamespace(_inner=inner)))


def _mth(data: list[bytes]) -> bytes:
    """MTH(D[n]) of RFC 6962 section 2.1."""
    if not data:
        return EMPTY_ROOT
    if len(data) == 1:
        return leaf_hash(data[0])
    k = _k(len(data))
    return node_hash(_mth(data[:k]), _mth(data[k:]))


def _path(m: int, data: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    if len(data) == 1:
        return []
    k = _k(len(data))
    if m < k:
        return [*_path(m, data[:k]), _mth(data[k:])]
    return [*_path(m - k, data[k:]), _mth(data[:k])]


def _subproof(m: int, data: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2."""
    if m == len(data):
        return [] if whole else [_mth(data)]
    k = _k(len(data))
    if m <= k:
        return [*_subproof(m, data[:k], whole=whole), _mth(data[k:])]
    return [*_subproof(m - k, data[k:], whole=False), _mth(data[:k])]


def _k(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
