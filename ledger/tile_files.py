"""Tiles and bundles as published files: writing those that a larger tree adds, and reading hashes out of them."""

from collections.abc import Callable, Sequence

from ledger.merkle import Frontier, ReadHash, leaf_hash
from ledger.ports import TileFiles
from ledger.tiles import (
    TILE_WIDTH,
    Tile,
    changed_bundles,
    encode_bundle,
    grown_tiles,
    tile_reader,
)

ReadLeaves = Callable[[int, int], Sequence[bytes]]
"""`read_leaves(start, end)` gives the entries' bytes from index `start` up to, not including, `end`."""


def read_hash_at(files: TileFiles, size: int) -> ReadHash:
    """Hashes of complete subtrees of the tree of `size`, read out of the published tiles."""

    def read_tile(tile: Tile) -> bytes:
        return files.get(tile.path)

    return tile_reader(size, read_tile)


def store_growth(files: TileFiles, old_size: int, new_size: int, read_leaves: ReadLeaves) -> Frontier:
    """Writes every bundle and tile that the log of `new_size` has and that of `old_size` has not.

    Every file is durable when this returns. The contents follow from the entries alone, so doing it again, or
    by two at once, writes the same bytes. Returns the frontier of the new tree, for the caller to compare.
    """
    first = old_size // TILE_WIDTH * TILE_WIDTH
    leaves = read_leaves(first, new_size)
    for bundle in changed_bundles(old_size, new_size):
        start = bundle.index * TILE_WIDTH - first
        files.put(bundle.path, encode_bundle(leaves[start : start + bundle.width]))
    read_hash = read_hash_at(files, old_size)
    grown, completed = Frontier.read(old_size, read_hash).extended(
        leaf_hash(leaf) for leaf in leaves[old_size - first :]
    )
    for tile, content in grown_tiles(old_size, completed, lambda tile: files.get(tile.path)).items():
        files.put(tile.path, content)
    return grown
