"""docs/spec/submission.md says what the code does: its example, and every refusal with its status."""

import re
from datetime import UTC, datetime

from app.intake_problems import NEXT, STATUS, status_of
from bidding.submission import receipt_request
from bidding.tokens.spending import nullifier_of
from bidding.turned_away import SENTENCES, Code
from bidding.uploads import capability
from crypto.signatures import SigningKey
from crypto.tokens.privacy_pass import Token
from tests.environment import ROOT

PAGE = (ROOT / "docs" / "spec" / "submission.md").read_text("utf-8")


def told(name: str) -> str:
    found = re.search(rf"^    {name} +([0-9a-f]{{64}})\n(?: {{16}}([0-9a-f]{{64}})\n)?", PAGE, re.MULTILINE)
    assert found is not None
    return found[1] + (found[2] or "")


def test_the_examples_bytes_are_right() -> None:
    token = Token(b"\x02" * 32, b"\x05" * 32, b"\x01" * 32, b"\x06" * 256)
    assert nullifier_of(token).hex() == told("nullifier")
    named = capability.of_token(token.encode(), b"once")
    assert named.hex() == told("capability")
    assert capability.id_of(named).hex() == told("id")
    at = datetime.fromtimestamp(1_800_000_000, UTC)
    request = receipt_request.make(SigningKey(b"\x04" * 32), "ledger.example.org", now=at)
    assert request == {"bid": told("bid"), "time": 1_800_000_000, "signature": told("signature")}


def test_every_refusal_stands_on_the_page_with_its_status_and_has_both_languages() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| ([0-9]{3}) \|", PAGE, re.MULTILINE))
    assert rows == {code.value: str(status_of(code)) for code in Code}
    assert set(SENTENCES) == set(Code) >= set(STATUS)
    assert all(said.zh and said.en for said in SENTENCES.values())
    assert set(NEXT) == set(Code)
