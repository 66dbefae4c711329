"""storage/location.py: from what the operator names to a store."""

from pathlib import Path

import pytest

from storage.blob_bucket import BucketBackend, s3_store
from storage.errors import LocationError
from storage.location import database_url, open_blobs
from storage.private_server import PrivateServer


@pytest.mark.parametrize("form", ["path", "text", "file", "localhost", "quoted"])
def test_a_folder_can_be_named_in_every_usual_way(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "the blobs"
    places: dict[str, str | Path] = {
        "path": folder,
        "text": str(folder),
        "file": f"file://{folder}",
        "localhost": f"file://localhost{folder}",
        "quoted": f"file://{str(folder).replace(' ', '%20')}",
    }
    stored = open_blobs(places[form]).put([b"x"], limit=1)
    assert b"".join(open_blobs(folder).stream(stored.sha256)) == b"x"


@pytest.mark.parametrize(
    "place",
    [
        "",
        "gs://bucket/prefix",
        "http://bucket/prefix",
        "file://host/path",
        "file://relative",
        "s3://",
        "s3:///prefix",
        "s3://key:secret@bucket/prefix",
        "s3://bucket:9000/prefix",
        "s3://bucket/prefix?region=cn-north-1",
        "s3://bucket/prefix#x",
    ],
)
def test_a_place_that_is_not_understood_is_refused_without_repeating_a_secret(place: str) -> None:
    with pytest.raises(LocationError) as caught:
        open_blobs(place)
    assert "secret" not in str(caught.value)


def test_a_bucket_is_made_without_speaking_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is tested here of S3: nothing on this machine speaks it."""
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    backend = open_blobs("s3://bucket/some/prefix/")._backend
    assert isinstance(backend, BucketBackend)
    assert backend._store == s3_store("bucket", "some/prefix")
    assert backend._store != s3_store("bucket", "another")


def test_database_url_names_the_database(tmp_path: Path) -> None:
    assert database_url({"DATABASE_URL": "postgresql://h/d"}, tmp_path) == "postgresql://h/d"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}])
def test_without_one_the_private_server_is_started(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    def start(server: PrivateServer) -> str:
        started.append(server.log_file)
        return server.url

    monkeypatch.setattr(PrivateServer, "start", start)
    assert database_url(environment, tmp_path).startswith("postgresql://")
    assert started == [tmp_path / "postgres" / "log" / "postgres.log"]
