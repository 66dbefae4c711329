"""A disk that is full, really: a small file system of its own, or a limit on the length of files."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.errors import BlobWriteError
from tests.environment import ROOT, program

MEGABYTE = 1 << 20

LIMITED = """
import resource, sys
from pathlib import Path
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.errors import BlobWriteError

store = BlobStore(FolderBackend(Path(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.put([b"x" * 30_000] * 4, limit=1 << 20)
except BlobWriteError as error:
    print(error)
store.put([b"x" * 30_000] * 3, limit=1 << 20)
print("then:", len(store.unfinished()))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB; skips where it cannot be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        [program("mount"), "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run([program("umount"), str(disk)], check=True)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_full_disk_is_a_clear_error_and_leaves_nothing_and_the_room_back(small_disk: Path) -> None:
    store = BlobStore(FolderBackend(small_disk / "blobs"))
    kept = store.put([b"k" * MEGABYTE], limit=MEGABYTE)
    before = os.statvfs(small_disk).f_bfree
    for _ in range(3):  # were the room not given back, the second would fail otherwise than the first
        with pytest.raises(BlobWriteError, match="No space left on device"):
            store.put([b"x" * MEGABYTE] * 8, limit=8 * MEGABYTE)
        assert os.statvfs(small_disk).f_bfree == before
    assert len(files(small_disk)) == 1
    assert b"".join(store.stream(kept.sha256)) == b"k" * MEGABYTE
    store.put([b"y" * MEGABYTE], limit=MEGABYTE)


def test_a_disk_without_room_for_the_folders_is_a_clear_error(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x")
    subprocess.run([program("mount"), "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(BlobWriteError, match="Read-only file system"):
        FolderBackend(small_disk / "blobs")


def test_a_file_that_may_not_grow_is_a_clear_error_and_leaves_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "File too large" in ended.stdout
    assert "then: 0" in ended.stdout
    [kept] = files(tmp_path)
    assert kept.stat().st_size == 90_000
