"""A blob as a file that can seek, one window of it in memory: what an age payload is read from."""

import io

from storage.blobs import BlobStore

WINDOW = 1 << 20


class BlobFile(io.RawIOBase):
    """Reading only. Raises BlobNotFoundError, BlobReadError; what it reads is not verified (BlobStore.read)."""

    def __init__(self, blobs: BlobStore, sha256: bytes) -> None:
        super().__init__()
        self._blobs = blobs
        self._sha256 = sha256
        self.size = blobs.size(sha256)
        self._position = 0
        self._start = 0
        self._window = b""

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
        offset = self._position - self._start
        if not 0 <= offset < len(self._window):
            length = min(WINDOW, self.size - self._position)
            if length <= 0:
                return 0
            self._window = self._blobs.read(self._sha256, start=self._position, length=length)
            self._start, offset = self._position, 0
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._window) - offset)
        view[:count] = self._window[offset : offset + count]
        self._position += count
        return count

    def readline(self, size: int | None = -1, /) -> bytes:
        """By the window: the header's lines are short."""
        most = self.size if size is None or size < 0 else size
        line = b""
        while len(line) < most:
            at = self._position
            buffer = bytearray(min(4096, most - len(line)))
            piece = bytes(buffer[: self.readinto(buffer)])
            if not piece:
                break
            end = piece.find(b"\n") + 1
            if end:
                self.seek(at + end)
                return line + piece[:end]
            line += piece
        return line
