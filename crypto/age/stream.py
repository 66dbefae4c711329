"""The payload of an age file, from end to end (c2sp.org/age, "Payload").

STREAM: chunks of 64 KiB under ChaCha20-Poly1305, the nonce an 11-byte counter and a byte that marks the
final chunk. Plaintext is written only when its own chunk has authenticated, and a source that ends before
a final chunk is an error: whoever calls must discard the target when PayloadError is raised.

Memory is constant: two blocks of BLOCK_CHUNKS chunks in, one out.
"""

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

BLOCK_CHUNKS = 8
"""Chunks read and written at once: enough to hide the cost of the calls, small enough for the cache."""

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
    blocks = [memoryview(bytearray(BLOCK_CHUNKS * CHUNK_SIZE)) for _ in range(2)]
    sealed = memoryview(bytearray(BLOCK_CHUNKS * SEALED_CHUNK_SIZE))
    index = 0
    size = read_full(source, blocks[0])
    while True:
        following = read_full(source, blocks[1]) if size == len(blocks[0]) else 0
        written = 0
        for start in range(0, max(size, 1), CHUNK_SIZE):  # an empty payload is one empty chunk
            chunk = blocks[0][start : min(start + CHUNK_SIZE, size)]
            final = not following and start + CHUNK_SIZE >= size
            end = written + len(chunk) + TAG_SIZE
            cipher.seal_into(index, chunk, sealed[written:end], final=final)
            written, index = end, index + 1
        write_full(target, sealed[:written])
        if not following:
            return
        blocks.reverse()
        size = following


def open_all(cipher: ChunkCipher, source: Source, target: Target) -> None:
    """Reads sealed chunks to the end of `source` and writes the plaintext; PayloadError as above."""
    blocks = [memoryview(bytearray(BLOCK_CHUNKS * SEALED_CHUNK_SIZE)) for _ in range(2)]
    plain = memoryview(bytearray(BLOCK_CHUNKS * CHUNK_SIZE))
    index = 0
    size = read_full(source, blocks[0])
    while True:
        following = read_full(source, blocks[1]) if size == len(blocks[0]) else 0
        written = 0
        try:
            for start in range(0, max(size, 1), SEALED_CHUNK_SIZE):
                chunk = blocks[0][start : min(start + SEALED_CHUNK_SIZE, size)]
                final = not following and start + SEALED_CHUNK_SIZE >= size
                end = written + max(len(chunk) - TAG_SIZE, 0)
                try:
                    cipher.open_into(index, chunk, plain[written:end], final=final)
                except PayloadError:
                    # A whole chunk may be genuine and only out of its place at the end: then its
                    # plaintext is authentic, and what follows it, or does not, is the error.
                    if len(chunk) < SEALED_CHUNK_SIZE:
                        raise
                    cipher.open_into(index, chunk, plain[written:end], final=not final)
                    written = end
                    raise PayloadError(CUT_SHORT if final else TRAILING) from None
                written, index = end, index + 1
        finally:
            write_full(target, plain[:written])
        if not following:
            return
        blocks.reverse()
        size = following
