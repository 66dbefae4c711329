"""Reading a byte string from front to back, with a clear error where it ends too early or too late."""

from crypto.errors import EncodingError


class ByteReader:
    """`name` says in errors what is being read: "the transcript"."""

    __slots__ = ("_at", "_data", "_name")

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._at = 0

    def take(self, count: int) -> bytes:
        """Exactly `count` bytes; EncodingError if fewer are left."""
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise EncodingError(f"{self._name} ends in the middle")
        self._at += count
        return taken

    def end(self) -> None:
        """EncodingError unless everything has been read."""
        if self._at != len(self._data):
            raise EncodingError(f"there is data after the end of {self._name}")
