"""The three records of a ZIP that a package has (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).

All numbers are little-endian. The records of ZIP64, encryption and data descriptors do not occur in a package.
"""

import struct
from dataclasses import dataclass
from typing import Self

LOCAL_SIGN = b"PK\x03\x04"
CENTRAL_SIGN = b"PK\x01\x02"
END_SIGN = b"PK\x05\x06"
ZIP64_SIGNS = (b"PK\x06\x06", b"PK\x06\x07")

STORED, DEFLATED = 0, 8
UTF8_FLAG = 1 << 11
DEFLATE_FLAGS = 0b110
"""How hard the packer tried: no meaning for reading."""
ENCRYPTED_FLAGS = 1 << 0 | 1 << 6 | 1 << 13
STREAMED_FLAG = 1 << 3

_FACTS = struct.Struct("<5H3I2H")
_CENTRAL_TAIL = struct.Struct("<3H2I")
_END = struct.Struct("<4H2IH")

LOCAL_SIZE = _FACTS.size
CENTRAL_SIZE = 2 + _FACTS.size + _CENTRAL_TAIL.size
END_SIZE = _END.size
"""Of the fixed part, without the signature of four bytes."""

PACKED_BY = 3 << 8 | 20
"""Made on Unix, by version 2.0 of the specification: the first with folders and deflate."""
NEEDED = 20
EPOCH_DATE = 1 << 5 | 1
"""1 January 1980, the first day that a ZIP can name."""
PLAIN_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Facts:
    """What the local header and the directory both say of a member."""

    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: bytes

    @classmethod
    def stored(cls, name: str, size: int, crc: int) -> Self:
        """Of a member as our packer writes it."""
        return cls(NEEDED, UTF8_FLAG, STORED, 0, EPOCH_DATE, crc, size, size, name.encode())

    def _fixed(self) -> bytes:
        numbers = (
            self.needed,
            self.flags,
            self.method,
            self.time,
            self.date,
            self.crc,
            self.packed,
            self.size,
        )
        return _FACTS.pack(*numbers, len(self.name), 0)

    def local_header(self) -> bytes:
        """The header before the member's content."""
        return LOCAL_SIGN + self._fixed() + self.name

    def directory_entry(self, offset: int) -> bytes:
        """The entry in the directory, of the member whose header is at `offset`."""
        tail = _CENTRAL_TAIL.pack(0, 0, 0, PLAIN_FILE, offset)
        return CENTRAL_SIGN + PACKED_BY.to_bytes(2, "little") + self._fixed() + tail + self.name


@dataclass(frozen=True, slots=True)
class LocalHeader:
    """The fixed part, without the name; `extra_size` bytes follow the name."""

    numbers: tuple[int, int, int, int, int, int, int, int]
    name_size: int
    extra_size: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From LOCAL_SIZE bytes behind the signature."""
        found = _FACTS.unpack(data)
        return cls(found[:8], found[8], found[9])

    def facts(self, name: bytes) -> Facts:
        return Facts(*self.numbers, name)


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """The fixed part of an entry in the directory."""

    header: LocalHeader
    comment_size: int
    disk: int
    mode: int
    offset: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From CENTRAL_SIZE bytes behind the signature."""
        header = LocalHeader.parse(data[2 : 2 + LOCAL_SIZE])
        comment_size, disk, _, attributes, offset = _CENTRAL_TAIL.unpack(data[2 + LOCAL_SIZE :])
        return cls(header, comment_size, disk, attributes >> 16, offset)


@dataclass(frozen=True, slots=True)
class EndRecord:
    """The last record: how many members, and where the directory is."""

    disk: int
    directory_disk: int
    members_here: int
    members: int
    directory_size: int
    directory_offset: int
    comment_size: int

    @classmethod
    def of(cls, members: int, directory_size: int, directory_offset: int) -> Self:
        return cls(0, 0, members, members, directory_size, directory_offset, 0)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From END_SIZE bytes behind the signature."""
        return cls(*_END.unpack(data))

    def to_bytes(self) -> bytes:
        numbers = (self.disk, self.directory_disk, self.members_here, self.members)
        return END_SIGN + _END.pack(*numbers, self.directory_size, self.directory_offset, self.comment_size)
