"""ZIPs made byte by byte, so that a test can put into them what no packer writes."""

import struct
import zlib
from dataclasses import dataclass, field, replace

from tests.unit.bidding.package.example import packed


@dataclass(frozen=True)
class Entry:
    """A member: its content, and whatever is to differ from an honest header. None: as it should be."""

    name: bytes
    content: bytes = b""
    flags: int = 1 << 11
    method: int = 0
    packed: bytes | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    after: bytes = b""
    directory: dict[str, int | bytes] = field(default_factory=dict)
    """What only the directory says: name, size, packed_size, crc, flags, method, offset, mode, extra, comment, disk."""

    def _values(self) -> dict[str, int | bytes]:
        body = self.content if self.packed is None else self.packed
        return {
            "name": self.name,
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.content) if self.crc is None else self.crc,
            "packed_size": len(body) if self.packed_size is None else self.packed_size,
            "size": len(self.content) if self.size is None else self.size,
            "extra": self.extra,
        }

    def local(self) -> bytes:
        v = self._values()
        body = self.content if self.packed is None else self.packed
        numbers = (20, v["flags"], v["method"], 0, 33, v["crc"], v["packed_size"], v["size"])
        header = struct.pack("<4s5H3I2H", b"PK\x03\x04", *numbers, len(self.name), len(self.extra))
        return header + self.name + self.extra + body + self.after

    def central(self, offset: int) -> bytes:
        v = {
            **self._values(),
            "offset": offset,
            "mode": 0o100644,
            "comment": b"",
            "disk": 0,
            **self.directory,
        }
        name, extra, comment = v["name"], v["extra"], v["comment"]
        assert isinstance(name, bytes)
        assert isinstance(extra, bytes)
        assert isinstance(comment, bytes)
        assert isinstance(v["mode"], int)
        numbers = (0x314, 20, v["flags"], v["method"], 0, 33, v["crc"], v["packed_size"], v["size"])
        sizes = (len(name), len(extra), len(comment))
        head = struct.pack("<4s6H3I3H", b"PK\x01\x02", *numbers, *sizes)
        return (
            head + struct.pack("<2H2I", v["disk"], 0, v["mode"] << 16, v["offset"]) + name + extra + comment
        )


def crafted(*entries: Entry, before: bytes = b"", after: bytes = b"", **end: int | bytes) -> bytes:
    """A ZIP of the entries. `end` changes count, count_here, size, offset or comment of the end record."""
    body, directory = before, b""
    for entry in entries:
        directory += entry.central(len(body))
        body += entry.local()
    comment = end.get("comment", b"")
    assert isinstance(comment, bytes)
    numbers = (
        end.get("count_here", len(entries)),
        end.get("count", len(entries)),
        end.get("size", len(directory)),
        end.get("offset", len(body)),
    )
    record = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, *numbers, len(comment)) + comment
    return body + directory + record + after


def honest(data: bytes | None = None) -> list[Entry]:
    """The members of a package, as entries to be changed."""
    data, entries, at = packed() if data is None else data, [], 0
    while data[at : at + 4] == b"PK\x03\x04":
        found = struct.unpack("<5H3I2H", data[at + 4 : at + 30])
        size, name_size = found[7], found[8]
        name = data[at + 30 : at + 30 + name_size]
        start = at + 30 + name_size
        entries.append(Entry(name, data[start : start + size]))
        at = start + size
    return entries


def changed(entry: Entry, **values: object) -> list[Entry]:
    """An honest package with `entry`'s namesake changed."""
    return [replace(one, **values) if one.name == entry.name else one for one in honest()]  # type: ignore[arg-type]


def deflated(content: bytes, level: int = 9) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()
