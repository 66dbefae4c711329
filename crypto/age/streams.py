"""What the format needs of a file object: less than `BinaryIO`, and whole reads and writes."""

from typing import Protocol

from crypto.age.errors import AgeError


class Source(Protocol):
    """Something to read from: any binary file, `io.BytesIO`, or `armor.read`."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...

    def readline(self, limit: int, /) -> bytes: ...


class SeekableSource(Source, Protocol):
    """A source whose size can be known."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def tell(self) -> int: ...


class Target(Protocol):
    """Something to write to: any binary file, `io.BytesIO`, or an `armor.ArmorWriter`."""

    def write(self, data: memoryview, /) -> int | None: ...


def read_full(source: Source, buffer: memoryview) -> int:
    """Fills `buffer` as far as the source goes; fewer bytes than its length mean the end of the source."""
    filled = 0
    while filled < len(buffer):
        count = source.readinto(buffer[filled:])
        if count is None:
            raise AgeError("the source would block: age files are read from blocking file objects")
        if count == 0:
            break
        filled += count
    return filled


def write_full(target: Target, data: memoryview) -> None:
    """Writes all of `data`, also to a raw file that takes it in parts."""
    while data:
        count = target.write(data)
        if not count:
            raise AgeError("the target takes no bytes: age files are written to blocking file objects")
        data = data[count:]
