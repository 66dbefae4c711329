"""docs/spec/sealed-bid.md: its example, its schemas, its refusals, and the way by hand, run as it stands there."""

import hashlib
import io
import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bidding.package import records
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.reading import read_package
from bidding.package.signature import signed_bytes
from bidding.package.zip_reader import ZipReader
from bidding.sealing import seal
from crypto import canonical_json
from scripts.bid_schemas import FOLDER, PAGE, schemas, with_refusals
from tests.environment import ROOT, program
from tests.unit.bidding.package.example import (
    BINDING,
    DOCUMENT,
    FORM_OF_PRICE,
    KEYS,
    PARTIES,
    PARTY_KEY,
    PRICE,
    SHEET,
    packed,
)

TEXT = PAGE.read_text("utf-8")
VALUES = dict(re.findall(r"^(\w+) = (\S+)$", TEXT, re.MULTILINE))


def test_the_example_is_what_the_code_makes() -> None:
    data = packed(DOCUMENT)
    assert (KEYS.bid, str(KEYS.identity.recipient)) == (VALUES["bid"], VALUES["own"])
    assert (len(data), hashlib.sha256(data).hexdigest()) == (
        int(VALUES["package_size"]),
        VALUES["package_sha256"],
    )
    for member, pieces in ZipReader(io.BytesIO(data), DEFAULT_LIMITS).members():
        content = b"".join(pieces)
        if member.name.endswith(".json"):
            assert f"\n{member.name}\n{content.decode()}\n" in TEXT
        if member.name == "manifest.json":
            assert hashlib.sha256(signed_bytes(content)).hexdigest() == VALUES["signed_sha256"]
    fives = lambda count: b"\x05" * count  # noqa: E731
    sealed = seal(io.BytesIO(data), io.BytesIO(), PRICE, BINDING, [KEYS.identity.recipient], random=fives)
    assert f"```json\n{canonical_json.dumps(asdict(sealed)).decode()}\n```" in TEXT
    assert f"```json\n{SHEET.to_bytes().decode()}\n```" in TEXT


def test_the_schemas_are_those_of_the_code() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    assert written == schemas(), "run: python -m scripts.bid_schemas"


@pytest.mark.parametrize("name", schemas())
def test_a_schema_allows_no_unknown_field_and_says_what_it_is(name: str) -> None:
    found = json.loads(schemas()[name])
    for part in (found, *found.get("$defs", {}).values()):
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
        assert part["description"]


def test_the_refusals_are_those_of_the_code() -> None:
    assert with_refusals(TEXT) == TEXT, "run: python -m scripts.bid_schemas"


def test_by_hand_with_age_and_zip(tmp_path: Path) -> None:
    for name in ("age", "age-keygen", "zip", "openssl", "bash"):
        program(name)
    commands = TEXT.partition("```bash\n")[2].partition("```")[0]
    (tmp_path / "party.pem").write_bytes(
        PARTY_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (tmp_path / "bid.json").write_bytes(records.to_bytes(FORM_OF_PRICE))
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "plan.txt").write_text("第一章\n" * 100)
    sunseal = f'sunseal() {{ "{sys.executable}" -c "from app.cli.main import main; main()" "$@"; }}\n'
    script = f"set -euo pipefail\nexport PYTHONPATH={ROOT}\n{sunseal}{commands}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    described = json.loads(done.stdout)
    assert described["sha256"] == hashlib.sha256((tmp_path / "sealed.age").read_bytes()).hexdigest()
    bid = msgspec.json.decode((tmp_path / "manifest.json").read_bytes())["bid"]
    with (tmp_path / "package.zip").open("rb") as file:
        package = read_package(file, SHEET.binding("price", bid), PARTIES, DEFAULT_LIMITS, priced=True)
    assert package.form == FORM_OF_PRICE
    assert [document.name for document in package.documents] == ["documents/plan.txt"]
