"""Tiles: the examples of c2sp.org/tlog-tiles, one path for one tile, and hashes read back out of them."""

import random
from collections import Counter
from itertools import pairwise

import pytest

from ledger.errors import EntryError, InclusionError, RangeError, TileError
from ledger.merkle import (
    Frontier,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    read_root,
    verify_consistency,
    verify_inclusion,
)
from ledger.tiles import (
    MAX_ENTRY_SIZE,
    MAX_INDEX,
    EntryBundle,
    Tile,
    changed_bundles,
    changed_tiles,
    encode_bundle,
    encode_tile,
    grown_tiles,
    parse_bundle,
    parse_path,
    parse_tile,
    tile_reader,
)
from tests.unit.ledger.example_log import MemoryTree


@pytest.mark.parametrize(
    ("found", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(2, 999, 1), "tile/2/999.p/1"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
        (EntryBundle(0, 5), "tile/entries/000.p/5"),
        (EntryBundle(1234067), "tile/entries/x001/x234/067"),
        (EntryBundle(MAX_INDEX), "tile/entries/x036/x028/x797/x018/x963/967"),
    ],
)
def test_one_path_for_one_tile(found: Tile | EntryBundle, path: str) -> None:
    assert found.path == path
    assert parse_path(path) == found


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/005",
        "tile/0/x001",
        "tile/0/001/067",
        "tile/0/x001/x067",
        "tile/0/x01/067",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/0/-01",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/1/",
        "tile/0/000p/1",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0//000",
        "tile/entry/000",
        "tile/entries/0/000",
        "tile/entries",
        "tile/data/000",
        "tile/0/٠٠٠",
        "TILE/0/000",
        "tile/0/X001/067",
        "tile/entries/x036/x028/x797/x018/x963/968",
        "tile/entries/x001/x000/x000/x000/x000/x000/000",
        "tile/entries/" + "x999/" * 1000 + "999",
    ],
)
def test_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


@pytest.mark.parametrize(
    "place", [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, MAX_INDEX + 1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_tile_that_cannot_be_is_refused(place: tuple[int, int, int]) -> None:
    with pytest.raises(TileError):
        Tile(*place)
    if place[0] == 0:
        with pytest.raises(TileError):
            EntryBundle(*place[1:])


def test_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(changed_tiles(0, 70_000))
    full = Counter(tile.level for tile in tiles if tile.width == 256)
    partial = {tile.level: tile.width for tile in tiles if tile.width < 256}
    assert full == {0: 273, 1: 1}
    assert partial == {0: 112, 1: 17, 2: 1}


def test_tree_of_256_has_a_full_tile_and_a_partial_one_above() -> None:
    assert list(changed_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(changed_bundles(0, 256)) == [EntryBundle(0)]


def test_empty_tree_has_no_tiles() -> None:
    assert list(changed_tiles(0, 0)) == []
    assert list(changed_bundles(0, 0)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (5, 5, []),
        (5, 6, [Tile(0, 0, 6)]),
        (255, 256, [Tile(0, 0), Tile(1, 0, 1)]),
        (256, 257, [Tile(0, 1, 1)]),
        (250, 600, [Tile(0, 0), Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)]),
        (65_535, 65_536, [Tile(0, 255), Tile(1, 0), Tile(2, 0, 1)]),
        (65_536, 65_536, []),
    ],
)
def test_only_the_tiles_that_grew_are_written(old: int, new: int, expected: list[Tile]) -> None:
    assert list(changed_tiles(old, new)) == expected
    assert list(changed_bundles(old, new)) == [
        EntryBundle(t.index, t.width) for t in expected if t.level == 0
    ]


@pytest.mark.parametrize(("old", "new"), [(-1, 0), (1, 0)])
def test_log_does_not_shrink(old: int, new: int) -> None:
    with pytest.raises(RangeError):
        list(changed_tiles(old, new))
    with pytest.raises(RangeError):
        list(changed_bundles(old, new))


def test_bundle_is_entries_after_their_lengths() -> None:
    data = encode_bundle([b"", b"ab", bytes(300)])
    assert data == b"\0\0" + b"\0\x02ab" + b"\x01\x2c" + bytes(300)
    assert parse_bundle(data, EntryBundle(7, 3)) == (b"", b"ab", bytes(300))


def test_longest_entry_fits_and_one_more_byte_does_not() -> None:
    longest = bytes(MAX_ENTRY_SIZE)
    assert parse_bundle(encode_bundle([longest]), EntryBundle(0, 1)) == (longest,)
    with pytest.raises(EntryError, match="65535"):
        encode_bundle([longest + b"\0"])


def test_truncated_bundle_is_an_error_not_an_end() -> None:
    data = encode_bundle([b"one", b"two"])
    for length in range(len(data)):
        with pytest.raises(TileError):
            parse_bundle(data[:length], EntryBundle(0, 2))


def test_bundle_with_more_or_fewer_entries_than_its_path_says_is_refused() -> None:
    data = encode_bundle([b"one", b"two"])
    for width in (1, 3, 256):
        with pytest.raises(TileError, match="entries, not"):
            parse_bundle(data, EntryBundle(0, width))
    with pytest.raises(TileError, match="midst"):
        parse_bundle(data + b"\0", EntryBundle(0, 3))


@pytest.mark.parametrize("count", [0, 257])
def test_bundle_and_tile_have_1_to_256_members(count: int) -> None:
    with pytest.raises(TileError):
        encode_bundle([b""] * count)
    with pytest.raises(TileError):
        encode_tile([bytes(32)] * count)


def test_tile_of_a_wrong_length_is_refused() -> None:
    hashes = (bytes(32), bytes([1]) * 32)
    assert parse_tile(encode_tile(hashes), Tile(0, 0, 2)) == hashes
    for data in (b"", bytes(63), bytes(65), bytes(96)):
        with pytest.raises(TileError):
            parse_tile(data, Tile(0, 0, 2))
    with pytest.raises(TileError):
        encode_tile([bytes(31)])


class TileFiles:
    """A log written as tiles, in batches, as a sequencer writes it: old partial tiles stay where they are."""

    def __init__(self) -> None:
        self.frontier = Frontier()
        self.files: dict[str, bytes] = {}
        self.reads = 0

    def read(self, tile: Tile) -> bytes:
        self.reads += 1
        return self.files[tile.path]

    def append(self, leaf_hashes: list[bytes]) -> None:
        old_size = self.frontier.size
        self.frontier, completed = self.frontier.extended(leaf_hashes)
        grown = grown_tiles(old_size, completed, self.read)
        assert sorted(grown, key=lambda tile: tile.path) == sorted(
            changed_tiles(old_size, self.frontier.size), key=lambda tile: tile.path
        )
        self.files.update({tile.path: data for tile, data in grown.items()})


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % number) for number in range(count)]


@pytest.fixture(scope="module")
def grown_log() -> tuple[TileFiles, MemoryTree, list[int]]:
    """70,000 leaves in batches of many sizes, and the sizes at which a checkpoint could have been signed."""
    all_leaves, files, sizes = leaves(70_000), TileFiles(), [0]
    dice = random.Random(8)
    for batch in (1, 1, 254, 1, 255, 3, 508, 65_536 - 1024 + 1, 1):
        sizes.append(sizes[-1] + batch)
    while sizes[-1] < 70_000:
        sizes.append(min(70_000, sizes[-1] + dice.randint(1, 900)))
    for start, end in pairwise(sizes):
        files.append(all_leaves[start:end])
    return files, MemoryTree(all_leaves), sizes


def test_tiles_give_the_hashes_that_memory_has(grown_log: tuple[TileFiles, MemoryTree, list[int]]) -> None:
    files, tree, _ = grown_log
    read_hash = tile_reader(70_000, files.read)
    dice = random.Random(9)
    places = [place for place in tree.hashes if place[0] > 7 or dice.random() < 0.02]
    assert {level for level, _ in places} == set(range(17))
    assert all(read_hash(*place) == tree.hashes[place] for place in places)


def test_every_size_ever_signed_can_still_be_proven(
    grown_log: tuple[TileFiles, MemoryTree, list[int]],
) -> None:
    files, tree, sizes = grown_log
    dice = random.Random(10)
    for old, size in pairwise(sizes):
        read_hash = tile_reader(size, files.read)
        root = read_root(size, read_hash)
        assert root == tree.root(size)
        index = dice.randrange(size)
        verify_inclusion(tree.hashes[0, index], index, size, inclusion_proof(index, size, read_hash), root)
        verify_consistency(old, tree.root(old), size, root, consistency_proof(old, size, read_hash))


def test_proof_reads_each_tile_once(grown_log: tuple[TileFiles, MemoryTree, list[int]]) -> None:
    files, _, _ = grown_log
    files.reads = 0
    inclusion_proof(12_345, 70_000, tile_reader(70_000, files.read))
    assert files.reads <= 5  # the leaf's tile, the rightmost of its level, and the one or two above


def test_damaged_tile_makes_a_proof_that_fails(grown_log: tuple[TileFiles, MemoryTree, list[int]]) -> None:
    files, tree, _ = grown_log

    def damaged(tile: Tile) -> bytes:
        data = bytearray(files.read(tile))
        data[3] ^= 1
        return bytes(data)

    path = inclusion_proof(300, 70_000, tile_reader(70_000, damaged))
    with pytest.raises(InclusionError, match="another root"):
        verify_inclusion(tree.hashes[0, 300], 300, 70_000, path, tree.root(70_000))


@pytest.mark.parametrize("place", [(0, 5), (1, 2), (3, 0), (-1, 0), (0, -1)])
def test_subtree_that_is_not_complete_is_not_read(place: tuple[int, int]) -> None:
    def read_tile(_: Tile) -> bytes:
        raise AssertionError

    with pytest.raises(RangeError, match="no complete subtree"):
        tile_reader(5, read_tile)(*place)


def test_tile_of_a_wrong_length_is_not_read() -> None:
    with pytest.raises(TileError):
        tile_reader(5, lambda _: bytes(32 * 6))(0, 0)


def test_subtrees_that_do_not_follow_are_refused() -> None:
    full = encode_tile(leaves(5))
    with pytest.raises(RangeError, match="does not follow"):
        grown_tiles(5, [Subtree(0, 6, bytes(32))], lambda _: full)
    with pytest.raises(RangeError, match="does not follow"):
        grown_tiles(5, [Subtree(0, 4, bytes(32))], lambda _: full)
