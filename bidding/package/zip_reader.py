"""A strict reader of ZIPs: front to end, once, with every byte accounted for.

    1. At the start, and behind each member, stands a local header or the directory: nothing before, between or behind.
    2. Each member's name, size, method and flags are checked before any of its content is unpacked.
    3. Its content is unpacked in bounded pieces; it has exactly the size and CRC that the header says.
    4. The directory says of each member what its local header said, in the same order, and where that was.
    5. The end record says how many members there are and where the directory is; then the file ends.

So there is one reading of the file: a tool that goes by the directory and one that goes by the headers see the same.
The standard library's reader goes by the directory alone, and passes over what stands elsewhere.
"""

import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bidding.package.errors import ContainerError
from bidding.package.limits import ZIP_LIMIT, Limits
from bidding.package.names import MAX_NAME, NameSet
from bidding.package.zip_records import (
    CENTRAL_SIGN,
    CENTRAL_SIZE,
    DEFLATE_FLAGS,
    DEFLATED,
    ENCRYPTED_FLAGS,
    END_SIGN,
    END_SIZE,
    LOCAL_SIGN,
    LOCAL_SIZE,
    STORED,
    STREAMED_FLAG,
    UTF8_FLAG,
    ZIP64_SIGNS,
    DirectoryEntry,
    EndRecord,
    Facts,
    LocalHeader,
)

PIECE = 256 * 1024
"""Read at once, and at most unpacked at once."""

_HARMLESS_EXTRAS = {0x000A, 0x5455, 0x5855, 0x7855, 0x7875}
"""Times and owners, which zip and 7-Zip write unless told not to; nobody reads them here."""
_ZIP64_EXTRA = 0x0001
_MAX_NEEDED = 20


class Source(Protocol):
    """Any binary file, also one that cannot seek; it may give fewer bytes than it is asked for."""

    def read(self, size: int, /) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Member:
    """What the header of a member says: its name and its size unpacked, in bytes."""

    name: str
    size: int


class ZipReader:
    """Reads `source` once. Raises ContainerError, which names the member."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._position = 0
        self._seen: list[tuple[Facts, int]] = []
        self._names = NameSet()
        self._total = 0

    def members(self) -> Iterator[tuple[Member, Iterator[bytes]]]:
        """Each member with the pieces of its content, which are to be read before the next is asked for.

        What is left unread of a member is read then. The source has been checked to its end when this ends.
        """
        sign = self._take(4)
        if sign in {LOCAL_SIGN, END_SIGN}:  # an empty ZIP is one, whatever its reader makes of it
            while sign == LOCAL_SIGN:
                facts = self._header()
                pieces = self._content(facts)
                yield Member(facts.name.decode(), facts.size), pieces
                for _ in pieces:
                    pass
                sign = self._take(4)
            self._directory(sign)
        elif sign in ZIP64_SIGNS:
            raise ContainerError("zip64")
        else:
            raise ContainerError("not-a-zip")

    def _header(self) -> Facts:
        """1. and 2.: a local header behind its signature."""
        offset = self._position - 4
        header = LocalHeader.parse(self._take(LOCAL_SIZE))
        name = self._take(header.name_size)
        facts = header.facts(name)
        text = _text(name)
        self._extras(self._take(header.extra_size), text)
        _check_flags(facts, text)
        if facts.packed >= ZIP_LIMIT or facts.size >= ZIP_LIMIT:
            raise ContainerError("zip64", text)
        if facts.method not in {STORED, DEFLATED} or facts.needed > _MAX_NEEDED:
            raise ContainerError("method", text, method=facts.method)
        if facts.method == STORED and facts.packed != facts.size:
            raise ContainerError("size", text)
        self._names.add(text)
        if len(self._seen) == self._limits.members:
            raise ContainerError("too-many", text, limit=self._limits.members)
        self._total += facts.size
        if self._total > self._limits.size:
            raise ContainerError("too-large", text, limit=self._limits.size)
        if facts.size > self._limits.ratio * max(facts.packed, 1):
            raise ContainerError("ratio", text, limit=self._limits.ratio)
        self._seen.append((facts, offset))
        return facts

    def _content(self, facts: Facts) -> Iterator[bytes]:
        """3.: the unpacked pieces of a member, none longer than PIECE."""
        text = facts.name.decode()
        size = crc = 0
        for piece in self._packed(facts) if facts.method == STORED else self._inflated(facts, text):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            if size > facts.size:
                raise ContainerError("size", text)
            yield piece
        if size != facts.size:
            raise ContainerError("size", text)
        if crc != facts.crc:
            raise ContainerError("damaged", text)

    def _packed(self, facts: Facts) -> Iterator[bytes]:
        left = facts.packed
        while left:
            piece = self._some(min(left, PIECE))
            left -= len(piece)
            yield piece

    def _inflated(self, facts: Facts, text: str) -> Iterator[bytes]:
        """One deflate stream, which ends where the member does."""
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in self._packed(facts):
            rest = packed
            while rest:
                if unpacker.eof:
                    raise ContainerError("damaged", text)
                try:
                    piece = unpacker.decompress(rest, PIECE)
                except zlib.error as error:
                    raise ContainerError("damaged", text) from error
                rest = unpacker.unconsumed_tail or unpacker.unused_data
                if piece:
                    yield piece
        while not unpacker.eof:  # output that had no room in the last piece
            piece = unpacker.decompress(b"", PIECE)
            if not piece and not unpacker.eof:
                raise ContainerError("damaged", text)
            yield piece

    def _directory(self, sign: bytes) -> None:
        """4. and 5.: the directory, whose first signature has been read, and the end of the file."""
        start = self._position - 4
        if sign not in {CENTRAL_SIGN, END_SIGN, *ZIP64_SIGNS}:
            raise ContainerError("between")
        for facts, offset in self._seen:
            self._entry(sign, facts, offset)
            sign = self._take(4)
        if sign in ZIP64_SIGNS:
            raise ContainerError("zip64")
        if sign != END_SIGN:
            raise ContainerError("directory-end")
        size = self._position - 4 - start
        end = EndRecord.parse(self._take(END_SIZE))
        if end.comment_size:
            raise ContainerError("comment", self._take(end.comment_size).decode("utf-8", "replace"))
        if end != EndRecord.of(len(self._seen), size, start):
            raise ContainerError("directory-end")
        if self._source.read(1):
            raise ContainerError("appended")

    def _entry(self, sign: bytes, facts: Facts, offset: int) -> None:
        text = facts.name.decode()
        if sign != CENTRAL_SIGN:
            raise ContainerError("directory-mismatch", text)
        entry = DirectoryEntry.parse(self._take(CENTRAL_SIZE))
        name = self._take(entry.header.name_size)
        self._extras(self._take(entry.header.extra_size), text)
        if entry.comment_size:
            raise ContainerError("comment", self._take(entry.comment_size).decode("utf-8", "replace"))
        if entry.header.facts(name) != facts or entry.offset != offset or entry.disk:
            raise ContainerError("directory-mismatch", text)
        if stat.S_IFMT(entry.mode) not in {0, stat.S_IFREG}:
            raise ContainerError("not-a-file", text)

    def _extras(self, data: bytes, text: str) -> None:
        while data:
            field, size = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
            if field == _ZIP64_EXTRA:
                raise ContainerError("zip64", text)
            if field not in _HARMLESS_EXTRAS or len(data) < 4 + size:
                raise ContainerError("extra", text, field=field)
            data = data[4 + size :]

    def _take(self, count: int) -> bytes:
        """Exactly that many bytes, at most 65,535."""
        data = b""
        while len(data) < count:
            data += self._some(count - len(data))
        return data

    def _some(self, count: int) -> bytes:
        """At least one byte, at most `count`, which is not 0."""
        data = self._source.read(count)
        if not data:
            raise ContainerError("cut-short")
        self._position += len(data)
        return data


def _text(name: bytes) -> str:
    """The name as text. UTF-8 whatever the flag says: zip writes it without, and the manifest has the same name."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContainerError("name-encoding", name.decode("utf-8", "backslashreplace")) from error
    if len(name) > MAX_NAME:
        raise ContainerError("name-long", text, limit=MAX_NAME)
    return text


def _check_flags(facts: Facts, text: str) -> None:
    if facts.flags & ENCRYPTED_FLAGS:
        raise ContainerError("encrypted", text)
    if facts.flags & STREAMED_FLAG:
        raise ContainerError("streamed", text)
    if facts.flags & ~(UTF8_FLAG | DEFLATE_FLAGS):
        raise ContainerError("flags", text, flags=facts.flags)
