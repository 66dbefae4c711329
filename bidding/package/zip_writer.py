"""A ZIP of stored members, of which there is one byte string for one list of members.

Nothing in it depends on the machine, the clock or a library's version. It is written front to end, so the target can
be a pipe into the sealing; sizes and CRCs are therefore known before.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bidding.package.errors import ContentError
from bidding.package.zip_records import EndRecord, Facts


class Target(Protocol):
    """Any binary file."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A member to be written: its name, its size and CRC-32, and its content in pieces, read when its turn comes."""

    name: str
    size: int
    crc: int
    pieces: Iterable[bytes]

    @classmethod
    def of(cls, name: str, content: bytes) -> "Stored":
        return cls(name, len(content), zlib.crc32(content), (content,))


def write_zip(members: Sequence[Stored], target: Target) -> None:
    """Writes all members in their order. ContentError if one's pieces are not what its size and CRC say."""
    offset, directory = 0, bytearray()
    for member in members:
        facts = Facts.stored(member.name, member.size, member.crc)
        header = facts.local_header()
        target.write(header)
        size = crc = 0
        for piece in member.pieces:
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            target.write(piece)
        if (size, crc) != (member.size, member.crc):
            raise ContentError("changed", member.name)
        directory += facts.directory_entry(offset)
        offset += len(header) + size
    target.write(bytes(directory))
    target.write(EndRecord.of(len(members), len(directory), offset).to_bytes())
