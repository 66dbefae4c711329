"""storage/blob_folder.py: what is special to a folder, its durability above all."""

import errno
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import blob_folder
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore, StoredBlob
from storage.errors import BlobCorruptError, BlobReadError, BlobWriteError

FUTURE = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "blobs"


@pytest.fixture
def store(root: Path) -> BlobStore:
    return BlobStore(FolderBackend(root))


def path_of(root: Path, stored: StoredBlob) -> Path:
    name = stored.sha256.hex()
    return root / name[:2] / name


def record_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that durability hangs on, in their order, with the kind of file each was for."""
    calls: list[str] = []
    real_fsync, real_replace, real_write, real_unlink = os.fsync, Path.replace, os.write, Path.unlink

    def name_of(descriptor: int) -> str:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        return "part" if path.suffix == ".part" else f"folder {path.name}"

    def fsync(descriptor: int) -> None:
        calls.append(f"fsync {name_of(descriptor)}")
        real_fsync(descriptor)

    def write(descriptor: int, content: bytes) -> int:
        calls.append(f"write {name_of(descriptor)}")
        return real_write(descriptor, content)

    def replace(self: Path, target: Path) -> Path:
        calls.append("rename")
        return real_replace(self, target)

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.suffix != ".part":
            calls.append("unlink")
        real_unlink(self, missing_ok)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(Path, "unlink", unlink)
    return calls


def test_content_is_synced_before_its_name_and_its_name_before_the_return(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = record_calls(monkeypatch)
    stored = store.put([b"first", b"second"], limit=11)
    fan = stored.sha256.hex()[:2]
    assert calls == ["write part", "write part", "fsync part", "rename", f"fsync folder {fan}"]


def test_content_that_is_there_already_is_made_durable_again(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The put before may have crashed between its rename and its fsync."""
    stored = store.put([b"same"], limit=4)
    calls = record_calls(monkeypatch)
    store.put([b"same"], limit=4)
    assert calls[-1] == f"fsync folder {stored.sha256.hex()[:2]}"


def test_a_deletion_is_on_the_disk_before_it_is_reported(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store.put([b"gone"], limit=4)
    calls = record_calls(monkeypatch)
    store.delete(stored.sha256)
    assert calls == ["unlink", f"fsync folder {stored.sha256.hex()[:2]}"]


@pytest.mark.parametrize("exists", [False, True])
def test_opening_makes_every_folder_durable_that_a_put_relies_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, exists: bool
) -> None:
    if exists:
        FolderBackend(root)
    calls = record_calls(monkeypatch)
    FolderBackend(root)
    above = [] if exists else [f"fsync folder {root.parent.parent.name}", f"fsync folder {root.parent.name}"]
    assert calls == [*above, "fsync folder blobs"]
    assert len(list(root.iterdir())) == 257


def test_a_blob_is_for_its_owner_only(root: Path, store: BlobStore) -> None:
    stored = store.put([b"sealed"], limit=6)
    assert path_of(root, stored).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"sealeD", b"seale", b"sealed and more", b""])
def test_damage_is_found_at_the_end_of_reading_and_repaired_by_putting_again(
    root: Path, store: BlobStore, damage: bytes
) -> None:
    stored = store.put([b"sealed"], limit=6)
    path_of(root, stored).write_bytes(damage)
    pieces = store.stream(stored.sha256)
    with pytest.raises(BlobCorruptError, match="damaged"):
        list(pieces)
    store.put([b"sealed"], limit=6)
    assert b"".join(store.stream(stored.sha256)) == b"sealed"


def test_a_blob_that_is_a_folder_cannot_be_read_and_says_so(root: Path, store: BlobStore) -> None:
    name = "ab" * 32
    (root / "ab" / name).mkdir()
    with pytest.raises(BlobReadError, match=name):
        store.stream(bytes.fromhex(name))


def failing(code: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize(
    ("owner", "call", "code"),
    [
        (os, "open", errno.EMFILE),
        (os, "write", errno.ENOSPC),
        (os, "write", errno.EDQUOT),
        (os, "fsync", errno.EIO),
        (Path, "replace", errno.ENOSPC),
        (fcntl, "flock", errno.ENOLCK),
    ],
)
def test_a_call_that_fails_is_named_and_leaves_nothing(
    root: Path, store: BlobStore, monkeypatch: pytest.MonkeyPatch, owner: object, call: str, code: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, call, failing(code))
        with pytest.raises(BlobWriteError, match=os.strerror(code)):
            store.put([b"never"], limit=5)
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_the_folders_sync_that_fails_is_an_error_though_the_content_is_whole(
    root: Path, store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(blob_folder, "fsync_folder", failing(errno.EIO))
        with pytest.raises(BlobWriteError, match="promised"):
            store.put([b"whole"], limit=5)
    assert [path.read_bytes() for path in root.rglob("*") if path.is_file()] == [b"whole"]
    assert store.unfinished() == []


def test_a_write_that_takes_only_part_of_a_piece_goes_on(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, content[:3]))
    stored = store.put([b"0123456789"], limit=10)
    assert b"".join(store.stream(stored.sha256)) == b"0123456789"


def test_a_reader_keeps_what_it_opened_though_it_is_deleted(store: BlobStore) -> None:
    stored = store.put([b"0123456789"], limit=10)
    pieces = store.stream(stored.sha256, chunk=5)
    store.delete(stored.sha256)
    assert b"".join(pieces) == b"0123456789"


def test_a_dead_part_is_listed_and_removed_once_it_is_old_enough(root: Path, store: BlobStore) -> None:
    part = root / "incoming" / ("0" * 32 + ".part")
    part.write_bytes(b"half")
    written_at = datetime.now(UTC) - timedelta(hours=2)
    os.utime(part, (written_at.timestamp(), written_at.timestamp()))
    [found] = store.unfinished()
    assert (found.name, found.size) == (part.name, 4)
    assert abs(found.written_at - written_at) < timedelta(seconds=1)
    assert store.remove_unfinished(before=written_at - timedelta(minutes=1)) == []
    assert part.exists()
    assert store.remove_unfinished(before=written_at + timedelta(minutes=1)) == [found]
    assert not part.exists()


def test_a_put_under_way_is_never_removed_whatever_its_age(store: BlobStore) -> None:
    def source() -> Iterator[bytes]:
        yield b"first"
        assert len(store.unfinished()) == 1
        assert store.remove_unfinished(before=FUTURE) == []
        yield b"second"

    stored = store.put(source(), limit=11)
    assert b"".join(store.stream(stored.sha256)) == b"firstsecond"


def test_the_same_content_put_by_many_at_once_is_one_whole_blob(root: Path, store: BlobStore) -> None:
    content = os.urandom(300_000)
    barrier = threading.Barrier(8)
    stored: list[StoredBlob] = []

    def put() -> None:
        barrier.wait()
        for _ in range(5):
            done = store.put(
                (content[start : start + 10_000] for start in range(0, 300_000, 10_000)), limit=300_000
            )
            # Whole in the moment it is promised, whatever the others are doing.
            assert b"".join(store.stream(done.sha256)) == content
            stored.append(done)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 40
    assert len(set(stored)) == 1
    assert [path for path in root.rglob("*") if path.is_file()] == [path_of(root, stored[0])]


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BlobWriteError, match="file/blobs"):
        FolderBackend(tmp_path / "file" / "blobs")
