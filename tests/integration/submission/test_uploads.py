"""tus 1.0.0 as this server speaks it, and that nothing of an upload outlives its time."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes

import pytest
from sqlalchemy import func, select

from bidding.tokens.models import SpentRow
from bidding.uploads import sweeping
from bidding.uploads.limits import PIECE
from bidding.uploads.models import PieceRow, UploadRow
from tests.intake import World, code_of, creation, patching, sealed_file

RECEIPT_SECONDS = 0.0
FILE = sealed_file(b"content" * 1000)


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


def create(world: World, length: int = len(FILE)) -> str:
    made = world.client.post("/uploads", headers=creation(world.token(), length))
    assert made.status_code == 201
    assert made.headers["Upload-Offset"] == "0"
    return made.headers["Location"]


def spent(world: World) -> int:
    with world.database.session() as session:
        return session.execute(select(func.count()).select_from(SpentRow)).scalar_one()


def test_server_says_what_it_can_do(world: World) -> None:
    answer = world.client.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    wanted = {"creation", "checksum", "termination", "expiration"}
    assert wanted <= set(answer.headers["Tus-Extension"].split(","))
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,sha512"
    assert int(answer.headers["Tus-Max-Size"]) == world.setting.limits.size


def test_bytes_come_in_parts_and_make_one_blob(world: World, tmp_path: Path) -> None:
    place = create(world)
    for start, end in ((0, 10), (10, 500), (500, len(FILE))):
        assert world.client.head(place, headers=patching(0)).headers["Upload-Offset"] == str(start)
        answer = world.client.patch(place, headers=patching(start), data=FILE[start:end])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(end))
        assert "GMT" in answer.headers["Upload-Expires"]
    (blob,) = blobs(tmp_path)
    assert blob.name == hashlib.sha256(FILE).hexdigest()
    assert blob.read_bytes() == FILE
    head = world.client.head(place, headers=patching(0))
    assert head.headers["Upload-Length"] == head.headers["Upload-Offset"] == str(len(FILE))
    assert head.headers["Cache-Control"] == "no-store"


def test_creation_may_carry_the_first_bytes(world: World, tmp_path: Path) -> None:
    headers = {**patching(0), **creation(world.token(), len(FILE))}
    made = world.client.post("/uploads", headers=headers, data=FILE)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(FILE)))
    assert [path.read_bytes() for path in blobs(tmp_path)] == [FILE]


@pytest.mark.parametrize("offset", [-1, 0, 3, len(FILE), len(FILE) + 1])
def test_wrong_offset_is_refused_and_changes_nothing(world: World, offset: int) -> None:
    place = create(world)
    world.client.patch(place, headers=patching(0), data=FILE[:2])
    answer = world.client.patch(place, headers=patching(offset), data=FILE[2:])
    assert code_of(answer) == ("upload-header" if offset < 0 else "upload-offset")
    assert world.client.head(place, headers=patching(0)).headers["Upload-Offset"] == "2"


def test_more_than_the_length_is_refused_and_leaves_nothing(world: World, tmp_path: Path) -> None:
    place = create(world, 100)
    assert code_of(world.client.patch(place, headers=patching(0), data=FILE)) == "upload-too-large"
    assert blobs(tmp_path) == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_checksum_decides_whether_bytes_count(world: World, tmp_path: Path, algorithm: str) -> None:
    place = create(world)
    good = base64.b64encode(hashlib.new(algorithm, FILE).digest()).decode()
    bad = base64.b64encode(hashlib.new(algorithm, b"x").digest()).decode()
    refused = world.client.patch(place, headers=patching(0, Upload_Checksum=f"{algorithm} {bad}"), data=FILE)
    assert (refused.status_code, code_of(refused)) == (460, "checksum-mismatch")
    assert blobs(tmp_path) == []
    assert world.client.head(place, headers=patching(0)).headers["Upload-Offset"] == "0"
    taken = world.client.patch(place, headers=patching(0, Upload_Checksum=f"{algorithm} {good}"), data=FILE)
    assert taken.status_code == 204
    assert [path.read_bytes() for path in blobs(tmp_path)] == [FILE]


@pytest.mark.parametrize("header", ["md5 AAAA", "sha256", "sha256 ?", "sha256 AAAA", ""])
def test_checksum_that_cannot_be_checked_is_refused(world: World, header: str) -> None:
    answer = world.client.patch(create(world), headers=patching(0, Upload_Checksum=header), data=FILE)
    assert answer.status_code == (400 if header else 204)


def test_what_is_no_age_file_costs_a_token_and_no_disk(world: World, tmp_path: Path) -> None:
    place = create(world)
    assert code_of(world.client.patch(place, headers=patching(0), data=b"PK\x03\x04" + FILE[4:])) == (
        "not-an-age-file"
    )
    assert blobs(tmp_path) == []
    assert code_of(world.client.patch(place, headers=patching(0), data=FILE)) == "upload-unknown"
    assert spent(world) == 1


def test_upload_that_its_maker_ends_is_gone(world: World, tmp_path: Path) -> None:
    place = create(world)
    world.client.patch(place, headers=patching(0), data=FILE)
    assert world.client.delete(place, headers=patching(0)).status_code == 204
    assert world.client.head(place, headers=patching(0)).status_code == 404
    assert sweeping.sweep(world.database, world.blobs, now=world.clock()) == 1
    assert blobs(tmp_path) == []


def test_upload_without_progress_expires_and_is_swept(world: World, tmp_path: Path) -> None:
    idle, active = create(world), create(world)
    for place in (idle, active):
        world.client.patch(place, headers=patching(0), data=FILE[:100])
    world.clock.ahead += timedelta(hours=23)
    world.client.patch(active, headers=patching(100), data=FILE[100:200])
    world.clock.ahead += timedelta(hours=2)
    assert code_of(world.client.patch(idle, headers=patching(100), data=FILE[100:])) == "upload-expired"
    assert world.client.head(idle, headers=patching(0)).status_code == 410
    assert sweeping.sweep(world.database, world.blobs, now=world.clock()) == 1
    assert world.client.head(idle, headers=patching(0)).status_code == 404
    assert world.client.patch(active, headers=patching(200), data=FILE[200:]).status_code == 204
    assert len(blobs(tmp_path)) == 1
    world.clock.ahead += timedelta(days=7)
    assert sweeping.sweep(world.database, world.blobs, now=world.clock()) == 1
    assert blobs(tmp_path) == []


def test_content_that_two_uploads_share_goes_with_the_second(world: World, tmp_path: Path) -> None:
    first, second = create(world), create(world)
    for place in (first, second):
        world.client.patch(place, headers=patching(0), data=FILE)
    world.client.delete(first, headers=patching(0))
    assert sweeping.sweep(world.database, world.blobs, now=world.clock()) == 1
    assert len(blobs(tmp_path)) == 1
    world.client.delete(second, headers=patching(0))
    assert sweeping.sweep(world.database, world.blobs, now=world.clock()) == 1
    assert blobs(tmp_path) == []


def test_file_of_a_bid_outlives_its_upload(world: World, tmp_path: Path) -> None:
    world.publish()
    draft = world.draft()
    assert world.post(draft).status_code == 202
    world.clock.ahead += timedelta(days=30)
    assert sweeping.sweep(world.database, world.blobs, now=world.clock()) == 1
    assert [path.read_bytes() for path in blobs(tmp_path)] == [draft.files["price"]]


def test_creation_that_is_repeated_with_its_key_is_the_same_upload(world: World) -> None:
    token = world.token()
    headers = creation(token, len(FILE), **{"Idempotency-Key": "one"})
    places = {world.client.post("/uploads", headers=headers).headers["Location"] for _ in range(3)}
    assert len(places) == 1
    assert spent(world) == 1
    for changed in (
        creation(token, len(FILE)),
        creation(token, len(FILE), **{"Idempotency-Key": "two"}),
        creation(token, len(FILE) + 1, **{"Idempotency-Key": "one"}),
    ):
        assert code_of(world.client.post("/uploads", headers=changed)) == "token-spent"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Tus-Resumable": "0.2.0"}, "tus-version"),
        ({"Upload-Length": "-1"}, "upload-header"),
        ({"Upload-Length": "0"}, "upload-header"),
        ({"Upload-Length": "3\xb2"}, "upload-header"),
        ({"Upload-Length": str(2 << 30)}, "upload-too-large"),
        ({"Upload-Metadata": "filename YQ=="}, "upload-header"),
        ({"Idempotency-Key": "x" * 65}, "upload-header"),
        ({"Authorization": "Bearer x"}, "cookie-not-wanted"),
        ({"Authorization": "PrivateToken token=AAAA"}, "token-invalid"),
    ],
)
def test_creation_that_is_refused_costs_no_token(world: World, changes: dict[str, str], code: str) -> None:
    headers = {**creation(world.token(), 100), **changes}
    assert code_of(world.client.post("/uploads", headers=headers)) == code
    assert spent(world) == 0


def test_creation_without_a_token_says_which_one(world: World) -> None:
    answer = world.client.post("/uploads", headers=creation(None, 100))
    assert (answer.status_code, code_of(answer)) == (401, "token-missing")
    assert answer.headers["WWW-Authenticate"].startswith("PrivateToken challenge=")


def test_upload_in_too_many_pieces_is_refused(world: World) -> None:
    place = create(world)
    for offset in range(256):
        world.client.patch(place, headers=patching(offset), data=FILE[offset : offset + 1])
    answer = world.client.patch(place, headers=patching(256), data=FILE[256:])
    assert code_of(answer) == "upload-pieces"


def test_one_request_has_a_limit(world: World) -> None:
    place = create(world, 100 << 20)
    size = world.setting.limits.request
    answer = world.client.patch(place, headers=patching(0), data=FILE + bytes(size))
    assert code_of(answer) == "upload-too-large"


def test_two_requests_for_the_same_bytes_make_one_content(world: World, tmp_path: Path) -> None:
    """Both have read the same offset; the slower one finds it moved, and takes back what it staged."""
    file = sealed_file(token_bytes(2 * PIECE))
    place = create(world, len(file))
    with ThreadPoolExecutor(4) as threads:
        sent = list(
            threads.map(lambda _: world.client.patch(place, headers=patching(0), data=file), range(4))
        )
    assert sum(answer.status_code == 204 for answer in sent) >= 1
    state = world.client.head(place, headers=patching(0))
    offset = int(state.headers["Upload-Offset"])
    if offset < len(file):
        world.client.patch(place, headers=patching(offset), data=file[offset:])
    assert hashlib.sha256(file).hexdigest() in {path.name for path in blobs(tmp_path)}
    assert [path.read_bytes() for path in blobs(tmp_path)] == [file]
    with world.database.session() as session:
        assert session.execute(select(func.count()).select_from(PieceRow)).scalar_one() == 0
        assert session.execute(select(UploadRow.state)).scalar_one() == "finished"


def test_line_that_is_cut_keeps_what_came(world: World) -> None:
    """As a server that streams shows it; waitress hands over whole requests alone."""

    class Cut:
        def __init__(self) -> None:
            self.left = FILE[:5000]

        def read(self, size: int = -1) -> bytes:
            if not self.left:
                raise OSError("the line was cut")
            chunk, self.left = self.left[:1000], self.left[1000:]
            return chunk

    place = create(world)
    environ = {"wsgi.input": Cut(), "CONTENT_LENGTH": str(len(FILE))}
    answer = world.client.patch(place, headers=patching(0), environ_overrides=environ)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5000")


def test_other_methods_come_under_post_too(world: World) -> None:
    place = create(world)
    headers = {**patching(0), "X-HTTP-Method-Override": "PATCH"}
    assert world.client.post(place, headers=headers, data=FILE).status_code == 204
