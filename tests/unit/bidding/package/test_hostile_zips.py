"""What no package may hold, each refused with its code and the member named."""

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from bidding.package.errors import ContainerError, PackageError
from bidding.package.limits import DEFAULT_LIMITS, Limits
from bidding.package.names import MANIFEST, SIGNATURE
from bidding.package.packing import BytesContent
from bidding.package.zip_reader import PIECE, ZipReader
from tests.unit.bidding.package.crafted_zip import Entry, crafted, deflated, honest
from tests.unit.bidding.package.example import packed, read

DOC = b"documents/a.txt"
LONG = b"".join(b"%d apples, " % number for number in range(100_000))
FIRST = Entry(b"bid.json", b"{}")


def refused(data: bytes, limits: Limits = DEFAULT_LIMITS) -> ContainerError:
    with pytest.raises(ContainerError) as caught:
        for _ in ZipReader(io.BytesIO(data), limits).members():
            pass
    return caught.value


def accepted(data: bytes) -> dict[str, bytes]:
    members = ZipReader(io.BytesIO(data), DEFAULT_LIMITS).members()
    return {member.name: b"".join(pieces) for member, pieces in members}


def test_what_stock_packers_write_is_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("bid.json", b"{}" * 50)
        writer.writestr("documents/技术.txt", b"")
        writer.writestr("documents/b/long.bin", LONG)
    assert accepted(target.getvalue()) == {
        "bid.json": b"{}" * 50,
        "documents/技术.txt": b"",
        "documents/b/long.bin": LONG,
    }


def test_our_own_is_read_by_the_standard_library() -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as reader:
        assert reader.testzip() is None
        assert reader.namelist() == ["manifest.json", "signature.json", "bid.json"]
        assert {info.date_time for info in reader.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def of(**values: object) -> Callable[[], bytes]:
    """One document that is crafted so, behind an honest member."""
    return lambda: crafted(FIRST, replace(Entry(DOC, b"text"), **values))  # type: ignore[arg-type]


def named(name: bytes | str) -> Callable[[], bytes]:
    return of(name=name if isinstance(name, bytes) else name.encode())


def in_directory(**values: int | bytes) -> Callable[[], bytes]:
    return of(directory=values)


def with_data_descriptor() -> bytes:
    crc = zlib.crc32(b"text").to_bytes(4, "little")
    size = (4).to_bytes(4, "little")
    descriptor = b"PK\x07\x08" + crc + size + size
    real: dict[str, int | bytes] = {"crc": zlib.crc32(b"text"), "size": 4, "packed_size": 4}
    streamed = Entry(
        DOC, b"text", flags=1 << 3, crc=0, size=0, packed_size=0, after=descriptor, directory=real
    )
    return crafted(FIRST, streamed)


def zip64_end() -> bytes:
    data = crafted(FIRST)
    end = data.rindex(b"PK\x05\x06")
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(44)
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    return data[:end] + record + locator + data[end:]


ZIP64_EXTRA = b"\x01\x00\x10\x00" + (4).to_bytes(8, "little") * 2
CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    # where bytes stand that no member accounts for
    "nothing": ("cut-short", lambda: b""),
    "no zip": ("not-a-zip", lambda: b"%PDF-1.7 and so on"),
    "prepended": ("not-a-zip", lambda: crafted(FIRST, before=b"MZ")),
    "prepended, offsets kept": ("not-a-zip", lambda: b"#!/bin/sh\n" + crafted(FIRST)),
    "appended": ("appended", lambda: crafted(FIRST, after=b"\0")),
    "second zip appended": ("appended", lambda: crafted(FIRST) + crafted(FIRST)),
    "gap between members": ("between", lambda: crafted(replace(FIRST, after=b"gap!"), Entry(DOC))),
    "gap before directory": ("between", lambda: crafted(replace(FIRST, after=b"gap!"))),
    "archive comment": ("comment", lambda: crafted(FIRST, comment=b"hello")),
    "member comment": ("comment", in_directory(comment=b"hello")),
    "cut in a header": ("cut-short", lambda: crafted(FIRST)[:20]),
    "cut in a content": ("cut-short", lambda: crafted(FIRST)[:39]),
    "cut in the end record": ("cut-short", lambda: crafted(FIRST)[:-1]),
    # member only in the directory, only in front, or told twice
    "member hidden from the directory": (
        "directory-mismatch",
        lambda: Entry(DOC, b"evil").local() + crafted(FIRST),
    ),
    "one local member, twice in the directory": ("directory-end", lambda: doubled_in_directory()),
    "count too high": ("directory-end", lambda: crafted(FIRST, count=2, count_here=2)),
    "count on this disk differs": ("directory-end", lambda: crafted(FIRST, count_here=2)),
    "directory said to be elsewhere": ("directory-end", lambda: crafted(FIRST, offset=0)),
    "directory said to be longer": ("directory-end", lambda: crafted(FIRST, size=1)),
    # header against directory
    "other name in the directory": ("directory-mismatch", in_directory(name=b"documents/b.txt")),
    "other size in the directory": ("directory-mismatch", in_directory(size=3)),
    "other packed size in the directory": ("directory-mismatch", in_directory(packed_size=3)),
    "other crc in the directory": ("directory-mismatch", in_directory(crc=1)),
    "other method in the directory": ("directory-mismatch", in_directory(method=8)),
    "other flags in the directory": ("directory-mismatch", in_directory(flags=0)),
    "encrypted only in the directory": ("directory-mismatch", in_directory(flags=1)),
    "overlapping: points at another member": ("directory-mismatch", in_directory(offset=0)),
    "on another disk": ("directory-mismatch", in_directory(disk=1)),
    # kinds of members
    "symbolic link": ("not-a-file", in_directory(mode=0o120777)),
    "device": ("not-a-file", in_directory(mode=0o020666)),
    "folder by its name": ("not-a-file", named(b"documents/a/")),
    "folder by its mode": ("not-a-file", in_directory(mode=0o040755)),
    # flags, methods, extras
    "encrypted": ("encrypted", of(flags=1)),
    "strongly encrypted": ("encrypted", of(flags=1 << 6)),
    "masked directory": ("encrypted", of(flags=1 << 13)),
    "data descriptor": ("streamed", with_data_descriptor),
    "patched data": ("flags", of(flags=1 << 5)),
    "bzip2": ("method", of(method=12)),
    "AES by method": ("method", of(method=99)),
    "zip64 extra": ("zip64", of(extra=ZIP64_EXTRA)),
    "zip64 extra in the directory": ("zip64", in_directory(extra=ZIP64_EXTRA)),
    "zip64 sizes": ("zip64", of(size=0xFFFFFFFF, packed_size=0xFFFFFFFF)),
    "zip64 end records": ("zip64", zip64_end),
    "unicode path extra": ("extra", of(extra=b"\x75\x70\x05\x00\x01aaaa")),
    "AES extra": ("extra", of(extra=b"\x01\x99\x02\x00aa")),
    "extra longer than its field": ("extra", of(extra=b"\x55\x54\xff\x00a")),
    "extra of three bytes": ("extra", of(extra=b"\x55\x54\x00")),
    # names
    "parent": ("name-path", named("documents/../../etc/passwd")),
    "parent at the start": ("name-path", named("../bid.json")),
    "dot": ("name-path", named("documents/./a")),
    "absolute": ("name-path", named("/etc/passwd")),
    "drive": ("name-path", named("C:/windows")),
    "drive without slash": ("name-path", named("c:a.txt")),
    "backslash": ("name-path", named("documents\\a.txt")),
    "network path": ("name-path", named("\\\\host\\a")),
    "empty step": ("name-path", named("documents//a")),
    "empty name": ("name-path", named("")),
    "GBK": ("name-encoding", named("documents/技术方案.txt".encode("gbk"))),
    "CP437": ("name-encoding", of(name=b"documents/\x81.txt", flags=0)),
    "overlong UTF-8": ("name-encoding", named(b"documents/\xc0\xaf")),
    "surrogate in UTF-8": ("name-encoding", named(b"documents/\xed\xa0\x80")),
    "parent in a compatibility form": ("name-path", named("documents/‥/a")),
    "parent in full width": ("name-path", named("documents／．．／a")),
    "NUL": ("name-characters", named(b"documents/a\0.txt")),
    "line feed": ("name-characters", named("documents/a\nb")),
    "turned around": ("name-characters", named("documents/\u202etxt.exe")),
    "zero width": ("name-characters", named("documents/a\u200b.txt")),
    "star": ("name-characters", named("documents/*.txt")),
    "stream of NTFS": ("name-characters", named("documents/a.txt:b")),
    "full stop at the end": ("name-characters", named("documents/a.txt.")),
    "space at the end": ("name-characters", named("documents/a ")),
    "device of Windows": ("name-characters", named("documents/NUL.txt")),
    "not NFC": ("name-form", named("documents/e\u0301.txt")),
    "long step": ("name-long", named("documents/" + "a" * 256)),
    "long name": ("name-long", named("documents/" + "a/" * 252 + "aaa")),
    "very long name": ("name-long", named(b"documents/" + b"a" * 60_000)),
    "at the top": ("name-place", named("a.txt")),
    "the folder's name alone": ("name-place", named("documents")),
    "another folder": ("name-place", named("__MACOSX/a.txt")),
    "the form in capitals": ("name-place", named("BID.JSON")),
    # contents
    "stored, two sizes": ("size", of(size=5)),
    "deflated to more than it says": ("size", of(method=8, packed=deflated(b"text" * 9), size=4)),
    "deflated to less than it says": ("size", of(method=8, packed=deflated(b"text"), size=5)),
    "wrong crc": ("damaged", of(crc=1)),
    "no deflate": ("damaged", of(method=8, packed=b"\xff\xff\xff")),
    "deflate without an end": ("damaged", of(method=8, packed=deflated(b"text")[:-1])),
    "bytes behind the deflate's end": ("damaged", of(method=8, packed=deflated(b"text") + b"x")),
    "second deflate behind the first": ("damaged", of(method=8, packed=deflated(b"te") + deflated(b"xt"))),
    "deflated from nothing": ("damaged", of(method=8, packed=b"", content=b"")),
    "bomb": ("ratio", of(method=8, packed=deflated(bytes(1 << 20)), content=bytes(1 << 20))),
    "bomb that hides its size": ("size", of(method=8, packed=deflated(bytes(1 << 24)), size=1 << 18)),
}


def doubled_in_directory() -> bytes:
    data = crafted(FIRST)
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    return data[:end] + data[start:end] + data[end:]


@pytest.mark.parametrize("case", CASES)
def test_refused_with_its_code(case: str) -> None:
    code, make = CASES[case]
    assert refused(make()).code == code


MEMBERLESS = {"between", "cut-short", "not-a-zip", "appended", "comment", "directory-end"}


@pytest.mark.parametrize("case", CASES)
def test_the_member_is_named_in_both_languages(case: str) -> None:
    code, make = CASES[case]
    error = refused(make())
    if code in MEMBERLESS or case in {"zip64 end records", "empty name"}:
        return
    assert error.member
    shown = str(error).split('"')[1]
    assert shown in error.said.zh
    assert all(char.isprintable() for char in error.said.zh + error.said.en)


def pair(one: str, other: str) -> bytes:
    return crafted(FIRST, Entry(one.encode(), b"1"), Entry(other.encode(), b"2"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("documents/a.txt", "documents/a.txt"),
        ("documents/a.txt", "documents/A.TXT"),
        ("documents/straße", "documents/STRASSE"),
        ("documents/ﬁle", "documents/file"),
        ("documents/\u212b", "documents/\u00e5"),
        ("documents/１", "documents/1"),
        ("documents/a", "documents/a/b"),
        ("documents/a/b", "documents/A"),
    ],
)
def test_two_names_of_one_file_are_refused(one: str, other: str) -> None:
    error = refused(pair(one, other))
    assert error.code in {"duplicate", "name-form"}
    assert error.member in {one, other}


def test_limits_on_number_size_and_ratio_are_arguments() -> None:
    many = crafted(*(Entry(b"documents/%d" % number, b"12") for number in range(5)))
    assert refused(many, Limits(members=4)).code == "too-many"
    assert refused(many, Limits(size=9)).code == "too-large"
    packed_well = Entry(DOC, bytes(1000), method=8, packed=deflated(bytes(1000)))
    assert accepted(crafted(packed_well)) == {"documents/a.txt": bytes(1000)}
    assert refused(crafted(packed_well), Limits(ratio=50)).code == "ratio"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = crafted(Entry(DOC, bytes(1 << 24), method=8, packed=deflated(bytes(1 << 24))))
    for member, _ in ZipReader(io.BytesIO(bomb), Limits(ratio=2000)).members():
        assert member.size == 1 << 24
    with pytest.raises(ContainerError, match="times its size"):
        next(ZipReader(io.BytesIO(bomb), DEFAULT_LIMITS).members())


def test_pieces_are_bounded_however_much_they_unpack_to() -> None:
    content = bytes(3 * PIECE + 5)
    bomb = crafted(Entry(DOC, content, method=8, packed=deflated(content)))
    ((_, pieces),) = [
        (member, [len(piece) for piece in pieces])
        for member, pieces in ZipReader(io.BytesIO(bomb), Limits(ratio=2000)).members()
    ]
    assert max(pieces) <= PIECE
    assert sum(pieces) == len(content)


def test_a_bomb_that_hides_its_size_is_unpacked_no_further_than_that_size() -> None:
    bomb = crafted(Entry(DOC, bytes(1 << 24), method=8, packed=deflated(bytes(1 << 24)), size=PIECE))
    _, pieces = next(ZipReader(io.BytesIO(bomb), DEFAULT_LIMITS).members())
    assert len(next(pieces)) == PIECE
    with pytest.raises(ContainerError) as caught:
        next(pieces)
    assert (caught.value.code, caught.value.member) == ("size", DOC.decode())


def test_nested_archives_are_listed_and_not_opened() -> None:
    inner = crafted(Entry(b"../../evil", b"x"))
    package = read(packed(BytesContent("documents/inner.zip", inner), BytesContent("documents/a.txt", b"PK")))
    assert [(found.name, found.is_archive) for found in package.documents] == [
        ("documents/a.txt", False),
        ("documents/inner.zip", True),
    ]


def test_a_source_that_gives_few_bytes_at_a_time_is_read_alike() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 3))

    data = crafted(*honest())
    members = ZipReader(Slow(data), DEFAULT_LIMITS).members()
    assert {m.name: b"".join(p) for m, p in members} == accepted(data)


def test_every_byte_of_a_package_counts() -> None:
    """Whichever bit is flipped, the package is refused, or only the mode, a version or a time in it has changed."""
    data = packed()
    survivors = 0
    for position in range(len(data)):
        altered = bytearray(data)
        altered[position] ^= 1
        try:
            package = read(bytes(altered))
        except PackageError:
            continue
        survivors += 1
        assert package.manifest == read(data).manifest
    assert survivors <= 3 * 10  # packer's version and system, permissions and internal attributes, per member


def test_order_of_the_first_two_is_fixed() -> None:
    entries = {entry.name.decode(): entry for entry in honest()}
    swapped = crafted(entries[SIGNATURE], entries[MANIFEST], entries["bid.json"])
    with pytest.raises(PackageError) as caught:
        read(swapped)
    assert caught.value.code == "manifest-first"
