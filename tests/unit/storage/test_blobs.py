"""storage/blobs.py, on each backend: in a folder, and in a bucket (obstore's store in memory)."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obstore.store import MemoryStore

from storage.blob_bucket import PART, BucketBackend
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore, StoredBlob
from storage.errors import BlobNotFoundError, BlobTooLargeError

# Long enough for a bucket's upload in parts; short enough for a test.
LONG = bytes(range(256)) * ((2 * PART + 12345) // 256)
LIMIT = 1 << 30
ABSENT = bytes(32)
FUTURE = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return BlobStore(FolderBackend(tmp_path / "blobs"))
    return BlobStore(BucketBackend(MemoryStore()))


def chunked(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def whole(store: BlobStore, stored: StoredBlob) -> bytes:
    return b"".join(store.stream(stored.sha256))


@pytest.mark.parametrize("content", [b"", b"a", LONG], ids=["empty", "one byte", "long"])
def test_what_was_put_comes_back_under_its_hash(store: BlobStore, content: bytes) -> None:
    stored = store.put(chunked(content, 65_537), limit=LIMIT)
    assert stored == StoredBlob(hashlib.sha256(content).digest(), len(content))
    assert whole(store, stored) == content
    assert store.size(stored.sha256) == len(content)
    assert store.unfinished() == []


@pytest.mark.parametrize("length", [PART - 1, PART, PART + 1])
def test_no_byte_is_lost_where_a_bucket_goes_over_to_parts(store: BlobStore, length: int) -> None:
    content = (LONG * 2)[:length]
    assert whole(store, store.put(chunked(content, 1 << 20), limit=LIMIT)) == content


def test_a_file_is_read_by_pieces_not_by_lines(store: BlobStore) -> None:
    class Watched(io.BytesIO):
        def __next__(self) -> bytes:
            raise AssertionError("a line was asked for")

    content = b"\n" * 3000
    assert whole(store, store.put(Watched(content), limit=LIMIT)) == content


def test_putting_the_same_content_twice_ends_in_one_blob(store: BlobStore) -> None:
    first = store.put([b"same"], limit=4)
    assert store.put([b"sa", b"me"], limit=4) == first
    assert whole(store, first) == b"same"
    assert store.unfinished() == []


def test_content_of_exactly_the_limit_is_taken(store: BlobStore) -> None:
    assert store.put([b"12", b"34"], limit=4).size == 4


@pytest.mark.parametrize("content", [b"12345", LONG], ids=["short", "long"])
def test_content_beyond_the_limit_is_refused_and_leaves_nothing(store: BlobStore, content: bytes) -> None:
    with pytest.raises(BlobTooLargeError, match=str(len(content) - 1)):
        store.put(chunked(content, 1 << 16), limit=len(content) - 1)
    assert store.unfinished() == []
    with pytest.raises(BlobNotFoundError):
        store.size(hashlib.sha256(content).digest())


def test_a_source_without_end_is_left_at_the_limit(store: BlobStore) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(BlobTooLargeError):
        store.put(endless(), limit=10_500)
    assert taken == 11


@pytest.mark.parametrize("before", [b"", LONG], ids=["at once", "after parts have gone"])
@pytest.mark.parametrize(
    "error", [ValueError("the source"), FileNotFoundError("the source"), KeyboardInterrupt()]
)
def test_an_error_of_the_source_comes_through_as_it_is_and_nothing_is_kept(
    store: BlobStore, before: bytes, error: BaseException
) -> None:
    def failing() -> Iterator[bytes]:
        yield before
        raise error

    with pytest.raises(type(error)) as caught:
        store.put(failing(), limit=LIMIT)
    assert caught.value is error
    assert store.unfinished() == []


def test_a_blob_that_is_not_there_is_an_error_at_once_not_at_the_first_piece(store: BlobStore) -> None:
    with pytest.raises(BlobNotFoundError):
        store.stream(ABSENT)
    with pytest.raises(BlobNotFoundError):
        store.read(ABSENT, start=0, length=1)
    with pytest.raises(BlobNotFoundError):
        store.size(ABSENT)


def test_a_deleted_blob_is_gone_and_deleting_it_again_is_no_error(store: BlobStore) -> None:
    stored = store.put([b"gone"], limit=4)
    store.delete(stored.sha256)
    store.delete(stored.sha256)
    with pytest.raises(BlobNotFoundError):
        store.stream(stored.sha256)


@pytest.mark.parametrize("name", [b"", b"short", bytes(33), b"../../../../etc/passwd0000000000"[:31]])
def test_only_32_bytes_name_a_blob(store: BlobStore, name: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        store.stream(name)
    with pytest.raises(ValueError, match="32 bytes"):
        store.delete(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(content=st.binary(max_size=40), data=st.data())
def test_a_range_is_the_slice_it_says(store: BlobStore, content: bytes, data: st.DataObject) -> None:
    stored = store.put([content], limit=40)
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, len(content) - start))
    assert store.read(stored.sha256, start=start, length=length) == content[start : start + length]


@pytest.mark.parametrize(("start", "length"), [(-1, 2), (0, 5), (4, 1), (2, -1), (5, 0)])
def test_a_range_outside_the_blob_is_refused(store: BlobStore, start: int, length: int) -> None:
    stored = store.put([b"1234"], limit=4)
    with pytest.raises(ValueError, match="do not lie within"):
        store.read(stored.sha256, start=start, length=length)


@pytest.mark.parametrize("chunk", [1, 1000, 1 << 22])
def test_pieces_of_any_size_make_the_whole(store: BlobStore, chunk: int) -> None:
    stored = store.put([b"0123456789" * 100], limit=1000)
    assert b"".join(store.stream(stored.sha256, chunk=chunk)) == b"0123456789" * 100


def test_a_reader_may_stop_half_way(store: BlobStore) -> None:
    stored = store.put(chunked(LONG, 1 << 20), limit=LIMIT)
    pieces = store.stream(stored.sha256, chunk=1000)
    assert next(pieces).startswith(LONG[:1000])
    del pieces


def test_nothing_is_removed_where_nothing_is_unfinished(store: BlobStore) -> None:
    stored = store.put([b"kept"], limit=4)
    assert store.remove_unfinished(before=FUTURE) == []
    assert whole(store, stored) == b"kept"
