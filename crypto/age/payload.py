"""Random access to the plaintext of an age file without opening all of it (c2sp.org/age, "Payload").

The final chunk is authenticated first, so a file that was cut short or extended is refused before any
read; each further chunk is authenticated when it is first touched.
"""

import io

from crypto.age.errors import PayloadError
from crypto.age.stream import (
    CHUNK_SIZE,
    CUT_SHORT,
    SEALED_CHUNK_SIZE,
    TAG_SIZE,
    ChunkCipher,
)
from crypto.age.streams import SeekableSource, read_full


class PayloadReader(io.RawIOBase):
    """The plaintext as a seekable read-only file. It holds one chunk at a time.

    `source` stands at the first chunk and is used by nobody else meanwhile.
    """

    def __init__(self, cipher: ChunkCipher, source: SeekableSource) -> None:
        super().__init__()
        self._cipher = cipher
        self._source = source
        self._start = source.tell()
        sealed_size = source.seek(0, io.SEEK_END) - self._start
        self._chunks = max(-(-sealed_size // SEALED_CHUNK_SIZE), 1)
        self._sealed = memoryview(bytearray(SEALED_CHUNK_SIZE))
        self._plain = memoryview(bytearray(CHUNK_SIZE))
        self._loaded: int | None = None
        self._length = 0
        self.size = sealed_size - self._chunks * TAG_SIZE
        self._position = 0
        self._load(self._chunks - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a position in a file is not negative")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Up to one chunk's worth of bytes; 0 at the end. PayloadError if the chunk was altered."""
        if self._position >= self.size or not len(buffer):
            return 0
        index, offset = divmod(self._position, CHUNK_SIZE)
        if index != self._loaded:
            self._load(index)
        count = min(len(buffer), self._length - offset)
        memoryview(buffer).cast("B")[:count] = self._plain[offset : offset + count]
        self._position += count
        return count

    def _load(self, index: int) -> None:
        self._loaded = None  # until the chunk has authenticated, none is loaded
        self._source.seek(self._start + index * SEALED_CHUNK_SIZE)
        size = read_full(self._source, self._sealed)
        length = size - TAG_SIZE
        if length < 0:
            raise PayloadError(CUT_SHORT)
        final = index == self._chunks - 1
        self._cipher.open_into(index, self._sealed[:size], self._plain[:length], final=final)
        self._loaded, self._length = index, length
