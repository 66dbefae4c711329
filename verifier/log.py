"""The log itself: whose checkpoint it is, who cosigned it, and that exactly these entries lie under it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from crypto.errors import CryptoError
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.cosignature import require_quorum
from ledger.entries import LogOpened, decode
from ledger.errors import LedgerError, TileError
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Note
from ledger.proof import Policy
from ledger.tiles import (
    TILE_WIDTH,
    Tile,
    changed_bundles,
    changed_tiles,
    grown_tiles,
    parse_bundle,
    parse_tile,
)
from verifier.errors import SourceError
from verifier.report import Report
from verifier.source import Source


def check_checkpoint(source: Source, policy: Policy, report: Report) -> Checkpoint | None:
    """The checkpoint, if the log signed it and a quorum cosigned it; None, with findings, if not.

    1. The log's key signed it ("checkpoint").
    2. Enough witnesses of the policy cosigned it ("quorum").
    """
    try:
        note = Note.parse(source.get("checkpoint"))
        checkpoint = open_checkpoint(note, policy.log).checkpoint  # 1
    except (SourceError, LedgerError) as error:
        report.wrong("checkpoint", f"there is no checkpoint of {policy.log.origin!r}: {error}")
        return None
    report.proved("checkpoint", f"{checkpoint.origin} signed a checkpoint of {checkpoint.size} entries")
    try:
        cosignatures = require_quorum(note, policy.quorum)  # 2
    except LedgerError as error:
        report.wrong("quorum", f"too few witnesses stand behind the checkpoint: {error}")
        return None
    seen = ", ".join(
        f"{one.witness.name} at {datetime.fromtimestamp(one.timestamp, UTC):%Y-%m-%d %H:%M:%S} UTC"
        for one in cosignatures
    )
    report.proved(
        "quorum",
        f"{len(cosignatures)} witnesses cosigned it, of whom {policy.quorum.threshold} suffice: {seen}",
    )
    return checkpoint


def read_entries(source: Source, checkpoint: Checkpoint, report: Report) -> Iterator[bytes]:
    """The entries of the checkpoint's tree, in order; it ends early, with a finding, where the source does.

    1. Each bundle has as many entries as its name says ("entries").
    2. They lead to the checkpoint's root ("root").
    3. The tiles are those of this tree ("tiles"): who asks for proofs gets them from there.
    """
    tree, leaves = Frontier(), list[bytes]()
    for bundle in changed_bundles(0, checkpoint.size):
        try:
            entries = parse_bundle(source.get(bundle.path), bundle)  # 1
        except (SourceError, TileError) as error:
            report.wrong("entries", f"{bundle.path} cannot be read: {error}", bundle.index * TILE_WIDTH)
            return
        leaves.extend(leaf_hash(entry) for entry in entries)
        yield from entries
    tree, completed = tree.extended(leaves)
    if tree.root() != checkpoint.root:  # 2
        report.wrong(
            "root", "the entries do not lead to the checkpoint's root: one was changed, left out or added"
        )
        _name_changed(source, leaves, report)
        return
    report.proved("root", f"exactly these {checkpoint.size} entries lie under the checkpoint")
    expected = {tile.path: content for tile, content in grown_tiles(0, completed, lambda _: b"").items()}
    for tile in changed_tiles(0, checkpoint.size):  # 3
        try:
            if source.get(tile.path) != expected[tile.path]:
                report.wrong("tiles", f"{tile.path} is not the tile of this tree")
        except SourceError as error:
            report.wrong("tiles", str(error))


def check_first_entry(leaf: bytes, policy: Policy, report: Report) -> None:
    """The log says in its first entry what it is called, and by a key that the policy knows ("opened")."""
    try:
        first = decode(leaf)
    except (LedgerError, CryptoError):
        first = None
    if not isinstance(first, LogOpened) or first.origin != policy.log.origin:
        report.wrong("opened", "the first entry does not open this log", 0)
    elif first.key not in {key.vkey for key in policy.log.keys}:
        report.noted(
            "opened", "the key that opened the log is not in your policy: it may have been replaced since", 0
        )


def _name_changed(source: Source, leaves: list[bytes], report: Report) -> None:
    """Which entries are not those that the tiles were made of: a hint, for tiles can be changed as well."""
    for bundle in changed_bundles(0, len(leaves)):
        tile = Tile(0, bundle.index, bundle.width)
        try:
            hashes = parse_tile(source.get(tile.path), tile)
        except (SourceError, TileError):
            continue
        first = bundle.index * TILE_WIDTH
        for at, hash_ in enumerate(hashes):
            if leaves[first + at] != hash_:
                sentence = f"entry {first + at} is not the one that the log's tiles were made of"
                report.wrong("changed", sentence, first + at)
