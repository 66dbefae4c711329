"""Properties of packages: any contents come back as they were, and whatever is read, others read alike."""

import io
import unicodedata
import zipfile
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.package.errors import PackageError
from bidding.package.names import check_names
from bidding.package.packing import BytesContent
from bidding.package.zip_writer import Stored, write_zip
from scripts.fuzz.targets import package_zip_target
from tests.unit.bidding.package.crafted_zip import Entry, crafted, deflated
from tests.unit.bidding.package.example import packed, read

STEPS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
NAMES = st.lists(STEPS, min_size=1, max_size=3).map(lambda steps: "documents/" + "/".join(steps))
CONTENTS = st.binary(max_size=300)


def can_stand(names: list[str]) -> bool:
    try:
        check_names(["bid.json", *names])
    except PackageError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(documents=st.dictionaries(NAMES, CONTENTS, max_size=4))
def test_any_documents_come_back_as_they_were(documents: dict[str, bytes]) -> None:
    contents = [BytesContent(name, data) for name, data in documents.items()]
    if not can_stand(list(documents)):
        with pytest.raises(PackageError):
            packed(*contents)
        return
    data = packed(*contents)
    package = read(data)
    assert {document.name: document.size for document in package.documents} == {
        name: len(content) for name, content in documents.items()
    }
    with zipfile.ZipFile(io.BytesIO(data)) as reader:
        assert {name: reader.read(name) for name in documents} == documents


@settings(max_examples=300, deadline=None)
@given(name=st.text(st.characters(codec="utf-8"), max_size=20).map(lambda text: "documents/" + text))
def test_a_name_that_is_taken_stays_within_its_folder_on_any_system(name: str) -> None:
    if can_stand([name]):
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            assert not {"", ".", ".."} & set(unicodedata.normalize(form, name).split("/"))
        assert not set(name) & set('\\<>:"|?*\0\n')


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_an_altered_package_is_refused_or_means_the_same(data: st.DataObject) -> None:
    honest = packed(BytesContent("documents/a.txt", b"text" * 50))
    altered = bytearray(honest)
    for _ in range(data.draw(st.integers(1, 3))):
        altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    try:
        package = read(bytes(altered))
    except PackageError:
        return
    assert package.manifest == read(honest).manifest


@settings(max_examples=200, deadline=None)
@given(
    contents=st.lists(st.tuples(CONTENTS, st.booleans()), max_size=4),
    seed=st.integers(0, 2**32),
    cuts=st.integers(0, 3),
)
def test_pieces_of_zips_put_together_anew_are_read_as_others_read_them(
    contents: list[tuple[bytes, bool]], seed: int, cuts: int
) -> None:
    random = Random(seed)
    entries = [
        Entry(b"documents/%d" % i, content, method=8 * packs, packed=deflated(content) if packs else None)
        for i, (content, packs) in enumerate(contents)
    ]
    data = crafted(*entries)
    for _ in range(cuts):
        start, end = sorted(random.randrange(len(data) + 1) for _ in range(2))
        at = random.randrange(len(data) + 1)
        data = data[:at] + data[start:end] + data[at:] if random.random() < 0.5 else data[:start] + data[end:]
    try:
        package_zip_target(data)
    except PackageError:
        assert cuts


@settings(max_examples=50, deadline=None)
@given(contents=st.lists(CONTENTS, max_size=5))
def test_there_is_one_file_for_one_list_of_members(contents: list[bytes]) -> None:
    def written() -> bytes:
        target = io.BytesIO()
        write_zip([Stored.of(f"documents/{i}", content) for i, content in enumerate(contents)], target)
        return target.getvalue()

    assert written() == written()
    package_zip_target(written())
