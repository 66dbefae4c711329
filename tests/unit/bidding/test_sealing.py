"""Sealing to the lot and to oneself, describing what others sealed, and rehearsing the opening."""

import hashlib
import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bidding.package.errors import PackageError, SealedFileError
from bidding.package.manifest import Binding
from bidding.package.sheet import SheetPart
from bidding.sealing import Rehearsed, check_for_lot, describe, rehearse, seal, sealed_size
from crypto import age
from crypto.age import armor
from crypto.age.scrypt import Passphrase
from crypto.curve import montgomery
from crypto.threshold import verify_knowledge
from ledger.entries.bids import SealedPart
from ledger.view.release import knowledge_context
from tests.ceremony import seeded
from tests.environment import program
from tests.unit.bidding.package.example import (
    BINDING,
    DOCUMENT,
    KEYS,
    LOT_IDENTITY,
    PARTIES,
    PRICE,
    TECHNICAL,
    elsewhere,
    packed,
)

OWN = KEYS.identity
PACKAGE = packed(DOCUMENT)


def sealed(
    data: bytes = PACKAGE, part: SheetPart = PRICE, own: age.X25519Recipient = OWN.recipient
) -> tuple[bytes, SealedPart]:
    target = io.BytesIO()
    found = seal(io.BytesIO(data), target, part, BINDING, [own], random=seeded(1))
    return target.getvalue(), found


def opened(data: bytes, described: SealedPart, binding: Binding = BINDING) -> Rehearsed:
    return rehearse(io.BytesIO(data), described, PRICE, OWN, binding, PARTIES)


def refused(data: bytes, described: SealedPart, binding: Binding = BINDING) -> str:
    with pytest.raises(PackageError) as caught:
        opened(data, described, binding)
    return caught.value.code


def test_the_lots_stanza_is_first_and_both_open_the_same() -> None:
    data, _ = sealed()
    header = age.read_header(io.BytesIO(data))
    assert LOT_IDENTITY.unwrap(header.stanzas[:1]) == OWN.unwrap(header.stanzas[1:])
    assert OWN.unwrap(header.stanzas[:1]) is None
    target = io.BytesIO()
    age.decrypt(io.BytesIO(data), target, [LOT_IDENTITY.unwrap])
    assert target.getvalue() == PACKAGE


def test_the_part_is_described_as_it_is() -> None:
    data, found = sealed()
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.size == len(data) == sealed_size(len(PACKAGE), 2)
    assert replace(found, knowledge="") == describe(io.BytesIO(data), "price")


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_the_size_is_known_before(size: int) -> None:
    data, _ = sealed(bytes(size))
    assert len(data) == sealed_size(size, 2)


def test_the_proof_of_knowledge_holds_for_this_file_of_this_lot() -> None:
    _, found = sealed()
    point = montgomery.from_u(bytes.fromhex(found.share))
    context = knowledge_context(BINDING.origin, BINDING.lot, "price", found.sha256)
    verify_knowledge(point, context, bytes.fromhex(found.knowledge))
    check_for_lot(found, PRICE, BINDING)
    for wrong in (elsewhere(lot="other"), elsewhere(part="technical"), elsewhere(origin="other")):
        with pytest.raises(SealedFileError):
            check_for_lot(found, PRICE, wrong)


def test_a_file_longer_than_the_part_takes_is_refused_while_it_is_written() -> None:
    target = io.BytesIO()
    small = replace(PRICE, max_size=100_000)
    with pytest.raises(SealedFileError) as caught:
        seal(io.BytesIO(bytes(50_000_000)), target, small, BINDING, [OWN.recipient], random=seeded(1))
    assert caught.value.code == "sealed-size"
    assert len(target.getvalue()) < 5_000_000


def test_rehearsal_opens_what_was_packed() -> None:
    data, found = sealed()
    rehearsed = opened(data, found)
    assert rehearsed.sha256 == hashlib.sha256(PACKAGE).hexdigest()
    assert [document.name for document in rehearsed.package.documents] == [DOCUMENT.name]


def test_rehearsal_notices_a_changed_file() -> None:
    data, found = sealed()
    assert refused(data[:-1] + b"\0", found) == "sealed-differs"
    assert refused(data + b"\0", found) == "sealed-differs"
    other, _ = sealed(packed())
    assert refused(other, found) == "sealed-differs"
    assert refused(data, replace(found, knowledge="00" * 64)) == "sealed-differs"


def test_rehearsal_notices_a_changed_payload_behind_a_new_description() -> None:
    data, _ = sealed()
    broken = data[:-1] + bytes([data[-1] ^ 1])
    assert refused(broken, replace(describe(io.BytesIO(broken), "price"), knowledge="")) == "no-proof"
    relaxed = replace(PRICE, knowledge=False)
    described = describe(io.BytesIO(broken), "price")
    with pytest.raises(SealedFileError) as caught:
        rehearse(io.BytesIO(broken), described, relaxed, OWN, BINDING, PARTIES)
    assert caught.value.code == "does-not-open"


def test_rehearsal_notices_a_wrong_package() -> None:
    data, found = sealed(packed(binding=elsewhere(bid="ab" * 32)))
    assert refused(data, found) == "other-bid"
    data, found = sealed(PACKAGE + b"\0")
    assert refused(data, found) == "appended"
    data, found = sealed(b"no zip")
    assert refused(data, found) == "not-a-zip"


def test_rehearsal_with_anothers_key_is_refused() -> None:
    data, found = sealed(own=LOT_IDENTITY.recipient)
    assert refused(data, found) == "does-not-open"


def test_own_stanza_in_the_lots_place_is_refused() -> None:
    target = io.BytesIO()
    wraps = [OWN.recipient.wrap, LOT_IDENTITY.recipient.wrap]
    age.encrypt(io.BytesIO(PACKAGE), target, wraps, random=seeded(2))
    relaxed = replace(PRICE, knowledge=False)
    described = describe(target, "price")
    target.seek(0)
    with pytest.raises(SealedFileError) as caught:
        rehearse(target, described, relaxed, OWN, BINDING, PARTIES)
    assert caught.value.code == "own-first"


def test_what_the_age_program_seals_is_described(tmp_path: Path) -> None:
    plain, target = tmp_path / "package.zip", tmp_path / "sealed.age"
    plain.write_bytes(PACKAGE)
    recipients = ["-r", TECHNICAL.recipient, "-r", str(OWN.recipient)]
    subprocess.run([program("age"), *recipients, "-o", str(target), str(plain)], check=True)
    with target.open("rb") as file:
        found = describe(file, "technical")
    assert found.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    check_for_lot(found, TECHNICAL, BINDING)
    with pytest.raises(SealedFileError) as caught:
        check_for_lot(found, PRICE, BINDING)
    assert caught.value.code == "no-proof"


def test_what_is_no_sealed_file_is_refused() -> None:
    text = io.BytesIO()
    writer = armor.ArmorWriter(text)
    writer.write(sealed()[0])
    writer.finish()
    by_passphrase = io.BytesIO()
    age.encrypt(io.BytesIO(b""), by_passphrase, [Passphrase("x", work_factor=1).wrap], random=seeded(3))
    data, _ = sealed()
    share = data.split(b"\n")[1].split(b" ")[2]
    low_order = data.replace(share, b"A" * 43)
    for wrong, code in (
        (b"", "not-age"),
        (b"PK\x03\x04", "not-age"),
        (data[:50], "not-age"),
        (text.getvalue(), "armored"),
        (by_passphrase.getvalue(), "no-lot-stanza"),
        (low_order, "no-lot-stanza"),
    ):
        with pytest.raises(SealedFileError) as caught:
            describe(io.BytesIO(wrong), "price")
        assert caught.value.code == code
