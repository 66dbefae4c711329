"""ASCII armor: an age file as text, in the strict PEM of RFC 7468 section 3 (c2sp.org/age, "ASCII armor").

Reading allows white space before and after the block and CR LF line ends, as the format permits, and
nothing else: no headers, no text around it, no line but the last shorter than 64 columns, canonical base64.
"""

import base64
import binascii
import io

from crypto.age.errors import ArmorError
from crypto.age.header import COLUMNS
from crypto.age.streams import Source, Target, write_full

BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
END = b"-----END AGE ENCRYPTED FILE-----"
_LINE_BYTES = COLUMNS // 4 * 3
_MAX_LINE = COLUMNS + len(b"\r\n")
_MAX_SURROUNDING_SPACE = 1024


def read(source: Source) -> io.BufferedReader:
    """The age file inside the armor, as a stream; reading it raises ArmorError where it is not strict."""
    return io.BufferedReader(_ArmorReader(source), 64 * 1024)


class ArmorWriter:
    """Armors what is written to it. Whoever makes it must call `finish`, or the armor has no end."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._pending = b""
        self._write(BEGIN + b"\n")

    def write(self, data: "bytes | memoryview", /) -> int:
        whole = self._pending + bytes(data)
        cut = len(whole) - len(whole) % _LINE_BYTES
        self._write(b"".join(_line(whole[i : i + _LINE_BYTES]) for i in range(0, cut, _LINE_BYTES)))
        self._pending = whole[cut:]
        return len(data)

    def finish(self) -> None:
        last = _line(self._pending) if self._pending else b""
        self._write(last + END + b"\n")

    def _write(self, data: bytes) -> None:
        write_full(self._target, memoryview(data))


def _line(data: bytes) -> bytes:
    return base64.b64encode(data) + b"\n"


class _ArmorReader(io.RawIOBase):
    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._decoded = b""
        self._begun = self._ended = False
        self._last_line_seen = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        while not self._decoded and not self._ended:
            self._advance()
        count = min(len(buffer), len(self._decoded))
        memoryview(buffer)[:count] = self._decoded[:count]
        self._decoded = self._decoded[count:]
        return count

    def _advance(self) -> None:
        """Takes one line of the armor."""
        if not self._begun:
            self._begin()
            return
        line = self._line()
        if line == END:
            self._end()
            return
        if self._last_line_seen:
            raise ArmorError("a line of the armor is shorter than 64 columns and not the last")
        self._last_line_seen = len(line) < COLUMNS or line.endswith(b"=")
        self._decoded = _decode(line)

    def _begin(self) -> None:
        left = _MAX_SURROUNDING_SPACE
        while (line := self._source.readline(left)).isspace():
            left -= len(line)
        if _without_line_end(line) != BEGIN:
            raise ArmorError(f"the armor does not begin with {BEGIN.decode()}")
        self._begun = True

    def _end(self) -> None:
        left = _MAX_SURROUNDING_SPACE
        while rest := self._source.readline(left + 1):
            left -= len(rest)
            if left < 0 or not rest.isspace():
                raise ArmorError("there is text after the end of the armor, or too much white space")
        self._ended = True

    def _line(self) -> bytes:
        raw = self._source.readline(_MAX_LINE)
        if not raw:
            raise ArmorError("the armor has no end line: it was cut short")
        return _without_line_end(raw)


def _without_line_end(raw: bytes) -> bytes:
    return raw.removesuffix(b"\n").removesuffix(b"\r") if raw.endswith(b"\n") else raw


def _decode(line: bytes) -> bytes:
    try:
        data = base64.b64decode(line, validate=True)
    except binascii.Error:
        data = b""
    if not data or base64.b64encode(data) != line or len(line) > COLUMNS:
        raise ArmorError("a line of the armor is not canonical base64 of at most 64 columns")
    return data
