"""The ledger over HTTP, as c2sp.org/tlog-tiles has it: paths, types, caching, and nothing unpublished."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import errors
from app.web import ledger as routes
from ledger import bundle, log
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import LogError
from ledger.merkle import leaf_hash, tree_root
from ledger.note import Note
from ledger.opening import identity
from ledger.tiles import EntryBundle, Tile, parse_bundle, parse_path, parse_tile
from storage.database import Database
from tests.log import Log, make_log


@pytest.fixture
def book(database: Database, tmp_path: Path) -> Log:
    return make_log(database, tmp_path / "public")


@pytest.fixture
def client(book: Log) -> FlaskClient:
    app = Flask(__name__)
    errors.register(app)
    app.register_blueprint(routes.blueprint(book.database, book.files), url_prefix="/log")
    return app.test_client()


def publish(book: Log, count: int) -> None:
    book.append(count)
    book.run()


def test_checkpoint_is_text_that_may_be_kept_for_seconds_only(book: Log, client: FlaskClient) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    publish(book, 5)
    response = client.get("/log/checkpoint")
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=2"
    with book.database.session() as session:
        signed = open_checkpoint(Note.parse(response.data), identity(log.head(session)))
    assert signed.checkpoint.size == 6


def test_a_stranger_rebuilds_the_tree_from_what_is_served(book: Log, client: FlaskClient) -> None:
    publish(book, 600)
    checkpoint = Checkpoint.parse(Note.parse(client.get("/log/checkpoint").data).text)
    leaves: list[bytes] = []
    for index, width in ((0, 256), (1, 256), (2, 89)):
        entries = EntryBundle(index, width)
        response = client.get(f"/log/{entries.path}")
        assert response.content_type == "application/octet-stream"
        assert "immutable" in response.headers["Cache-Control"]
        found = parse_bundle(response.data, entries)
        tile = Tile(0, index, width)
        assert parse_tile(client.get(f"/log/{tile.path}").data, tile) == tuple(map(leaf_hash, found))
        leaves += found
    assert len(leaves) == checkpoint.size == 601
    assert tree_root(map(leaf_hash, leaves)) == checkpoint.root
    assert len(client.get("/log/tile/1/000.p/2").data) == 64


def test_entries_are_compressed_only_for_those_who_ask(book: Log, client: FlaskClient) -> None:
    publish(book, 300)
    plain = client.get("/log/tile/entries/000")
    packed = client.get("/log/tile/entries/000", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert (
        "Content-Encoding" not in client.get("/log/tile/0/000", headers={"Accept-Encoding": "gzip"}).headers
    )


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/000.p/0",
        "0/000.p/256",
        "0/0",
        "00/000",
        "64/000",
        "entries/001",
        "0/x000/000",
        "entries/../../x",
        "x",
    ],
)
def test_what_is_not_a_published_tile_is_not_found(book: Log, client: FlaskClient, path: str) -> None:
    publish(book, 10)
    assert client.get(f"/log/tile/{path}").status_code == 404


def test_tiles_of_entries_that_no_witness_has_seen_are_not_shown(book: Log, client: FlaskClient) -> None:
    publish(book, 3)
    book.append(4)

    class StoppedError(Exception):
        pass

    def stop(at: str) -> None:
        if at == "before publish":
            raise StoppedError

    sequencer = book.sequencer(stop)
    with pytest.raises(StoppedError):
        sequencer.run()
    sequencer.close()
    assert book.files.get("tile/entries/000.p/8")
    assert client.get("/log/tile/entries/000.p/8").status_code == 404
    assert client.get("/log/tile/entries/000.p/4").status_code == 200


def test_bundle_holds_everything_public_and_is_the_same_each_time(book: Log) -> None:
    with book.database.session() as session, pytest.raises(LogError, match="no published"):
        bundle.write(BytesIO(), session, book.files)
    publish(book, 300)
    written = []
    for _ in range(2):
        target = BytesIO()
        with book.database.session() as session:
            assert bundle.write(target, session, book.files) == 301
        written.append(target.getvalue())
    assert written[0] == written[1]
    with zipfile.ZipFile(BytesIO(written[0])) as archive:
        names = archive.namelist()
        assert names[:2] == ["checkpoint", "keys"]
        places = [parse_path(name) for name in names[2:]]
        entries = [place for place in places if isinstance(place, EntryBundle)]
        leaves = [leaf for place in entries for leaf in parse_bundle(archive.read(place.path), place)]
        checkpoint = Checkpoint.parse(Note.parse(archive.read("checkpoint")).text)
    assert tree_root(map(leaf_hash, leaves)) == checkpoint.root
