"""The document, its signature, and its page: every byte as published, and nothing else taken."""

import hashlib
import json
import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from crypto import canonical_json, party_keys
from guarantees import carried
from guarantees.check_code import code_of, lookup_of
from guarantees.errors import FormatError, SignatureError
from guarantees.paper import PaperGuarantee, Scan
from guarantees.signed import SignedGuarantee, signed_bytes
from guarantees.undertaking import Undertaking
from scripts.guarantee_schemas import FOLDER, schemas
from tests.environment import ROOT
from tests.guarantee_example import BANK, SALT, UNDERTAKING, signed

PAGE = (ROOT / "docs" / "spec" / "guarantee-letter.md").read_text("utf-8")
VALUES = dict(re.findall(r"^(\w+) = (.+)$", PAGE, re.MULTILINE))
DOCUMENTS = re.findall(r"^```json\n(.*)\n```$", PAGE, re.MULTILINE)


def test_the_example_of_the_page() -> None:
    made = signed()
    assert UNDERTAKING.to_bytes().decode() == DOCUMENTS[0]
    assert made.to_bytes().decode() == DOCUMENTS[1]
    assert "0x" + UNDERTAKING.document.hex() == VALUES["document"]
    assert hashlib.sha256(signed_bytes(UNDERTAKING)).hexdigest() == VALUES["signed_sha256"]
    assert (made.signature.value, made.signature.key) == (VALUES["signature"], VALUES["key"])
    assert ("0x" + made.commitment.hex(), "0x" + made.id.hex()) == (VALUES["commitment"], VALUES["id"])
    code = code_of(made)
    lookup = lookup_of(UNDERTAKING.number, code).hex()
    assert (code, lookup) == (VALUES["code"], VALUES["lookup"])


def test_bytes_and_guarantee_are_one_to_one() -> None:
    made = signed()
    assert SignedGuarantee.parse(made.to_bytes()) == made
    assert Undertaking.parse(UNDERTAKING.to_bytes()) == UNDERTAKING
    assert carried.parse(made.to_bytes()) == made
    made.verify()
    assert made.salt not in repr(made)


def test_every_altered_field_breaks_signature_document_and_commitment() -> None:
    made, value = signed(), json.loads(UNDERTAKING.to_bytes())
    for changed in (
        {"amount": value["amount"] - 1},
        {"lot": "2026031700001.2"},
        {"expiry": value["expiry"] + 1},
        {"transferable": True},
        {"text": "提示"},
        {"applicant": BANK},
    ):
        other = replace(made, undertaking=replace(UNDERTAKING, **changed))
        with pytest.raises(SignatureError):
            other.verify()
        assert other.commitment != made.commitment
    assert replace(made, salt="ff" * 32).commitment != made.commitment


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body | {"more": 1},
        lambda body: {name: part for name, part in body.items() if name != "salt"},
        lambda body: body | {"salt": "00"},
        lambda body: body | {"undertaking": body["undertaking"] | {"more": 1}},
        lambda body: body | {"undertaking": body["undertaking"] | {"amount": 0}},
        lambda body: body | {"undertaking": body["undertaking"] | {"amount": 1.5}},
        lambda body: body | {"undertaking": body["undertaking"] | {"type": "guarantee/v2"}},
        lambda body: body | {"undertaking": body["undertaking"] | {"tender_title": "a\u202eb"}},
        lambda body: body | {"undertaking": body["undertaking"] | {"kind": "performance"}},
        lambda body: body | {"undertaking": []},
        lambda body: body | {"type": "signed-guarantee/v2"},
    ],
)
def test_what_is_not_of_the_form_is_refused(spoil: object) -> None:
    body = json.loads(signed().to_bytes())
    with pytest.raises(FormatError):
        carried.parse(canonical_json.dumps(spoil(body)))  # type: ignore[operator]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b" " + b"{}", b"{" * 100])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        carried.parse(data)


def test_a_key_of_another_kind_signs_too_and_a_wrong_one_does_not() -> None:
    key = derive_private_key(7, SECP256R1())
    spki = party_keys.spki(key.public_key())
    made = SignedGuarantee.sign(UNDERTAKING, spki, lambda data: key.sign(data, ECDSA(SHA256())), SALT)
    assert made.key_id == party_keys.key_id(spki)
    with pytest.raises(SignatureError):
        SignedGuarantee.sign(UNDERTAKING, spki, lambda data: signed_bytes(UNDERTAKING) + data, SALT)


def test_a_scan_is_marked_as_one() -> None:
    scan = Scan("documents/保函扫描件.pdf", "ab" * 32, 1000)
    made = PaperGuarantee(BANK, "BH-1", 80_000_000, "CNY", 1_782_000_000, scan)
    assert carried.parse(made.to_bytes()) == made
    with pytest.raises(FormatError):
        replace(made, scan=replace(scan, name="elsewhere.pdf")).to_bytes()


def test_published_schemas_are_those_of_the_code_and_take_the_example() -> None:
    for name, text in schemas().items():
        assert (FOLDER / name).read_text("utf-8") == text, "run: python -m scripts.guarantee_schemas"
        Draft202012Validator.check_schema(json.loads(text))
    schema = json.loads(schemas()["signed-guarantee-v1.json"])
    body = json.loads(signed().to_bytes())
    Draft202012Validator(schema).validate(body)
    assert not Draft202012Validator(schema).is_valid(body | {"more": 1})
