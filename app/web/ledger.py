"""The ledger over HTTP, exactly as c2sp.org/tlog-tiles has it.

    <prefix>/checkpoint                     text/plain; charset=utf-8, for a few seconds
    <prefix>/tile/<L>/<N>[.p/<W>]           application/octet-stream, for ever
    <prefix>/tile/entries/<N>[.p/<W>]       application/octet-stream, gzip where asked for, for ever
    <prefix>/file/<sha256>                  beside the specification: a public file that an entry names, for ever

The checkpoint comes from the database, where it only moves forward; tiles come from the public files, and only those
that lie within the published tree, so that nothing is shown that no witness has seen.
"""

import gzip

from flask import Response, request

from app.api.content import BYTES, PLAIN, TEXT, Content
from app.api.document import ApiRoutes
from app.errors import ProblemError
from ledger import log, named_files
from ledger.errors import LogError, TileError
from ledger.ports import TileFiles
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, EntryBundle, Tile, parse_path
from storage.database import Database
from storage.errors import BlobNotFoundError

FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=2"


NOTE = (
    "ledger.example.org\n812\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n— ledger.example.org AAAA...\n"
)


def blueprint(database: Database, files: TileFiles) -> ApiRoutes:
    """The routes, to be registered under the log's prefix."""
    routes = ApiRoutes("ledger", __name__, description="The transparency log (c2sp.org/tlog-tiles)")

    @routes.operation("GET", "/checkpoint", gives=Content(TEXT, PLAIN, NOTE), refuses=(404,))
    def checkpoint() -> Response:
        """Get the newest published checkpoint: a signed note with its cosignatures"""
        try:
            with database.session() as session:
                note = log.head(session).published_note
        except LogError:
            note = b""
        if not note:
            raise _absent("no checkpoint is published yet")
        response = Response(note, content_type=TEXT)
        response.headers["Cache-Control"] = A_MOMENT
        return response

    @routes.operation("GET", "/tile/<path:place>", gives=Content(BYTES), refuses=(404,))
    def tile(place: str) -> Response:
        """Get a tile, or a bundle of entries: <L>/<N>[.p/<W>] or entries/<N>[.p/<W>]"""
        try:
            wanted = parse_path(f"tile/{place}")
        except TileError as error:
            raise _absent(str(error)) from error
        try:
            with database.session() as session:
                size = log.head(session).published_size
        except LogError as error:
            raise _absent(str(error)) from error
        if not _within(wanted, size):
            raise _absent("the published tree has no such tile")
        try:
            content = files.get(wanted.path)
        except BlobNotFoundError as error:
            raise _absent("the tile is not there") from error
        return _immutable(content, compress=isinstance(wanted, EntryBundle))

    @routes.operation("GET", "/file/<string(length=64):sha256>", gives=Content(BYTES), refuses=(404,))
    def file(sha256: str) -> Response:
        """Get a public file that an entry names by its SHA-256, such as a notice or an opening record"""
        with database.session() as session:
            content = named_files.get(session, sha256)
        if content is None:
            raise _absent("no entry names a public file of this hash")
        return _immutable(content, compress=True)

    return routes


def _within(wanted: Tile | EntryBundle, size: int) -> bool:
    level = wanted.level if isinstance(wanted, Tile) else 0
    return wanted.index * TILE_WIDTH + wanted.width <= size >> TILE_HEIGHT * level


def _immutable(content: bytes, *, compress: bool) -> Response:
    response = Response(content, content_type=BYTES)
    response.headers["Cache-Control"] = FOR_EVER
    if compress:
        response.headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings["gzip"] > 0:
            response.set_data(gzip.compress(content, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
    return response


def _absent(sentence: str) -> ProblemError:
    """For a moment only: it may be there soon."""
    return ProblemError("not-found", sentence, headers={"Cache-Control": A_MOMENT})
