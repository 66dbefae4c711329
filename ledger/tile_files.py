"""Tiles and bundles as published files: writing those that a larger tree adds, and reading hashes out of them."""

from collections.abc import Sequence

from ledger.errors import InconsistentError
from ledger.merkle import Frontier, ReadHash, leaf_hash
from ledger.ports import TileFiles
from ledger.tiles import TILE_WIDTH, Tile, changed_bundles, encode_bundle, grown_tiles, tile_reader
from storage.errors import BlobNotFoundError

CHECKPOINT_FILE = "checkpoint"
"""Where the newest published checkpoint lies beside the tiles."""


def read_hash_at(files: TileFiles, size: int) -> ReadHash:
    """Hashes of complete subtrees of the tree of `size`, read out of the published tiles."""

    def read_tile(tile: Tile) -> bytes:
        return files.get(tile.path)

    return tile_reader(size, read_tile)


def first_leaf(old_size: int) -> int:
    """The index from which `store_growth` needs the leaves: the start of the last bundle of `old_size`."""
    return old_size // TILE_WIDTH * TILE_WIDTH


def store_growth(
    files: TileFiles, old_size: int, leaves: Sequence[bytes], expected: Frontier | None = None
) -> Frontier:
    """Writes every bundle and tile that the larger log has and that of `old_size` has not.

    `leaves` are all entries from `first_leaf(old_size)` on. Every file is durable when this returns. The
    contents follow
    from the entries alone, so doing it again, or by two at once, writes the same bytes.

    1. The leaves that are stored already must be those that the tiles have.
    2. The new tree must be `expected`, if that is given.
    3. A file that is there already with other bytes is never replaced.

    Raises InconsistentError if one of these fails, in 1 and 2 before anything is written. Returns the new frontier.
    """
    first = first_leaf(old_size)
    new_size = first + len(leaves)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    read_hash = read_hash_at(files, old_size)
    old = Frontier.read(old_size, read_hash)
    if Frontier.read(first, read_hash).extended(hashes[: old_size - first])[0] != old:  # 1
        raise InconsistentError(
            "stored entries do not fit the published tiles: one of both was altered; restore it"
        )
    grown, completed = old.extended(hashes[old_size - first :])
    if expected is not None and grown != expected:  # 2
        raise InconsistentError(
            "the entries do not lead to the head of the log: the database was altered; restore it"
        )
    for bundle in changed_bundles(old_size, new_size):
        start = bundle.index * TILE_WIDTH - first
        _put(files, bundle.path, encode_bundle(leaves[start : start + bundle.width]))  # 3
    for tile, content in grown_tiles(old_size, completed, lambda tile: files.get(tile.path)).items():
        _put(files, tile.path, content)
    return grown


def _put(files: TileFiles, name: str, content: bytes) -> None:
    try:
        if files.get(name) != content:
            raise InconsistentError(
                f"{name} is published with other content: this database is not the one it was made from"
            )
    except BlobNotFoundError:
        pass
    files.put(name, content)  # also what is there: the process that wrote it may not have come to its fsync
