"""Reading a byte string from front to back, with a clear error where it ends too early or too late."""

from crypto.errors import EncodingError


class ByteReader:
    """`name` says in errors what is being read ("the transcript"); `error` is what is raised."""

    __slots__ = ("_at", "_data", "_error", "_name")

    def __init__(self, data: bytes, name: str, error: type[EncodingError] = EncodingError) -> None:
        self._data = data
        self._name = name
        self._error = error
        self._at = 0

    def take(self, count: int) -> bytes:
        """Exactly `count` bytes; EncodingError if fewer are left."""
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise self._error(f"{self._name} ends in the middle")
        self._at += count
        return taken

    def prefixed(self, size: int) -> bytes:
        """What stands behind its own length, a big-endian number of `size` bytes."""
        return self.take(int.from_bytes(self.take(size), "big"))

    def end(self) -> None:
        """EncodingError unless everything has been read."""
        if self._at != len(self._data):
            raise self._error(f"there is data after the end of {self._name}")
