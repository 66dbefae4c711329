"""Tiles and entry bundles: the log as files that never change (c2sp.org/tlog-tiles).

    tile/<level>/<index>[.p/<width>]     up to 256 hashes of 32 bytes
    tile/entries/<index>[.p/<width>]     up to 256 entries, each after its length as 2 bytes

Tile (level l, index n) holds the hashes of the complete subtrees of 256^l leaves from n * 256 on. A full
tile is 256 wide; the rightmost of a level may be partial, and its width is part of its path.

Nothing here checks a hash against a root: what is read out of tiles is as good as the proof made of it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ledger.errors import EntryError, RangeError, TileError
from ledger.merkle import HASH_SIZE, ReadHash, Subtree

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63
MAX_INDEX = 2 ** (63 - TILE_HEIGHT) - 1
"""The last tile of level 0 under the largest tree (ledger.checkpoint.MAX_SIZE)."""
MAX_ENTRY_SIZE = 65535
"""What the 2-byte length in a bundle can say."""

_LENGTH_SIZE = 2
_PATH = re.compile(
    r"tile/(?:(?P<level>0|[1-9][0-9]?)|entries)"
    r"/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of hashes; `width` is 256 for a full one. Raises TileError for a place that no tile has."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise TileError(f"a tile's level lies between 0 and {MAX_LEVEL}")
        _require_place(self.index, self.width)

    @property
    def path(self) -> str:
        """Relative to the log's prefix."""
        return f"tile/{self.level}/{_index_path(self.index, self.width)}"


@dataclass(frozen=True, slots=True)
class EntryBundle:
    """A bundle of entries, beside the tile of level 0 with the same index and width."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        _require_place(self.index, self.width)

    @property
    def path(self) -> str:
        """Relative to the log's prefix."""
        return f"tile/entries/{_index_path(self.index, self.width)}"


def parse_path(path: str) -> Tile | EntryBundle:
    """What lies at `path`; TileError for every text but the one path that a tile or bundle has."""
    match = _PATH.fullmatch(path)
    if not match:
        raise TileError(f"not the path of a tile or an entry bundle: {path[:128]!r}")
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = TILE_WIDTH if match["width"] is None else int(match["width"])
    found = EntryBundle(index, width) if match["level"] is None else Tile(int(match["level"]), index, width)
    # Two things fit the pattern and are written otherwise: x000/005 for 005, and .p/256 for a full tile.
    if found.path != path:
        raise TileError(f"a path that is written as {found.path}: {path[:128]!r}")
    return found


def encode_tile(hashes: Sequence[bytes]) -> bytes:
    """The bytes of a tile; TileError unless there are 1 to 256 hashes of 32 bytes."""
    if not 1 <= len(hashes) <= TILE_WIDTH or any(len(value) != HASH_SIZE for value in hashes):
        raise TileError(f"a tile is 1 to {TILE_WIDTH} hashes of {HASH_SIZE} bytes")
    return b"".join(hashes)


def parse_tile(data: bytes, tile: Tile) -> tuple[bytes, ...]:
    """The hashes of `tile`; TileError unless there are exactly as many as it is wide."""
    _require_length(data, tile)
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle; TileError unless there are 1 to 256 entries, EntryError for one too long."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileError(f"a bundle is 1 to {TILE_WIDTH} entries")
    if any(len(entry) > MAX_ENTRY_SIZE for entry in entries):
        raise EntryError(f"an entry has at most {MAX_ENTRY_SIZE} bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_SIZE, "big") + entry for entry in entries)


def parse_bundle(data: bytes, bundle: EntryBundle) -> tuple[bytes, ...]:
    """The entries of `bundle`; TileError for a truncated one, a byte left over, or another number of them."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_SIZE
        end = start + int.from_bytes(data[at:start], "big")
        if end > len(data):
            raise TileError(f"{bundle.path} ends in the midst of an entry")
        if len(entries) == bundle.width:
            raise TileError(f"{bundle.path} has {bundle.width} entries, not more")
        entries.append(data[start:end])
        at = end
    if len(entries) != bundle.width:
        raise TileError(f"{bundle.path} has {bundle.width} entries, not {len(entries)}")
    return tuple(entries)


def changed_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles of the tree of `new_size` that the tree of `old_size` has not, level by level, left to right.

    From size 0 these are all tiles of the tree. Raises RangeError unless 0 <= old_size <= new_size.
    """
    _require_growth(old_size, new_size)
    level = 0
    while new_size > old_size:
        for index, width in _changed_places(old_size, new_size):
            yield Tile(level, index, width)
        level, old_size, new_size = level + 1, old_size >> TILE_HEIGHT, new_size >> TILE_HEIGHT


def changed_bundles(old_size: int, new_size: int) -> Iterator[EntryBundle]:
    """The entry bundles of the log of `new_size` that the log of `old_size` has not."""
    _require_growth(old_size, new_size)
    for index, width in _changed_places(old_size, new_size):
        yield EntryBundle(index, width)


def grown_tiles(
    old_size: int, completed: Iterable[Subtree], read_tile: Callable[[Tile], bytes]
) -> dict[Tile, bytes]:
    """The changed tiles with their bytes, when `completed` (of Frontier.extended) grow a tree of `old_size`.

    `read_tile` is asked for the partial tiles of `old_size` alone. RangeError for subtrees that do not follow
    on that tree.
    """
    grown: dict[tuple[int, int], list[bytes]] = {}
    for subtree in completed:
        level, between = divmod(subtree.level, TILE_HEIGHT)
        if between:
            continue
        place = (level, subtree.index >> TILE_HEIGHT)
        if place not in grown:
            width = min(TILE_WIDTH, max(0, (old_size >> TILE_HEIGHT * level) - place[1] * TILE_WIDTH))
            old = Tile(*place, width) if width else None
            grown[place] = list(parse_tile(read_tile(old), old)) if old else []
        if len(grown[place]) != subtree.index % TILE_WIDTH:
            raise RangeError(f"subtree {subtree.level}/{subtree.index} does not follow on size {old_size}")
        grown[place].append(subtree.hash)
    return {Tile(level, index, len(hashes)): encode_tile(hashes) for (level, index), hashes in grown.items()}


def tile_reader(size: int, read_tile: Callable[[Tile], bytes]) -> ReadHash:
    """A `read_hash` for ledger.merkle over the tiles of the tree of `size`.

    It keeps every tile it has read: make one for a proof or a few, not one for ever. RangeError for a subtree
    that is not complete in that tree, TileError for a tile of a wrong length.
    """
    kept: dict[Tile, bytes] = {}

    def read_hash(level: int, index: int) -> bytes:
        if level < 0 or index < 0 or (index + 1) << level > size:
            raise RangeError(f"a tree of size {size} has no complete subtree {level}/{index}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        first = index << height
        tile_index = first >> TILE_HEIGHT
        width = min(TILE_WIDTH, (size >> TILE_HEIGHT * tile_level) - tile_index * TILE_WIDTH)
        tile = Tile(tile_level, tile_index, width)
        if tile not in kept:
            data = read_tile(tile)
            _require_length(data, tile)
            kept[tile] = data
        at = first % TILE_WIDTH * HASH_SIZE
        return _perfect_root(kept[tile][at : at + (HASH_SIZE << height)])

    return read_hash


def _changed_places(old_count: int, new_count: int) -> Iterator[tuple[int, int]]:
    """(index, width) of each place of a level that grew from `old_count` to `new_count` hashes."""
    if old_count == new_count:
        return
    for index in range(old_count // TILE_WIDTH, (new_count - 1) // TILE_WIDTH + 1):
        yield index, min(TILE_WIDTH, new_count - index * TILE_WIDTH)


def _index_path(index: int, width: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _perfect_root(hashes: bytes) -> bytes:
    """What `merkle.tree_root` gives for 2^n hashes, here in a row: most of the time of a proof goes here."""
    while len(hashes) > HASH_SIZE:
        pairs = range(0, len(hashes), 2 * HASH_SIZE)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_SIZE]).digest() for at in pairs])
    return hashes


def _require_length(data: bytes, tile: Tile) -> None:
    if len(data) != tile.width * HASH_SIZE:
        raise TileError(f"{tile.path} has {tile.width * HASH_SIZE} bytes, not {len(data)}")


def _require_place(index: int, width: int) -> None:
    if not 0 <= index <= MAX_INDEX:
        raise TileError(f"a tile's index lies between 0 and {MAX_INDEX}")
    if not 1 <= width <= TILE_WIDTH:
        raise TileError(f"a tile is 1 to {TILE_WIDTH} wide: an empty one does not exist")


def _require_growth(old_size: int, new_size: int) -> None:
    if not 0 <= old_size <= new_size:
        raise RangeError(f"a log does not go from size {old_size} to {new_size}")
