"""A package counts in one place, holds what its manifest lists, and is signed by the bidder that it names."""

import io
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.package import records
from bidding.package.errors import (
    BindingError,
    ContainerError,
    ContentError,
    PackageError,
    RecordError,
    SignerError,
)
from bidding.package.forms import Bidder
from bidding.package.limits import Limits
from bidding.package.manifest import ListedMember, Manifest
from bidding.package.packing import BytesContent, manifest_of, measure, write_package
from bidding.package.reading import Package, read_manifest, read_package
from bidding.package.signature import ManifestSignature
from bidding.package.signing import sign_by_key
from tests.unit.bidding.package.crafted_zip import Entry, crafted, honest
from tests.unit.bidding.package.example import (
    BIDDER,
    BINDING,
    DOCUMENT,
    FORM_OF_PRICE,
    FORM_OF_TECHNICAL,
    PARTIES,
    PARTY_KEY,
    SHEET,
    SIGN,
    contents,
    elsewhere,
    packed,
    read,
)

STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
GUARANTEE = BytesContent("guarantee.json", b'{"number":"BH-1"}')


def refused(data: bytes, **to: str) -> PackageError:
    with pytest.raises(PackageError) as caught:
        read(data, elsewhere(**to))
    return caught.value


def repacked(manifest: bytes | None = None, **members: bytes) -> bytes:
    """The honest package with members changed or added (dots written as two underlines), and signed again."""
    found = {entry.name.decode(): entry.content for entry in honest(packed(DOCUMENT))}
    if manifest is not None:
        found["manifest.json"] = manifest
        found["signature.json"] = SIGN(manifest).to_bytes()
    found |= {name.replace("__", "."): content for name, content in members.items()}
    return crafted(*(Entry(name.encode(), content) for name, content in found.items()))


def test_what_was_packed_is_read() -> None:
    package = read(packed(DOCUMENT, GUARANTEE))
    assert package.form == FORM_OF_PRICE
    assert package.form.bidder == BIDDER
    assert package.guarantee == GUARANTEE.data
    assert [document.name for document in package.documents] == [DOCUMENT.name]
    assert package.manifest.documents[0].sha256 == package.documents[0].sha256
    assert FORM_OF_PRICE.fen == 468_000_000


def test_a_part_without_a_price_is_read() -> None:
    binding = SHEET.binding("technical", BINDING.bid)
    assert read(packed(form=FORM_OF_TECHNICAL, binding=binding), binding).form == FORM_OF_TECHNICAL


def test_documents_go_where_the_reader_says() -> None:
    kept = io.BytesIO()

    def keep(document: ListedMember) -> io.BytesIO | None:
        return kept if document.name == DOCUMENT.name else None

    data = packed(DOCUMENT, BytesContent("documents/z.bin", b"z" * 1_000_000))
    read_package(io.BytesIO(data), BINDING, PARTIES, Limits(), priced=True, keep=keep)
    assert kept.getvalue() == DOCUMENT.data


def test_the_same_contents_give_the_same_file_in_whatever_order_they_come() -> None:
    other = BytesContent("documents/b.txt", b"b")
    assert packed(DOCUMENT, other, GUARANTEE) == packed(GUARANTEE, other, DOCUMENT)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({"origin": "other.example"}, "other-log"),
        ({"lot": "2026-0317/2"}, "other-lot"),
        ({"part": "technical"}, "other-part"),
        ({"bid": "ab" * 32}, "other-bid"),
    ],
)
def test_a_copy_elsewhere_is_refused(to: dict[str, str], code: str) -> None:
    error = refused(packed(), **to)
    assert isinstance(error, BindingError)
    assert error.code == code


def test_a_form_of_another_lot_or_part_or_kind_is_refused() -> None:
    assert refused(packed(form=replace(FORM_OF_PRICE, lot="other"))).code == "other-lot"
    assert refused(packed(form=replace(FORM_OF_PRICE, part="other"))).code == "other-part"
    assert refused(packed(form=FORM_OF_TECHNICAL)).code == "form-kind"


def test_a_bid_in_anothers_name_is_refused() -> None:
    theirs = Bidder("乙公司", "91460000MA5T00001F")
    error = refused(packed(form=replace(FORM_OF_PRICE, bidder=theirs)))
    assert error.code == "other-bidder"
    assert theirs.name not in str(error)


def test_a_signature_by_a_stranger_is_refused() -> None:
    error = refused(packed(sign=sign_by_key(STRANGER)))
    assert isinstance(error, SignerError)
    assert error.code == "signer"


def test_a_strangers_signature_under_a_known_key_is_refused() -> None:
    known = PARTY_KEY.public_key().public_bytes_raw().hex()

    def sign(manifest: bytes) -> ManifestSignature:
        return replace(sign_by_key(STRANGER)(manifest), key=known)

    assert refused(packed(sign=sign)).code == "signature"


def test_a_signature_on_the_bare_manifest_is_refused() -> None:
    known = PARTY_KEY.public_key().public_bytes_raw().hex()

    def sign(manifest: bytes) -> ManifestSignature:
        return ManifestSignature(known, (), PARTY_KEY.sign(manifest).hex())

    assert refused(packed(sign=sign)).code == "signature"


def test_a_changed_manifest_is_refused() -> None:
    manifest = read(packed(DOCUMENT)).manifest
    other = replace(manifest, members=manifest.members[:1]).to_bytes()
    assert refused(repacked(manifest__json=other)).code == "signature"


def test_member_that_is_not_in_the_manifest_is_refused() -> None:
    error = refused(repacked(**{"documents/extra__txt": b"x"}))
    assert isinstance(error, ContentError)
    assert (error.code, error.member) == ("unlisted", "documents/extra.txt")


def test_member_that_is_not_in_the_package_is_refused() -> None:
    without = [entry for entry in honest(packed(DOCUMENT)) if entry.name.decode() != DOCUMENT.name]
    error = refused(crafted(*without))
    assert (error.code, error.member) == ("missing", DOCUMENT.name)


@pytest.mark.parametrize("count", [0, 1])
def test_package_without_its_first_members_is_refused(count: int) -> None:
    assert refused(crafted(*honest()[:count])).code == "missing"


def test_another_content_is_refused_by_size_or_hash() -> None:
    changed = {DOCUMENT.name: DOCUMENT.data[:-1] + b"!"}
    error = refused(repacked(**changed))
    assert (error.code, error.member) == ("hash-differs", DOCUMENT.name)
    assert refused(repacked(**{DOCUMENT.name: DOCUMENT.data + b"!"})).code == "size-differs"


def test_json_that_is_not_canonical_or_not_of_its_schema_is_refused() -> None:
    manifest = read(packed(DOCUMENT)).manifest.to_bytes()
    assert refused(repacked(manifest=manifest + b"\n")).code == "json"
    assert refused(repacked(manifest=manifest.replace(b'"bid"', b'"Bid"', 1))).code == "schema"
    extra = manifest.replace(b'"type"', b'"strange":1,"type"')
    assert refused(repacked(manifest=extra)).code == "schema"
    assert refused(repacked(manifest=manifest.replace(b"manifest/v1", b"manifest/v2"))).code == "schema"
    assert refused(repacked(manifest=b"[]")).code == "json"
    signature = SIGN(manifest)
    both = replace(signature, chain=("00",)).to_bytes()
    assert refused(repacked(signature__json=both)).code == "schema"
    assert refused(repacked(signature__json=replace(signature, key="").to_bytes())).code == "schema"


def test_key_that_is_no_point_is_refused_as_a_signer() -> None:
    signature = ManifestSignature("00" * 32, (), "00" * 64)
    assert refused(repacked(signature__json=signature.to_bytes())).code == "signer"


def test_guarantee_is_an_object_within_its_limit() -> None:
    assert refused(packed(BytesContent("guarantee.json", b"[]"))).code == "json"
    assert refused(packed(BytesContent("guarantee.json", b'{"a": 1}'))).code == "json"
    with pytest.raises(RecordError) as caught:
        read(packed(GUARANTEE), limits=Limits(guarantee=10))
    assert (caught.value.code, caught.value.member) == ("json-long", "guarantee.json")
    with pytest.raises(RecordError):
        measure(contents(GUARANTEE), Limits(guarantee=10))


@pytest.mark.parametrize(
    "names",
    [
        ("documents/a.txt",),
        ("bid.json", "manifest.json"),
        ("bid.json", "bid.json"),
        ("bid.json", "documents/../x"),
        ("bid.json", "documents/A", "documents/a"),
        ("documents/a", "bid.json"),
    ],
)
def test_manifest_that_no_package_fits_is_refused(names: tuple[str, ...]) -> None:
    members = tuple(ListedMember(name, "ab" * 32, 1) for name in names)
    data = Manifest(BINDING.origin, BINDING.lot, BINDING.part, BINDING.bid, members).to_bytes()
    with pytest.raises((RecordError, ContainerError)):
        Manifest.parse(data)


def test_a_file_that_changes_while_it_is_packed_is_noticed() -> None:
    class Changing:
        name = "documents/log.txt"
        reads = 0

        def pieces(self) -> tuple[bytes, ...]:
            self.reads += 1
            return (b"x" * self.reads,)

    changing = Changing()
    measured = measure([*contents(), changing], Limits())
    manifest = manifest_of(measured, BINDING)
    with pytest.raises(ContentError) as caught:
        write_package(measured, manifest, SIGN(manifest.to_bytes()), io.BytesIO())
    assert (caught.value.code, caught.value.member) == ("changed", "documents/log.txt")


def test_packing_keeps_to_the_limits() -> None:
    for limits in (Limits(size=100), Limits(members=3)):
        with pytest.raises(ContainerError):
            measure(contents(DOCUMENT, GUARANTEE), limits)
    with pytest.raises(ValueError, match="4 GiB"):
        Limits(size=1 << 32)


def test_the_manifest_alone_can_be_read() -> None:
    data = packed(DOCUMENT)
    assert read_manifest(io.BytesIO(data[:800]), Limits()) == read(data).manifest


def test_a_package_prints_nothing_of_what_is_in_it() -> None:
    package = read(packed(DOCUMENT))
    assert isinstance(package, Package)
    assert repr(package) == "Package()"


def test_what_a_schema_does_not_allow_is_not_written() -> None:
    with pytest.raises(RecordError):
        records.to_bytes(replace(FORM_OF_PRICE, total="4680000"))
