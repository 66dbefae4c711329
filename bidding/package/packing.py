"""Makes a package: the same contents, signed with the same bytes, give the same file.

1. Each content is read once, for its size, SHA-256 and CRC.
2. The manifest lists them, for one log, lot, part and bid; the bidder signs it.
3. The ZIP is written, each content read again as its turn comes; one that changed meanwhile is an error.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bidding.package.errors import ContainerError, RecordError
from bidding.package.limits import Limits
from bidding.package.manifest import Binding, ListedMember, Manifest
from bidding.package.names import FORM, GUARANTEE, MANIFEST, SIGNATURE
from bidding.package.signature import ManifestSignature
from bidding.package.zip_writer import Stored, Target, write_zip


class Content(Protocol):
    """Something that becomes a member: `pieces` reads it anew from its start each time it is called."""

    @property
    def name(self) -> str: ...

    def pieces(self) -> Iterable[bytes]: ...


@dataclass(frozen=True, slots=True)
class BytesContent:
    """A content that is in memory."""

    name: str
    data: bytes

    def pieces(self) -> Iterator[bytes]:
        return iter((self.data,))


@dataclass(frozen=True, slots=True)
class Measured:
    """A content that was read once."""

    content: Content
    listed: ListedMember
    crc: int


def measure(contents: Iterable[Content], limits: Limits) -> tuple[Measured, ...]:
    """1. ContainerError for more than the limits; RecordError for a form or guarantee that is too long."""
    measured: list[Measured] = []
    total = 0
    for content in contents:
        digest, size, crc = hashlib.sha256(), 0, 0
        for piece in content.pieces():
            digest.update(piece)
            size, crc = size + len(piece), zlib.crc32(piece, crc)
        total += size
        if total > limits.size:
            raise ContainerError("too-large", content.name, limit=limits.size)
        most = {FORM: limits.record, GUARANTEE: limits.guarantee}.get(content.name, size)
        if size > most:
            raise RecordError("json-long", content.name, limit=most)
        measured.append(Measured(content, ListedMember(content.name, digest.hexdigest(), size), crc))
    if len(measured) + 2 > limits.members:
        raise ContainerError("too-many", measured[limits.members - 2].content.name, limit=limits.members)
    return tuple(measured)


def manifest_of(measured: Sequence[Measured], binding: Binding) -> Manifest:
    """2. What the bidder is to sign. ContainerError or RecordError for contents that make no package."""
    return Manifest.of(binding, tuple(one.listed for one in measured))


def write_package(
    measured: Sequence[Measured], manifest: Manifest, signature: ManifestSignature, target: Target
) -> None:
    """3. ContentError if a content is not what was measured."""
    by_name = {one.listed.name: one for one in measured}
    members = [Stored.of(MANIFEST, manifest.to_bytes()), Stored.of(SIGNATURE, signature.to_bytes())]
    for listed in manifest.members:
        one = by_name[listed.name]
        members.append(Stored(listed.name, listed.size, one.crc, one.content.pieces()))
    write_zip(members, target)


def pack(
    contents: Iterable[Content],
    binding: Binding,
    sign: Callable[[bytes], ManifestSignature],
    target: Target,
    limits: Limits,
) -> Manifest:
    """All three steps. `sign` is given the manifest's bytes."""
    measured = measure(contents, limits)
    manifest = manifest_of(measured, binding)
    write_package(measured, manifest, sign(manifest.to_bytes()), target)
    return manifest
