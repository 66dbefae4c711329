"""Seals the package of a part to the lot and to the bidder itself, describes sealed files, and rehearses the opening.

    1. The age file is sealed to the lot's recipient first, then to the bidder's own.
    2. Its SHA-256 and size are taken as it is written.
    3. Bound to that hash, the sealer proves that it knows the secret of the lot's stanza.

All streams, in constant memory. What can be checked without any keyholder is checked here; that the lot's stanza really
is for the lot's key, only its maker knows, and the opening shows.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bidding.package.errors import SealedFileError
from bidding.package.manifest import Binding
from bidding.package.reading import Package, read_package
from bidding.package.sheet import SheetPart
from bidding.package.signature import Parties
from crypto import age
from crypto.age import armor
from crypto.age.errors import AgeError, HeaderError
from crypto.age.header import MAX_HEADER_SIZE, VERSION_LINE
from crypto.age.stream import CHUNK_SIZE, NONCE_SIZE, TAG_SIZE
from crypto.age.streams import SeekableSource, Source, Target
from crypto.curve import montgomery
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.threshold import KnownStanza, ephemeral_point, lot_stanza, verify_knowledge
from ledger.entries.bids import SealedPart
from ledger.view.release import knowledge_context

_PIECE = 1 << 20


class SealedSource(SeekableSource, Protocol):
    """A sealed file: any binary file that can seek."""

    def read(self, size: int, /) -> bytes: ...


def seal(
    source: Source,
    target: Target,
    part: SheetPart,
    binding: Binding,
    own: Sequence[age.X25519Recipient],
    *,
    random: RandomBytes,
) -> SealedPart:
    """Seals `source`, read to its end, and says how the file stands in a bid, always with the proof of knowledge.

    Raises SealedFileError if the file is longer than the part takes; then, and on any other error, what was written
    is to be discarded. The lot's stanza is remembered until the proof is made, and no longer.
    """
    known = KnownStanza(part.parsed_recipient())
    noting = _Noting(target, part.max_size)
    # 1. and 2.
    age.encrypt(source, noting, [known.wrap, *(recipient.wrap for recipient in own)], random=random)
    # 3.
    sha256 = noting.digest.digest()
    proof = known.prove(knowledge_context(binding.origin, binding.lot, binding.part, sha256.hex()), random)
    header = age.read_header(io.BytesIO(noting.start))
    return SealedPart.of(part.name, header, sha256, noting.size, proof)


def sealed_size(size: int, recipients: int) -> int:
    """The size of a file of `size` bytes sealed to that many X25519 recipients."""
    stanza = len("-> X25519 ") + 43 + 1 + 43 + 1
    header = len(VERSION_LINE) + recipients * stanza + len("--- ") + 43 + 1
    return header + NONCE_SIZE + size + max(-(-size // CHUNK_SIZE), 1) * TAG_SIZE


def describe(source: SealedSource, part: str) -> SealedPart:
    """How a file that any age program sealed stands in a bid, without a proof of knowledge. Reads it to its end.

    SealedFileError unless it is a binary age file whose first X25519 stanza a secret may touch.
    """
    source.seek(0)
    header = _header(source)
    source.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return SealedPart.of(part, header, digest.digest(), size)


def check_for_lot(described: SealedPart, part: SheetPart, binding: Binding) -> None:
    """SealedFileError if the lot would refuse the file by what is known without opening it: its size, and the proof."""
    if described.size > part.max_size:
        raise SealedFileError("sealed-size", limit=part.max_size)
    if part.knowledge and not described.knowledge:
        raise SealedFileError("no-proof")
    if described.knowledge:
        context = knowledge_context(binding.origin, binding.lot, binding.part, described.sha256)
        try:
            point = montgomery.from_u(bytes.fromhex(described.share))
            verify_knowledge(point, context, bytes.fromhex(described.knowledge))
        except CryptoError as error:
            raise SealedFileError("sealed-differs", what="knowledge") from error


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came out of a sealed file: the package, and the SHA-256 of its bytes in hexadecimal."""

    package: Package
    sha256: str


def rehearse(
    source: SealedSource,
    described: SealedPart,
    part: SheetPart,
    identity: age.X25519Identity,
    binding: Binding,
    parties: Parties,
) -> Rehearsed:
    """Opens the bidder's own copy as the opening will.

    1. The file is the one that was described, and one that the lot takes.
    2. The lot's stanza is the first, the bidder's own stands behind it.
    3. It opens, and the package in it holds.

    SealedFileError or another PackageError if not. `source` stands at its start.
    """
    # 1.
    found = describe(source, described.part)
    for what in ("sha256", "size", "header", "share"):
        if getattr(found, what) != getattr(described, what):
            raise SealedFileError("sealed-differs", what=what)
    check_for_lot(described, part, binding)
    # 2.
    source.seek(0)
    try:
        header = age.read_header(source)
        if identity.unwrap([lot_stanza(header)]) is not None:
            raise SealedFileError("own-first")
        file_key = age.unlock(header, [identity.unwrap])
        # 3.
        reader = _Hashing(io.BufferedReader(age.open_payload(file_key, source), _PIECE))
        package = read_package(reader, binding, parties, part.limits(), priced=part.priced)
        return Rehearsed(package, reader.digest.hexdigest())
    except AgeError as error:
        raise SealedFileError("does-not-open", reason=error) from error


class _Hashing:
    """Passes on what is read, and notes its hash."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


class _Noting:
    """Passes on what is written, and notes its hash, size and start."""

    def __init__(self, target: Target, max_size: int) -> None:
        self._target = target
        self._max_size = max_size
        self.digest = hashlib.sha256()
        self.size = 0
        self.start = b""

    def write(self, data: memoryview, /) -> int | None:
        count = self._target.write(data)
        if count:
            written = data[:count]
            self.digest.update(written)
            self.size += count
            if self.size > self._max_size:
                raise SealedFileError("sealed-size", limit=self._max_size)
            if len(self.start) < MAX_HEADER_SIZE:
                self.start += bytes(written[: MAX_HEADER_SIZE - len(self.start)])
        return count


def _header(source: SealedSource) -> age.Header:
    """The header, whose first X25519 stanza is one that a keyholder would answer for. SealedFileError."""
    start = source.read(len(armor.BEGIN))
    source.seek(0)
    if start == armor.BEGIN:
        raise SealedFileError("armored")
    try:
        header = age.read_header(source)
    except AgeError as error:
        raise SealedFileError("not-age", reason=error) from error
    try:
        ephemeral_point(lot_stanza(header))
    except HeaderError as error:
        raise SealedFileError("no-lot-stanza", reason=error) from error
    return header
