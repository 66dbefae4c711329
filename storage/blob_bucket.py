"""Blobs in an object store (S3 and what speaks its language), through obstore.

    prefix/incoming/<32 random hexadecimal digits>.part    being uploaded
    prefix/ab/ab12...                                      the blob whose SHA-256 begins with ab

An object store makes an object durable before it answers, and shows it whole or not at all. The steps of
`put`, for content of at most PART bytes: one request, under the blob's name. For longer content, whose hash
is known only after its bytes have gone:

1. Upload it in parts to incoming/.                 a crash leaves a hidden, unfinished upload
2. Copy it to its name, within the store.           a crash leaves the object in incoming/
3. Delete it from incoming/. Only now return.

Both left-overs cost money and nothing else. Objects in incoming/ are `unfinished()`; hidden uploads only the
bucket's own lifecycle rule removes (AbortIncompleteMultipartUpload after a day; the operator sets it).

Copying at once is limited by S3 to 5 GB, and so is a blob here. What our tests cover: this code against
obstore's store in memory, and the making of an S3 store. *Not* a real S3.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from obstore.exceptions import BaseError
from obstore.store import MemoryStore, S3Store

from storage.blobs import Unfinished
from storage.errors import BlobError, BlobNotFoundError, BlobReadError, BlobWriteError

PART = 8 << 20
_UPLOADS_AT_ONCE = 4


def s3_store(bucket: str, prefix: str) -> S3Store:
    """A bucket; region, endpoint and credentials come from the AWS_* variables, or the machine's role."""
    return S3Store(
        bucket,
        prefix=prefix or None,
        # Not every store that speaks S3 knows the bulk request (Alibaba Cloud OSS does not).
        disable_bulk_delete=True,
        # The time for a whole answer: a large blob, read as slowly as it is decrypted.
        client_options={"connect_timeout": timedelta(seconds=10), "timeout": timedelta(hours=1)},
        retry_config={"max_retries": 5, "retry_timeout": timedelta(minutes=1)},
    )


class BucketBackend:
    """Blobs in `store`."""

    def __init__(self, store: S3Store | MemoryStore) -> None:
        self._store = store

    def put(self, chunks: Iterator[bytes], name: Callable[[], str]) -> None:
        source = _Source(chunks)
        beginning = b"".join(source.take(PART))
        if source.exhausted:
            with _asking(BlobWriteError, source):
                self._store.put(_path(name()), beginning, use_multipart=False)
            return
        incoming = f"incoming/{secrets.token_hex(16)}.part"
        try:
            with _asking(BlobWriteError, source):
                self._store.put(
                    incoming,
                    source.after(beginning),
                    use_multipart=True,
                    chunk_size=PART,
                    max_concurrency=_UPLOADS_AT_ONCE,
                )  # 1
                self._store.copy(incoming, _path(name()))  # 2
        finally:
            with suppress(BaseError, OSError):
                self._store.delete(incoming)  # 3

    def stream(self, name: str, chunk: int) -> Iterator[bytes]:
        with _asking(BlobReadError):
            pieces = self._store.get(_path(name)).stream(chunk)
        return _pieces(iter(pieces))

    def read(self, name: str, start: int, length: int) -> bytes:
        with _asking(BlobReadError):
            return bytes(self._store.get_range(_path(name), start=start, length=length))

    def size(self, name: str) -> int:
        with _asking(BlobReadError):
            return self._store.head(_path(name))["size"]

    def delete(self, name: str) -> None:
        with _asking(BlobWriteError):
            self._store.delete(_path(name))

    def unfinished(self) -> list[Unfinished]:
        with _asking(BlobReadError):
            return [
                Unfinished(found["path"].rpartition("/")[2], found["size"], found["last_modified"])
                for page in self._store.list("incoming")
                for found in page
            ]

    def remove_unfinished(self, name: str) -> bool:
        with _asking(BlobWriteError):
            self._store.delete(f"incoming/{name}")
        return True


class _Source:
    """The chunks of a put, which knows an error of the source from one of the store.

    Both come out of obstore's call, and either may be an OSError.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.exhausted = False
        self.error: BaseException | None = None

    def take(self, at_least: int) -> Iterator[bytes]:
        """Chunks until `at_least` bytes have come, or all."""
        taken = 0
        for chunk in self._chunks:
            taken += len(chunk)
            yield chunk
            if taken > at_least:
                return
        self.exhausted = True

    def after(self, beginning: bytes) -> Iterator[bytes]:
        """`beginning`, and all chunks not yet taken."""
        yield beginning
        try:
            yield from self._chunks
        except BaseException as error:
            self.error = error
            raise
        self.exhausted = True


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"


def _pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        with _asking(BlobReadError):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


@contextmanager
def _asking(failure: type[BlobError], source: _Source | None = None) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        if source is not None and source.error is not None:
            raise source.error from None
        if failure is BlobReadError and isinstance(error, FileNotFoundError):
            raise BlobNotFoundError("there is no such blob in the bucket") from error
        # The first line: what follows are the store's own notes, addresses and all.
        lines = str(error).splitlines() or ["no reason given"]
        raise failure(f"the bucket could not be used: {lines[0]}") from error
