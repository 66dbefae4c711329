"""The textual header of an age file: version line, stanzas, MAC line (c2sp.org/age, "Header").

Strict in both directions: for a header there is one byte string, and `Header.encode` gives back exactly the
bytes that `read` took.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.age import base64
from crypto.age.errors import AgeError, HeaderError, HeaderMacError
from crypto.age.streams import Source
from crypto.errors import EncodingError

VERSION_LINE = b"age-encryption.org/v1\n"
_STANZA_MARK = b"->"
_MAC_MARK = b"---"
COLUMNS = 64
MAC_SIZE = 32
FILE_KEY_SIZE = 16

MAX_HEADER_SIZE = 64 * 1024
"""Longer headers are refused: about 650 X25519 recipients. The format itself sets no limit."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient stanza: its type, the further arguments, and the body."""

    type: str
    args: tuple[str, ...]
    body: bytes

    def encode(self) -> bytes:
        """The stanza's lines. EncodingError for an argument that is empty or not printable ASCII."""
        for argument in (self.type, *self.args):
            if not argument or not all("!" <= character <= "~" for character in argument):
                raise EncodingError("a stanza argument is one or more printable ASCII characters")
        lines = [" ".join((_STANZA_MARK.decode(), self.type, *self.args))]
        text = base64.encode(self.body)
        lines += [text[start : start + COLUMNS] for start in range(0, len(text), COLUMNS)]
        if len(text) % COLUMNS == 0:
            lines.append("")  # the body ends with a short line, be it empty
        return "".join(line + "\n" for line in lines).encode("ascii")


@dataclass(frozen=True, slots=True)
class Header:
    """The stanzas and the MAC over them."""

    stanzas: tuple[Stanza, ...]
    mac: bytes

    @classmethod
    def seal(cls, stanzas: tuple[Stanza, ...], file_key: bytes) -> "Header":
        return cls(stanzas, header_mac(stanzas, file_key))

    def encode(self) -> bytes:
        return _authenticated_bytes(self.stanzas) + f" {base64.encode(self.mac)}\n".encode("ascii")

    def verify(self, file_key: bytes) -> None:
        """HeaderMacError unless the header is the one that this file key's owner wrote."""
        if not hmac.compare_digest(self.mac, header_mac(self.stanzas, file_key)):
            raise HeaderMacError("the header was altered: its MAC does not fit the file key")


def header_mac(stanzas: tuple[Stanza, ...], file_key: bytes) -> bytes:
    """HMAC-SHA-256 over the header up to and including its `---`."""
    key = HKDF(SHA256(), 32, salt=None, info=b"header").derive(file_key)
    return hmac.digest(key, _authenticated_bytes(stanzas), "sha256")


def read(source: Source) -> Header:
    """Reads a header and leaves `source` at the first byte of the payload. HeaderError if malformed."""
    lines = _lines(source)
    version = next(lines)
    if version != VERSION_LINE:
        raise HeaderError("not an age v1 file: it does not begin with age-encryption.org/v1")
    stanzas: list[Stanza] = []
    try:
        for line in lines:
            if line.startswith(_MAC_MARK):
                return Header(_at_least_one(stanzas), _parse_mac(line))
            stanzas.append(_parse_stanza(line, lines))
    except AgeError:
        raise  # also what an armored source says of its armor
    except EncodingError as error:
        raise HeaderError(f"the header is malformed: {error}") from error
    raise AssertionError("the iterator of lines never ends by itself")


def _at_least_one(stanzas: list[Stanza]) -> tuple[Stanza, ...]:
    if not stanzas:
        raise HeaderError("the header has no recipient stanza")
    return tuple(stanzas)


def _parse_mac(line: bytes) -> bytes:
    prefix = _MAC_MARK + b" "
    if not line.startswith(prefix):
        raise HeaderError("the MAC line is malformed")
    mac = base64.decode(_ascii(line[len(prefix) : -1]))
    if len(mac) != MAC_SIZE:
        raise HeaderError(f"the header's MAC has {MAC_SIZE} bytes, not {len(mac)}")
    return mac


def _parse_stanza(first: bytes, lines: Iterator[bytes]) -> Stanza:
    prefix = _STANZA_MARK + b" "
    if not first.startswith(prefix):
        raise HeaderError("a line of the header is neither a stanza nor the MAC")
    arguments = _ascii(first[len(prefix) : -1]).split(" ")
    if not all(argument and all("!" <= c <= "~" for c in argument) for argument in arguments):
        raise HeaderError("a stanza argument is empty or not printable ASCII")
    text = []
    for line in lines:
        text.append(_ascii(line[:-1]))
        if len(text[-1]) > COLUMNS:
            raise HeaderError(f"a stanza body is wrapped at {COLUMNS} columns")
        if len(text[-1]) < COLUMNS:
            break
    # Each full line is 48 bytes exactly, so decoding the joined text is decoding line by line.
    return Stanza(arguments[0], tuple(arguments[1:]), base64.decode("".join(text)))


def _ascii(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise HeaderError("the header holds a byte that is not ASCII") from error


def _authenticated_bytes(stanzas: tuple[Stanza, ...]) -> bytes:
    return VERSION_LINE + b"".join(stanza.encode() for stanza in stanzas) + _MAC_MARK


def _lines(source: Source) -> Iterator[bytes]:
    """Whole lines, within MAX_HEADER_SIZE in all; HeaderError where the file ends too early."""
    left = MAX_HEADER_SIZE
    while True:
        line = source.readline(left)
        left -= len(line)
        if not line.endswith(b"\n"):
            reason = f"is longer than {MAX_HEADER_SIZE} bytes" if left <= 0 else "ends in the middle"
            raise HeaderError(f"the header {reason}")
        yield line
