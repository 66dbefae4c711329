"""The ledger over HTTP, exactly as c2sp.org/tlog-tiles has it.

    <prefix>/checkpoint                     text/plain; charset=utf-8, for a few seconds
    <prefix>/tile/<L>/<N>[.p/<W>]           application/octet-stream, for ever
    <prefix>/tile/entries/<N>[.p/<W>]       application/octet-stream, gzip where asked for, for ever

The checkpoint comes from the database, where it only moves forward; tiles come from the public files, and only those
that lie within the published tree, so that nothing is shown that no witness has seen.
"""

import gzip

from flask import Blueprint, Response, request

from ledger import log
from ledger.errors import LogError, TileError
from ledger.ports import TileFiles
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, EntryBundle, Tile, parse_path
from storage.database import Database
from storage.errors import BlobNotFoundError

FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=2"


def blueprint(database: Database, files: TileFiles) -> Blueprint:
    """The routes, to be registered under the log's prefix."""
    routes = Blueprint("ledger", __name__)

    @routes.get("/checkpoint")
    def checkpoint() -> Response:
        try:
            with database.session() as session:
                note = log.head(session).published_note
        except LogError:
            note = b""
        if not note:
            return _text("no checkpoint is published yet\n", 404)
        return _text(note.decode("utf-8"), 200)

    @routes.get("/tile/<path:place>")
    def tile(place: str) -> Response:
        try:
            wanted = parse_path(f"tile/{place}")
        except TileError as error:
            return _text(f"{error}\n", 404)
        try:
            with database.session() as session:
                size = log.head(session).published_size
        except LogError as error:
            return _text(f"{error}\n", 404)
        if not _within(wanted, size):
            return _text("the published tree has no such tile\n", 404)
        try:
            content = files.get(wanted.path)
        except BlobNotFoundError:
            return _text("the tile is not there\n", 404)
        return _immutable(content, compress=isinstance(wanted, EntryBundle))

    return routes


def _within(wanted: Tile | EntryBundle, size: int) -> bool:
    level = wanted.level if isinstance(wanted, Tile) else 0
    return wanted.index * TILE_WIDTH + wanted.width <= size >> TILE_HEIGHT * level


def _immutable(content: bytes, *, compress: bool) -> Response:
    response = Response(content, content_type="application/octet-stream")
    response.headers["Cache-Control"] = FOR_EVER
    if compress:
        response.headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings["gzip"] > 0:
            response.set_data(gzip.compress(content, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
    return response


def _text(text: str, status: int) -> Response:
    response = Response(text, status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = A_MOMENT  # also of what is not there yet
    return response
