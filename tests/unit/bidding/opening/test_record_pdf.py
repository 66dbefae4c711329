"""The printed record: it says what the record says, prints what the font lacks as such, and its signature holds."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from bidding.opening.causes import Cause, Fault
from bidding.opening.record_pdf import Language, record_pdf
from crypto import canonical_json
from crypto.canonical_json import Json
from paper.errors import PaperError
from paper.signature import PdfSigner

FAULT = Fault(Cause.PACKAGE, "hash-differs")


def read_out(name: str) -> Json:
    return {
        "bidder": name,
        "credit_code": "91110000600037341L",
        "price": "4999999.99",
        "currency": "CNY",
        "period_days": 180,
        "quality": "合格",
        "manager": None,
        "above_ceiling": True,
        "guarantee": "verified",
    }


def record(bids: int = 1, name: str = "海南建设工程有限公司") -> bytes:
    opened: list[Json] = [
        {"bid": number, "state": "opened", "by": "keyholders", "read_out": read_out(name)}
        for number in range(bids)
    ]
    failed: Json = {
        "bid": 999,
        "state": "failed",
        "cause": "package",
        "detail": "hash-differs",
        "responsibility": "bidder",
        "said": {"zh": FAULT.said.zh, "en": FAULT.said.en},
    }
    results: Json = {"lot": "2026.1", "closing": "ab" * 32, "part": "price", "bids": [*opened, failed]}
    return canonical_json.dumps(
        {
            "type": "opening-record/v1",
            "origin": "ledger.example",
            "tender": "2026",
            "title": "滨海大道改造工程",
            "ceiling": "4800000.00",
            "deadline": 1_774_402_200,
            "opened_at": 1_774_402_260,
            "recorded_at": 1_774_404_060,
            "results": results,
            "objections": [],
            "signatures": [],
            "silent": [4],
        }
    )


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize(("language", "above"), [("zh", "高于限价"), ("en", "above the ceiling")])
def test_pages_say_what_the_record_says(language: Language, above: str) -> None:
    text = text_of(record_pdf(record(), language))
    for said in ("海南建设工程有限公司", "4,999,999.99", above, "2026-03-25 09:31:00", "hash-differs"):
        assert said in text


def test_many_bids_go_over_pages_and_the_same_record_gives_the_same_pages() -> None:
    pdf = record_pdf(record(60), "zh")
    assert len(pypdfium2.PdfDocument(pdf)) > 1
    assert text_of(record_pdf(record(60), "zh")) == text_of(pdf)


def test_a_character_that_the_font_lacks_prints_as_its_code_point() -> None:
    assert "甲[U+1F600]公司" in text_of(record_pdf(record(name="甲😀公司"), "zh"))


def signer_in(folder: Path) -> tuple[PdfSigner, bytes]:
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform")])
    usage = x509.KeyUsage(True, True, False, False, False, True, False, False, False)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1)
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "chain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    return PdfSigner.read(folder / "key.pem", folder / "chain.pem"), made.public_bytes(Encoding.DER)


def test_signature_is_over_all_of_the_pages_and_breaks_with_them(tmp_path: Path) -> None:
    signer, root = signer_in(tmp_path)
    signed = signer.sign(record_pdf(record(), "zh"), reason="opening record")
    context = ValidationContext(trust_roots=[Certificate.load(root)])
    (one,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    status = validate_pdf_signature(one, context)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    at = signed.index(b"/Type /Page") + 4
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    (one,) = PdfFileReader(io.BytesIO(changed)).embedded_signatures
    assert not validate_pdf_signature(one, context).intact


def test_a_key_that_cannot_be_read_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    (tmp_path / "chain.pem").write_text("no certificate")
    with pytest.raises(PaperError, match="cannot be read"):
        PdfSigner.read(tmp_path / "key.pem", tmp_path / "chain.pem")
