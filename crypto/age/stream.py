"""The payload of an age file, from end to end (c2sp.org/age, "Payload").

STREAM: chunks of 64 KiB under ChaCha20-Poly1305, the nonce an 11-byte counter and a byte that marks the
final chunk. Plaintext is written only when its own chunk has authenticated, and a source that ends before
a final chunk is an error: whoever calls must discard the target when PayloadError is raised.

Memory is constant: BLOCK_CHUNKS chunks in and out, and one more in, because a chunk can be told to be the
final one only when nothing follows it.
"""

from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.age.errors import HeaderError, PayloadError
from crypto.age.streams import Source, Target, read_full, write_full

NONCE_SIZE = 16
CHUNK_SIZE = 64 * 1024
TAG_SIZE = 16
SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE

BLOCK_CHUNKS = 16
"""Chunks read and written at once: enough to hide the cost of the calls, few enough for the cache."""

TRAILING = "there is data after the final chunk"
CUT_SHORT = "the file ends before its final chunk: it was cut short"
ALTERED = "the payload was altered"
EMPTY_FINAL = "the final chunk is empty although it is not the only one"


class ChunkCipher:
    """Seals and opens single chunks under the payload key of one file."""

    __slots__ = ("_aead",)

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._aead = ChaCha20Poly1305(HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key))

    def seal_into(self, index: int, plain: memoryview, sealed: memoryview, *, final: bool) -> None:
        self._aead.encrypt_into(_nonce(index, final=final), plain, None, sealed)

    def open_into(self, index: int, sealed: memoryview, plain: memoryview, *, final: bool) -> None:
        """PayloadError unless this is chunk `index`, final or not as said; `plain` is then undefined."""
        if len(sealed) < TAG_SIZE:
            raise PayloadError(CUT_SHORT)
        if final and len(sealed) == TAG_SIZE and index:
            raise PayloadError(EMPTY_FINAL)
        try:
            self._aead.decrypt_into(_nonce(index, final=final), sealed, None, plain)
        except InvalidTag:
            raise PayloadError(ALTERED) from None


def _nonce(index: int, *, final: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if final else b"\x00")


def read_nonce(source: Source) -> bytes:
    nonce = bytearray(NONCE_SIZE)
    if read_full(source, memoryview(nonce)) < NONCE_SIZE:
        raise HeaderError("the file ends before the nonce of its payload")
    return bytes(nonce)


def seal(cipher: ChunkCipher, source: Source, target: Target) -> None:
    """Reads `source` to its end and writes the sealed chunks."""
    sealed = memoryview(bytearray((BLOCK_CHUNKS + 1) * SEALED_CHUNK_SIZE))
    places = _places(sealed, SEALED_CHUNK_SIZE)
    for first, chunks, ended in _blocks(source, CHUNK_SIZE):
        final = len(chunks) - 1 if ended else None
        size = 0
        for i, chunk in enumerate(chunks):
            place = places[i][: len(chunk) + TAG_SIZE]
            cipher.seal_into(first + i, chunk, place, final=i == final)
            size += len(place)
        write_full(target, sealed[:size])


def open_all(cipher: ChunkCipher, source: Source, target: Target) -> None:
    """Reads sealed chunks to the end of `source` and writes the plaintext; PayloadError as above."""
    plain = memoryview(bytearray((BLOCK_CHUNKS + 1) * CHUNK_SIZE))
    places = _places(plain, CHUNK_SIZE)
    for first, chunks, ended in _blocks(source, SEALED_CHUNK_SIZE):
        final = len(chunks) - 1 if ended else None
        size = 0
        try:
            for i, chunk in enumerate(chunks):
                place = places[i][: max(len(chunk) - TAG_SIZE, 0)]
                try:
                    cipher.open_into(first + i, chunk, place, final=i == final)
                except PayloadError:
                    # A whole chunk may be genuine and only out of its place at the end: then its
                    # plaintext is authentic, and what follows it, or does not, is the error.
                    if len(chunk) < SEALED_CHUNK_SIZE:
                        raise
                    cipher.open_into(first + i, chunk, place, final=i != final)
                    size += len(place)
                    raise PayloadError(CUT_SHORT if i == final else TRAILING) from None
                size += len(place)
        finally:
            write_full(target, plain[:size])


def _blocks(source: Source, chunk_size: int) -> Iterator[tuple[int, list[memoryview], bool]]:
    """(index of the first chunk, chunks, whether the source ended with them), to the end of `source`.

    Only the last chunk of an ended block may be shorter, and it is empty only if the whole source is. The
    chunks are views of one buffer: each block is to be used before the next is asked for.
    """
    buffer = memoryview(bytearray((BLOCK_CHUNKS + 1) * chunk_size))
    places = _places(buffer, chunk_size)
    first, size = 0, read_full(source, buffer)
    while size == len(buffer):
        yield first, places[:BLOCK_CHUNKS], False
        first += BLOCK_CHUNKS
        places[0][:] = places[BLOCK_CHUNKS]
        size = chunk_size + read_full(source, buffer[chunk_size:])
    whole, rest = divmod(size, chunk_size)
    chunks = places[:whole]
    if rest or not whole:
        chunks = [*chunks, places[whole][:rest]]
    yield first, chunks, True


def _places(buffer: memoryview, chunk_size: int) -> list[memoryview]:
    return [buffer[start : start + chunk_size] for start in range(0, len(buffer), chunk_size)]
