"""Reads and checks a package that a stranger made, front to end, once (docs/spec/sealed-bid.md).

    1. manifest.json is the first member: it is of its schema, and made for this log, lot, part and bid.
    2. signature.json is the second: a known party signed the manifest.
    3. Every further member is in the manifest, with that size and SHA-256.
    4. No member of the manifest is missing, and the file ends as a ZIP does.
    5. bid.json is of its schema, made for this kind of part of this lot, and its bidder is the party that signed.

Memory is bounded by the limits: documents pass through in pieces, only the JSON is kept.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from bidding.package import records
from bidding.package.errors import BindingError, ContentError, RecordError
from bidding.package.forms import Form, PartForm, PriceForm, parse_form
from bidding.package.limits import Limits
from bidding.package.manifest import Binding, ListedMember, Manifest
from bidding.package.names import FORM, GUARANTEE, MANIFEST, SIGNATURE
from bidding.package.signature import ManifestSignature, Parties
from bidding.package.zip_reader import Member, Source, ZipReader
from bidding.package.zip_writer import Target

Keep = Callable[[ListedMember], Target | None]
"""Where a document goes, or None for nowhere. What was written is to be discarded if reading fails in the end."""

_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it was found. An archive within is listed as what it is, and never opened here."""

    name: str
    sha256: str
    size: int
    is_archive: bool


@dataclass(frozen=True, slots=True)
class Package:
    """A package that held; it prints nothing of what is in it.

    `guarantee` is the bytes of guarantee.json, whose meaning nobody has checked yet.
    """

    manifest: Manifest = field(repr=False)
    signature: ManifestSignature = field(repr=False)
    form: Form = field(repr=False)
    guarantee: bytes | None = field(repr=False)
    documents: tuple[Document, ...] = field(repr=False)


def read_package(
    source: Source,
    binding: Binding,
    parties: Parties,
    limits: Limits,
    *,
    priced: bool,
    keep: Keep = lambda _: None,
) -> Package:
    """The package in `source`, which is read to its end. PackageError if anything about it is wrong.

    `priced` says whether the part is the one with the price. `keep` is asked for each document where it goes.
    """
    members = ZipReader(source, limits).members()
    # 1.
    manifest_bytes = _first(members, MANIFEST, limits.record)
    manifest = Manifest.parse(manifest_bytes)
    manifest.require(binding)
    # 2.
    signature = ManifestSignature.parse(_first(members, SIGNATURE, limits.record))
    party = signature.verify(manifest_bytes, parties)
    # 3.
    listed = {member.name: member for member in manifest.members}
    contents: dict[str, bytes] = {}
    documents: list[Document] = []
    for member, pieces in members:
        expected = listed.pop(member.name, None)
        if expected is None:
            raise ContentError("unlisted", member.name)
        if member.size != expected.size:
            raise ContentError("size-differs", member.name)
        if member.name in {FORM, GUARANTEE}:
            most = limits.guarantee if member.name == GUARANTEE else limits.record
            contents[member.name] = b"".join(_hashed(_bounded(member, pieces, most), expected))
        else:
            documents.append(_document(expected, pieces, keep(expected)))
    # 4.
    for name in listed:
        raise ContentError("missing", name)
    # 5.
    form = parse_form(contents[FORM])
    if isinstance(form, PriceForm) != priced:
        raise RecordError("form-kind", FORM, expected=records.type_of(PriceForm if priced else PartForm))
    if form.lot != binding.lot:
        raise BindingError("other-lot", FORM, found=form.lot, expected=binding.lot)
    if form.part != binding.part:
        raise BindingError("other-part", FORM, found=form.part, expected=binding.part)
    if form.bidder.credit_code != party:
        raise BindingError("other-bidder", FORM)
    guarantee = contents.get(GUARANTEE)
    if guarantee is not None:
        records.parse_object(guarantee, of=GUARANTEE)
    return Package(manifest, signature, form, guarantee, tuple(documents))


def read_manifest(source: Source, limits: Limits) -> Manifest:
    """Only the manifest, for whoever packed it to look up; nothing else of the file is read or checked."""
    return Manifest.parse(_first(ZipReader(source, limits).members(), MANIFEST, limits.record))


def _first(members: Iterator[tuple[Member, Iterator[bytes]]], name: str, most: int) -> bytes:
    with suppress(StopIteration):
        member, pieces = next(members)
        if member.name != name:
            raise ContentError("manifest-first", member.name)
        return b"".join(_bounded(member, pieces, most))
    raise ContentError("missing", name)


def _bounded(member: Member, pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    if member.size > most:
        raise RecordError("json-long", member.name, limit=most)
    return pieces


def _hashed(pieces: Iterator[bytes], expected: ListedMember) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != expected.sha256:
        raise ContentError("hash-differs", expected.name)


def _document(expected: ListedMember, pieces: Iterator[bytes], target: Target | None) -> Document:
    start = b""
    for piece in _hashed(pieces, expected):
        start = start or piece[:8]
        if target is not None:
            target.write(piece)
    return Document(expected.name, expected.sha256, expected.size, start.startswith(_ARCHIVES))
