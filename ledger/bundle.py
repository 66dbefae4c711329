"""The public log as one zip: everything that an auditor without a network needs, under the names it is served by.

    checkpoint                      the newest one, cosigned
    keys                            the verifier keys that ever signed, a line each
    tile/<L>/<N>[.p/<W>]            all tiles of that checkpoint's tree
    tile/entries/<N>[.p/<W>]        all entries
    file/<sha256>                   every public file that an entry names by its hash

The same published tree always gives the same bytes.
"""

import zipfile
from typing import BinaryIO

from sqlalchemy.orm import Session

from ledger import log, named_files
from ledger.checkpoint import Checkpoint
from ledger.errors import LogError
from ledger.note import Note
from ledger.ports import TileFiles
from ledger.tile_files import CHECKPOINT_FILE
from ledger.tiles import EntryBundle, Tile, changed_bundles, changed_tiles

KEYS = "keys"


def write(target: BinaryIO, session: Session, files: TileFiles) -> int:
    """Writes the bundle of the published log; the size of its tree. LogError if nothing is published."""
    row = log.head(session)
    if not row.published_note:
        raise LogError("the log has no published checkpoint yet: is the sequencer running?")
    size = Checkpoint.parse(Note.parse(row.published_note).text).size
    places: list[Tile | EntryBundle] = [*changed_tiles(0, size), *changed_bundles(0, size)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, CHECKPOINT_FILE, row.published_note)
        _add(archive, KEYS, (row.keys + "\n").encode("utf-8"))
        for place in places:
            _add(archive, place.path, files.get(place.path))
        for name, content in named_files.every(session):
            _add(archive, f"file/{name}", content)
    return size


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name)  # its date is 1980-01-01, whenever it is written
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
