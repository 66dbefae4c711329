"""Published files: whole or not at all, under checked names, in a folder and in a bucket."""

import os
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from storage.errors import BlobNotFoundError, BlobWriteError
from storage.public_files import BucketFiles, FolderFiles, PublicFiles


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> PublicFiles:
    return FolderFiles(tmp_path) if request.param == "folder" else BucketFiles(MemoryStore())


def test_file_is_written_read_and_replaced(files: PublicFiles) -> None:
    files.put("tile/0/x001/234", b"one")
    files.put("tile/0/x001/234", b"two")
    assert files.get("tile/0/x001/234") == b"two"


@pytest.mark.parametrize("name", ["missing", "tile", "tile/0/x001/234/more"])
def test_missing_file_is_said(files: PublicFiles, name: str) -> None:
    files.put("tile/0/x001/234", b"one")
    with pytest.raises(BlobNotFoundError, match=name):
        files.get(name)


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a"])
def test_names_that_could_lead_elsewhere_are_refused(files: PublicFiles, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        files.put(name, b"")
    with pytest.raises(ValueError, match="not the name"):
        files.get(name)


def test_failed_write_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FolderFiles(tmp_path)
    files.put("checkpoint", b"old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BlobWriteError, match="No space left"):
        files.put("checkpoint", b"new")
    assert files.get("checkpoint") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_content_and_every_folder_above_are_on_the_disk_before_the_name_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also folders that another process made and may not have come to sync."""
    (tmp_path / "public" / "tile" / "0").mkdir(parents=True)
    synced: list[str] = []
    real = os.fsync

    def record(descriptor: int) -> None:
        synced.append(os.path.realpath(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    FolderFiles(tmp_path / "public").put("tile/0/000", b"hash")
    root = str(tmp_path / "public")
    for folder in (f"{root}/tile/0", f"{root}/tile", root, str(tmp_path)):
        assert folder in synced
    assert synced[-1] == f"{root}/tile/0"
    assert any(path.endswith(".part") for path in synced)
