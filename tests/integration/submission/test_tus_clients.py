"""The upload server against the tus clients of others, on a line that is cut at random."""

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from secrets import token_bytes, token_hex

import pytest
from sqlalchemy import select
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from tusclient.uploader.uploader import Uploader

from app.api.private_token import authorization
from app.api.submission_app import PREFIX
from bidding.tokens.models import SpentRow
from storage.database import Database
from tests.environment import ROOT, program
from tests.faults.submission.web_process import CuttingLine, WebProcess, kept_alive
from tests.intake import World, make_world, sealed_file

SIZE = 6 << 20
CHUNK = 1 << 20
SCRIPT = ROOT / "tests" / "browser" / "tus_upload.cjs"


@pytest.fixture
def served(database: Database, database_url: str, tmp_path: Path) -> Iterator[tuple[World, WebProcess]]:
    world = make_world(database, tmp_path)
    web = WebProcess(database_url, tmp_path)
    with kept_alive(web):
        yield world, web
    world.app.close()


@pytest.fixture
def tus_js() -> str:
    if not (SCRIPT.parent / "node_modules" / "tus-js-client").exists():
        pytest.skip("tus-js-client is not installed: make setup-dev installs it")
    return program("node")


def paid(world: World) -> dict[str, str]:
    """The headers of a creation that may be repeated."""
    return {"Authorization": authorization(world.token()), "Idempotency-Key": token_hex(8)}


def check(world: World, url: str, file: bytes) -> None:
    """All has arrived, as one blob, for one token."""
    place = "/uploads/" + url.rpartition("/")[2]
    head = world.client.head(place, headers={"Tus-Resumable": "1.0.0"})
    assert head.headers["Upload-Offset"] == str(len(file))
    assert b"".join(world.blobs.stream(hashlib.sha256(file).digest())) == file
    with world.database.session() as session:
        assert len(session.execute(select(SpentRow)).all()) == 1


@pytest.mark.parametrize("checksums", [False, True])
def test_tuspy(served: tuple[World, WebProcess], checksums: bool) -> None:
    world, web = served
    file = sealed_file(token_bytes(SIZE))
    with closing(CuttingLine(web.port, 5, 3000, 3 << 19)) as line:
        client = TusClient(f"{line.base}{PREFIX}/uploads", headers=paid(world))
        uploader: Uploader = client.uploader(
            file_stream=io.BytesIO(file),
            chunk_size=CHUNK,
            retries=200,
            retry_delay=0,
            upload_checksum=checksums,
        )
        for _ in range(100):  # tuspy does not repeat a creation by itself
            try:
                uploader.upload()
                break
            except TusCommunicationError:
                continue
        assert line.cuts > 0
        check(world, str(uploader.url), file)


def test_tus_js_client(served: tuple[World, WebProcess], tus_js: str, tmp_path: Path) -> None:
    world, web = served
    file = tmp_path / "sealed.age"
    file.write_bytes(sealed_file(token_bytes(SIZE)))
    with closing(CuttingLine(web.port, 6, 3000, 4 << 20)) as line:
        command = [
            tus_js,
            str(SCRIPT),
            f"{line.base}{PREFIX}/uploads",
            str(file),
            json.dumps(paid(world)),
            str(CHUNK),
        ]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        assert line.cuts > 0
        check(world, ran.stdout.strip(), file.read_bytes())


def test_tus_js_client_on_a_good_line(served: tuple[World, WebProcess], tus_js: str, tmp_path: Path) -> None:
    world, web = served
    file = tmp_path / "sealed.age"
    file.write_bytes(sealed_file(b"short"))
    command = [
        tus_js,
        str(SCRIPT),
        f"{web.base}{PREFIX}/uploads",
        str(file),
        json.dumps(paid(world)),
        str(CHUNK),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    check(world, ran.stdout.strip(), file.read_bytes())
