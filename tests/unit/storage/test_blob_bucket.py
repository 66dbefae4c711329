"""storage/blob_bucket.py: what is special to a bucket, against obstore's store in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from obstore.exceptions import GenericError
from obstore.store import MemoryStore

from storage.blob_bucket import PART, BucketBackend
from storage.blobs import BlobStore
from storage.errors import BlobCorruptError, BlobReadError, BlobWriteError

LONG = [b"x" * PART, b"y" * PART]


class Broken(MemoryStore):
    """A store in memory whose call named `broken` fails, as S3 does, with notes that are not for everybody."""

    broken = ""

    def put(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        return self._unless("put", *arguments, **named)

    def copy(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        return self._unless("copy", *arguments, **named)

    def get(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        return self._unless("get", *arguments, **named)

    def delete(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        return self._unless("delete", *arguments, **named)

    def _unless(self, call: str, *arguments: object, **named: object) -> object:
        if self.broken == call:
            raise GenericError("Generic S3 error: it is down\n\nDebug source:\nauthorization: AWS4 secret")
        return getattr(super(), call)(*arguments, **named)


@pytest.fixture
def bucket() -> Broken:
    return Broken()


@pytest.fixture
def store(bucket: Broken) -> BlobStore:
    return BlobStore(BucketBackend(bucket))


def objects(bucket: MemoryStore) -> list[str]:
    return [found["path"] for page in bucket.list() for found in page]


@pytest.mark.parametrize("call", ["put", "copy"])
def test_a_bucket_that_fails_is_a_clear_error_without_its_notes_and_keeps_nothing(
    store: BlobStore, bucket: Broken, call: str
) -> None:
    bucket.broken = call
    with pytest.raises(BlobWriteError, match="it is down") as caught:
        store.put(LONG, limit=2 * PART)
    assert "secret" not in str(caught.value)
    assert objects(bucket) == []


def test_a_short_blob_is_one_request_and_never_under_another_name(store: BlobStore, bucket: Broken) -> None:
    bucket.broken = "copy"
    stored = store.put([b"short"], limit=5)
    name = stored.sha256.hex()
    assert objects(bucket) == [f"{name[:2]}/{name}"]


def test_a_part_that_could_not_be_deleted_is_found_as_unfinished_and_removed_by_age(
    store: BlobStore, bucket: Broken
) -> None:
    bucket.broken = "delete"
    stored = store.put(LONG, limit=2 * PART)
    bucket.broken = ""
    [left] = store.unfinished()
    assert left.size == stored.size
    now = datetime.now(UTC)
    assert store.remove_unfinished(before=now - timedelta(days=1)) == []
    assert store.remove_unfinished(before=now + timedelta(days=1)) == [left]
    assert store.unfinished() == []
    assert sum(map(len, store.stream(stored.sha256))) == stored.size


def test_a_bucket_that_cannot_be_read_is_not_a_blob_that_is_not_there(
    store: BlobStore, bucket: Broken
) -> None:
    stored = store.put([b"there"], limit=5)
    bucket.broken = "get"
    with pytest.raises(BlobReadError, match="it is down"):
        store.stream(stored.sha256)


def test_damage_in_the_bucket_is_found(store: BlobStore, bucket: Broken) -> None:
    stored = store.put([b"sealed"], limit=6)
    name = stored.sha256.hex()
    bucket.put(f"{name[:2]}/{name}", b"sealeD")
    with pytest.raises(BlobCorruptError, match="damaged"):
        list(store.stream(stored.sha256))


def test_a_long_source_is_not_gathered_in_memory_first(store: BlobStore, bucket: Broken) -> None:
    """The upload begins before the source ends: it takes the last piece."""
    uploading_at: list[bool] = []
    real = bucket._unless
    calls: list[str] = []

    def watched(call: str, *arguments: object, **named: object) -> object:
        calls.append(call)
        return real(call, *arguments, **named)

    def source() -> Iterator[bytes]:
        for _ in range(4):
            yield b"z" * PART
            uploading_at.append("put" in calls)

    bucket._unless = watched  # type: ignore[method-assign]
    store.put(source(), limit=4 * PART)
    assert uploading_at == [False, True, True, True]
