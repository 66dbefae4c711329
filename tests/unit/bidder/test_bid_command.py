"""`sunseal bid`: one folder from new to rehearsed, resumed after whatever comes between."""

import hashlib
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.bidder.errors import FolderError
from app.bidder.files import replacing, write_replacing
from app.bidder.folder import BidFolder
from app.cli.bid import bid
from bidding.bid_keys import BidKeys
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.reading import read_package
from crypto import age
from crypto.age import X25519Identity
from keyholder.secret_file import Lock
from tests.certificate_authority import MIDDLE, SIGNING, issue_party
from tests.environment import program
from tests.unit.bidding.package.example import BIDDER, LOT_IDENTITY, PARTIES, PARTY_KEY, SHEET

FILLED = {
    "bidder": {"name": BIDDER.name, "credit_code": BIDDER.credit_code},
    "total": "4,680,000",
    "currency": "CNY",
    "lines": [{"item": "路基", "unit": "m3", "quantity": "12.50", "unit_price": 100, "amount": "1250.0"}],
    "period_days": 180,
    "quality": "合格",
    "manager": "王工",
}
PRICED = FILLED | {"total": "1250"}


class Desk:
    """A bidder's desk: a folder, a lot's sheet, a party key, and an age identity that locks the key file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / "bid"
        self.lot = path / "lot.json"
        self.lot.write_bytes(SHEET.to_bytes())
        self.party = path / "party.pem"
        self.party.write_bytes(PARTY_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.identity = path / "identity.txt"
        self.identity.write_text(X25519Identity(b"k" * 32).reveal())
        self.identity.chmod(0o600)

    def __call__(self, *arguments: str, exit_code: int = 0) -> Result:
        env = {"COLUMNS": "200", "SUNSEAL_BID_AGE_KEY": str(self.identity)}
        result = CliRunner().invoke(bid, [str(one) for one in arguments], env=env)
        assert result.exit_code == exit_code, result.output
        return result

    def new(self) -> Result:
        who = ("--name", BIDDER.name, "--credit-code", BIDDER.credit_code)
        return self("new", str(self.folder), "--lot-file", str(self.lot), *who)

    def fill(self, **values: Any) -> None:
        (self.folder / "parts/price/form.json").write_text(json.dumps(PRICED | values))

    def pack(self, *more: str, exit_code: int = 0) -> Result:
        return self("pack", str(self.folder), "--party-key", str(self.party), *more, exit_code=exit_code)

    def run(self, command: str, *more: str, exit_code: int = 0) -> Result:
        return self(command, str(self.folder), *more, exit_code=exit_code)

    def file(self, name: str) -> Path:
        return self.folder / "parts" / "price" / name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    found.new()
    found.fill()
    (found.file("documents") / "方案.txt").write_text("第一章")
    return found


def test_from_new_to_rehearsed(desk: Desk) -> None:
    desk.pack()
    sealed = desk.run("seal").stdout.splitlines()
    rehearsed = desk.run("rehearse").stderr
    for part, line in zip(("price", "technical"), sealed, strict=True):
        data = (desk.folder / "parts" / part / "sealed.age").read_bytes()
        assert line.split()[0] == hashlib.sha256(data).hexdigest()
        assert line.split()[0] in rehearsed
    assert "可以递交" in desk.run("status").stdout


def test_the_keyholders_side_opens_what_was_sealed(desk: Desk) -> None:
    desk.pack()
    desk.run("seal")
    opened = io.BytesIO()
    with desk.file("sealed.age").open("rb") as file:
        age.decrypt(file, opened, [LOT_IDENTITY.unwrap])
    opened.seek(0)
    folder = BidFolder(desk.folder)
    binding = SHEET.binding("price", folder.bid)
    package = read_package(opened, binding, PARTIES, DEFAULT_LIMITS, priced=True)
    assert [document.name for document in package.documents] == ["documents/方案.txt"]
    assert package.form.bidder == BIDDER
    found = folder.sealed_bid()
    assert [part.part for part, _ in found.parts] == ["price", "technical"]
    assert (found.origin, found.lot, found.bid) == (SHEET.origin, SHEET.lot, folder.bid)


def test_amounts_are_written_as_a_person_writes_them(desk: Desk) -> None:
    told = desk.pack().stderr
    assert "1250.00 CNY（人民币壹仟贰佰伍拾元整）" in told
    assert b'"quantity":"12.5"' in desk.file("package.zip").read_bytes()
    assert b'"unit_price":"100.00"' in desk.file("package.zip").read_bytes()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"total": 4680000.5}, "total should be an amount in quotes"),
        ({"total": "4.6 million"}, "total should be an amount"),
        ({"total": "4800000.01", "lines": []}, "above the ceiling price"),
        ({"manager": None}, "the project manager (manager)"),
        ({"bidder": {"name": " ", "credit_code": "9111"}}, "the last of which checks the others"),
        ({"bidder": None}, "no bidder with name and credit_code"),
        ({"manger": "x"}, "unknown fields: manger"),
        ({"period_days": "180"}, "not right"),
        ({"lines": [{"quantity": "much"}]}, "lines[1].quantity should be a quantity"),
    ],
)
def test_what_is_to_be_put_right_is_said_in_both_languages(
    desk: Desk, values: dict[str, Any], sentence: str
) -> None:
    desk.fill(**values)
    told = desk.pack(exit_code=1).output
    assert sentence in told
    assert any("\u4e00" <= char <= "\u9fff" for char in told)
    assert not desk.file("package.zip").exists()


def test_a_form_that_is_no_json_says_where(desk: Desk) -> None:
    desk.file("form.json").write_text('{"total": ,}')
    assert "line 1 column 11" in desk.pack(exit_code=1).output


def test_status_says_what_is_next(desk: Desk) -> None:
    assert "next: sunseal bid pack --part price" in desk.run("status").stdout
    desk.pack()
    assert "next: sunseal bid seal --part price" in desk.run("status").stdout
    desk.run("seal")
    assert "next: sunseal bid rehearse --part price" in desk.run("status").stdout
    desk.run("rehearse")
    (desk.file("documents") / "more.txt").write_text("more")
    assert "changed since packed" in desk.run("status").stdout
    desk.pack()
    assert "next: sunseal bid seal --again --part price" in desk.run("status").stdout
    desk.fill(total=None)
    assert "next: " in desk.run("status").stdout


def test_what_is_sealed_is_not_lost(desk: Desk) -> None:
    desk.pack()
    desk.run("seal")
    before = desk.file("sealed.age").read_bytes()
    desk.run("seal")
    assert desk.file("sealed.age").read_bytes() == before
    desk.fill(quality="优良")
    assert "not packed, or was changed" in desk.run("seal", exit_code=1).output
    desk.pack()
    assert "say --again" in desk.run("seal", exit_code=1).output
    desk.run("seal", "--again")
    kept = desk.file(f"replaced-{hashlib.sha256(before).hexdigest()[:16]}.age")
    assert kept.read_bytes() == before
    desk.run("rehearse")


def test_a_sealed_file_without_its_record_is_sealed_anew(desk: Desk) -> None:
    desk.pack()
    desk.run("seal")
    desk.file("sealed.json").unlink()
    desk.run("seal")
    desk.run("rehearse")


def test_rehearsal_notices_an_altered_file(desk: Desk) -> None:
    desk.pack()
    desk.run("seal")
    path = desk.file("sealed.age")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert "[sealed-differs]" in desk.run("rehearse", exit_code=1).output
    assert "sealed and rehearsed" not in desk.run("status").stdout


def test_rehearsal_notices_another_package(desk: Desk) -> None:
    desk.pack()
    desk.run("seal")
    desk.fill(quality="优良")
    desk.pack()
    assert "is not package.zip as it is now" in desk.run("rehearse", "--part", "price", exit_code=1).output


def test_new_replaces_no_bid_and_goes_on_with_half_of_one(desk: Desk) -> None:
    assert "not replaced" in desk("new", str(desk.folder), "--lot-file", str(desk.lot), exit_code=1).output
    before = (desk.folder / "key.json").read_bytes()
    (desk.folder / "key.json").unlink()
    desk.new()
    assert (desk.folder / "key.json").read_bytes() == before
    assert json.loads(desk.file("form.json").read_text()) == PRICED


def test_two_bids_have_two_keys(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    told = desk("new", str(other), "--lot-file", str(desk.lot)).stdout
    assert told.split()[-1] == BidFolder(other).bid != BidFolder(desk.folder).bid


def test_keys_open_only_with_their_lock_and_belong_together(desk: Desk) -> None:
    folder = BidFolder(desk.folder)
    keys = folder.keys(Lock.of_age_file(desk.identity))
    assert keys.bid == folder.bid
    public = json.loads((desk.folder / "key.json").read_text())
    public["bid"] = BidKeys.of_seed(bytes(32)).bid
    (desk.folder / "key.json").write_text(json.dumps(public))
    with pytest.raises(FolderError, match="not of one bid"):
        BidFolder(desk.folder).keys(Lock.of_age_file(desk.identity))


def test_the_key_file_is_nobodys_to_read(desk: Desk) -> None:
    for path in desk.folder.rglob("*"):
        if path.is_file() and path.parent.name != "documents" and path.name != "form.json":
            assert path.stat().st_mode & 0o077 == 0, path
    assert desk.folder.stat().st_mode & 0o077 == 0


def test_links_are_not_followed_and_litter_is_left(desk: Desk, tmp_path: Path) -> None:
    (desk.file("documents") / ".DS_Store").write_text("x")
    desk.pack()
    assert b".DS_Store" not in desk.file("package.zip").read_bytes()
    (desk.file("documents") / "link").symlink_to(tmp_path / "identity.txt")
    assert "no plain file" in desk.pack(exit_code=1).output


def test_a_name_in_nfd_is_packed_in_nfc(desk: Desk) -> None:
    (desk.file("documents") / "e\u0301.txt").write_text("x")
    desk.pack()
    assert "documents/\u00e9.txt".encode() in desk.file("package.zip").read_bytes()


def test_a_part_too_large_for_the_lot_is_not_packed(desk: Desk) -> None:
    large, most = desk.file("documents") / "large.bin", SHEET.part("price").max_size
    large.write_bytes(bytes(most))
    assert "[too-large]" in desk.pack(exit_code=1).output
    large.write_bytes(bytes(most - 1500))
    assert "make its documents smaller" in desk.pack(exit_code=1).output
    assert not desk.file("package.zip").exists()


def test_errors_name_what_to_do(desk: Desk, tmp_path: Path) -> None:
    assert "sunseal bid new" in desk("status", str(tmp_path / "nowhere"), exit_code=1).output
    assert "--party-key" in desk.run("pack", exit_code=1).output
    assert "[unknown-part]" in desk.pack("--part", "prices", exit_code=1).output
    desk.party.write_text("nonsense")
    assert "party.pem is not usable" in desk.pack(exit_code=1).output
    assert "not sealed" in desk.run("rehearse", exit_code=1).output
    with pytest.raises(FolderError, match="not sealed"):
        BidFolder(desk.folder).sealed_bid()


def test_signing_under_a_certificate_here_or_on_another_device(desk: Desk, tmp_path: Path) -> None:
    party = issue_party(MIDDLE, SIGNING)
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (party, MIDDLE)))
    key.write_bytes(party.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    of = ("--certificate", str(chain), "--part", "price")
    desk.run("pack", "--party-key", str(key), *of)
    assert "first certificate is not that of the key" in desk.pack(*of, exit_code=1).output
    assert "signature.bin" in desk.run("pack", "--signed-elsewhere", *of).stderr
    command = ["dgst", "-sha256", "-sign", str(key), "-out", str(desk.file("signature.bin"))]
    subprocess.run([program("openssl"), *command, str(desk.file("to-sign.bin"))], check=True)
    desk.file("package.zip").unlink()
    desk.run("pack", "--signed-elsewhere", *of)
    desk.run("seal", "--part", "price")
    desk.run("rehearse", "--part", "price")
    desk.fill(quality="优良")
    assert "[signature]" in desk.run("pack", "--signed-elsewhere", *of, exit_code=1).output


def test_describe_tells_what_the_lot_would_refuse(desk: Desk) -> None:
    desk.pack()
    desk.run("seal")
    sealed = str(desk.file("sealed.age"))
    told = json.loads(desk("describe", sealed, "--part", "price").stdout)
    recorded = json.loads(desk.file("sealed.json").read_text())
    assert told == recorded | {"knowledge": ""}
    of = ("--lot-file", str(desk.lot))
    assert "[no-proof]" in desk("describe", sealed, "--part", "price", *of, exit_code=1).output
    assert json.loads(desk("describe", sealed, "--part", "technical", *of).stdout)["part"] == "technical"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "sealed.age"
    write_replacing(path, b"before")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half of what comes af")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert path.read_bytes() == b"before"
    assert [found.name for found in tmp_path.iterdir()] == ["sealed.age"]


def test_no_database_is_loaded() -> None:
    import sys  # noqa: PLC0415

    code = "import sys, app.cli.bid; print(sorted({'sqlalchemy', 'flask', 'storage'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
