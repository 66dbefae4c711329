"""The printed letter: what it says in both languages, its QR code, and its signature."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
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

from guarantees.check_code import code_of
from guarantees.printed.letter import letter_pdf
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Demand
from paper.signature import PdfSigner
from tests.guarantee_example import SALT, UNDERTAKING, signed

URL = "https://tenders.example/guarantees/check?number=BH-2026-0001&code=" + "k7Qz" * 11


def pages_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def flat(text: str) -> str:
    """Without the breaks between lines."""
    return "".join(text.split())


def codes_of(pdf: bytes, scale: float = 2.0) -> list[str]:
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=scale)
        shape = (picture.height, picture.stride // picture.n_channels, picture.n_channels)
        view = memoryview(picture.buffer).cast("B", shape)
        found += [one.text for one in zxingcpp.read_barcodes(view)]
    return found


@pytest.fixture(scope="module")
def guarantee() -> SignedGuarantee:
    return signed()


@pytest.fixture(scope="module")
def letter(guarantee: SignedGuarantee) -> bytes:
    return letter_pdf(guarantee, URL)


def test_a_page_in_each_language_says_what_is_promised(letter: bytes, guarantee: SignedGuarantee) -> None:
    chinese, english = map(flat, pages_of(letter))
    for said in (
        *(
            "投标保函",
            "BH-2026-0001",
            "致：海口市市政工程建设管理中心（统一社会信用代码914403001922038216）",
            "第1页，共2页",
            "不可撤销",
            "CNY800,000.00",
            "人民币捌拾万元整",
        ),
        *("见索即付保函统一规则", "投标截止后撤销投标文件", "不允许部分索赔", "以中文为准", "2026-06-21"),
    ):
        assert said in chinese, said
    for said in (
        "Bid guarantee",
        "irrevocably undertake",
        "URDG 758",
        "should the two languages differ, Chinese",
    ):
        assert flat(said) in english, said
    for page in (chinese, english):
        for fact in (
            code_of(guarantee),
            *(guarantee.undertaking.document.hex(), guarantee.id.hex(), guarantee.key_id),
            *("91110000600037341L", "91350100M000100Y43", "914403001922038216"),
        ):
            assert fact in page, fact


def test_nothing_on_paper_lets_its_reader_present_the_guarantee(letter: bytes) -> None:
    text = flat("".join(pages_of(letter)))
    assert SALT.hex() not in text
    assert SALT.hex().encode() not in letter


def test_the_first_language_counts_and_comes_first(guarantee: SignedGuarantee) -> None:
    english, chinese = pages_of(letter_pdf(signed(languages=("en", "zh")), URL))
    assert "Bid guarantee" in english
    assert "以英文为准" in flat(chinese)


def test_every_choice_of_the_terms_has_its_words() -> None:
    demand = Demand(
        on_first_demand=False,
        irrevocable=False,
        grounds=("another-ground",),
        documents=("判决书副本",),
        partial=True,
        multiple=True,
    )
    other = signed(
        demand=demand, transferable=True, charges="beneficiary", rules="none", currency="USD", law="HK",
        expiry_event="招标人书面通知解除", text="本保函由分行代为送达。",
    )  # fmt: skip
    text = flat("".join(pages_of(letter_pdf(other, URL))))
    for said in (
        *(
            "附所列单据",
            "another-ground",
            "判决书副本",
            "允许部分索赔；允许多次索赔",
            "可以转让",
            "由受益人承担",
        ),
        *(
            "不适用统一规则",
            "USD800,000.00",
            "HK",
            "招标人书面通知解除",
            "本保函由分行代为送达。",
            "revocable",
        ),
    ):
        assert flat(said) in text, said
    assert "人民币捌拾万元整" not in text


def test_the_longest_terms_fit_on_pages_and_every_code_still_reads() -> None:
    long = "长" * 300
    other = signed(
        tender_title=long, lot_title=long, expiry_event=long, text="约" * 2000,
        demand=Demand(True, True, UNDERTAKING.demand.grounds, (long,) * 20, False, False),
    )  # fmt: skip
    pdf = letter_pdf(other, URL)
    assert len(pypdfium2.PdfDocument(pdf)) > 2
    assert codes_of(pdf) == [URL, URL]


def test_the_code_on_each_page_reads_as_the_address_of_the_check(letter: bytes) -> None:
    assert codes_of(letter) == [URL, URL]


def test_the_same_guarantee_gives_the_same_pages(letter: bytes, guarantee: SignedGuarantee) -> None:
    assert pages_of(letter_pdf(guarantee, URL)) == pages_of(letter)


def signer_in(folder: Path) -> tuple[PdfSigner, bytes]:
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank")])
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


def test_the_signature_is_over_the_whole_letter_and_breaks_with_it(letter: bytes, tmp_path: Path) -> None:
    signer, root = signer_in(tmp_path)
    sealed = signer.sign(letter, reason="bid guarantee")
    context = ValidationContext(trust_roots=[Certificate.load(root)])
    (one,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    status = validate_pdf_signature(one, context)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert codes_of(sealed) == [URL, URL]
    at = sealed.index(b"/Type /Page") + 4
    changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    (one,) = PdfFileReader(io.BytesIO(changed)).embedded_signatures
    assert not validate_pdf_signature(one, context).intact
