"""Whole age files: encrypt, decrypt, and the two halves of decrypting (unlock the header, open the payload).

An opening by threshold needs the halves apart: the header is read when the bid comes in, the file key is
known after the deadline, and the payload is opened then.
"""

from collections.abc import Callable, Sequence

from crypto.age import header as headers
from crypto.age import stream
from crypto.age.errors import NoMatchError
from crypto.age.header import FILE_KEY_SIZE, Header, Stanza
from crypto.age.payload import PayloadReader
from crypto.age.stream import NONCE_SIZE, ChunkCipher
from crypto.age.streams import SeekableSource, Source, Target, write_full
from crypto.errors import EncodingError
from crypto.randomness import RandomBytes

Wrap = Callable[[bytes, RandomBytes], Stanza]
"""Seals a file key to one recipient: `X25519Recipient(...).wrap`."""

Unwrap = Callable[[Sequence[Stanza]], bytes | None]
"""Finds the file key in the stanzas, or None if none is for it: `X25519Identity(...).unwrap`."""


def encrypt(source: Source, target: Target, wraps: Sequence[Wrap], *, random: RandomBytes) -> None:
    """Seals `source`, read to its end, to every recipient, and writes a binary age file.

    Constant memory. What has been written when an error is raised is no age file and is to be discarded.
    EncodingError if there is no recipient, or a passphrase among several.
    """
    file_key = random(FILE_KEY_SIZE)
    if len(file_key) != FILE_KEY_SIZE:
        raise EncodingError("the source of randomness gives fewer bytes than it is asked for")
    stanzas = tuple(wrap(file_key, random) for wrap in wraps)
    if not stanzas:
        raise EncodingError("a file is sealed to at least one recipient")
    if len(stanzas) > 1 and any(stanza.type == "scrypt" for stanza in stanzas):
        raise EncodingError("a file sealed with a passphrase has no other recipient")
    nonce = random(NONCE_SIZE)
    write_full(target, memoryview(Header.seal(stanzas, file_key).encode() + nonce))
    stream.seal(ChunkCipher(file_key, nonce), source, target)


def decrypt(source: Source, target: Target, unwraps: Sequence[Unwrap]) -> Header:
    """Opens a binary age file with the first identity that fits, and writes the plaintext.

    Constant memory; returns the header. Raises HeaderError, NoMatchError or HeaderMacError before anything is
    written, and
    PayloadError when the payload was altered or cut short: then the target holds authentic plaintext up
    to the fault, never any beyond it, and is to be discarded.
    """
    header = read_header(source)
    file_key = unlock(header, unwraps)
    nonce = stream.read_nonce(source)
    stream.open_all(ChunkCipher(file_key, nonce), source, target)
    return header


def read_header(source: Source) -> Header:
    """The header, strictly parsed and not yet authenticated; `source` then stands at the payload."""
    return headers.read(source)


def unlock(header: Header, unwraps: Sequence[Unwrap]) -> bytes:
    """The 16-byte file key, with the header's MAC verified under it. NoMatchError, HeaderMacError."""
    for unwrap in unwraps:
        file_key = unwrap(header.stanzas)
        if file_key is not None:
            header.verify(file_key)
            return file_key
    raise NoMatchError("no identity fits any stanza: the file was sealed to someone else")


def open_payload(file_key: bytes, source: SeekableSource) -> PayloadReader:
    """Random access to the plaintext; `source` stands just behind the header."""
    return PayloadReader(ChunkCipher(file_key, stream.read_nonce(source)), source)


def open_payload_to(file_key: bytes, source: Source, target: Target) -> None:
    """The second half of `decrypt`: `source` stands just behind the header."""
    stream.open_all(ChunkCipher(file_key, stream.read_nonce(source)), source, target)
