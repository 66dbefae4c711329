"""`sunseal guarantor` and `sunseal guarantee` against a platform over HTTP, on two databases and a chain."""

import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from werkzeug.serving import WSGIRequestHandler, make_server

from app.bidder import steps
from app.cli.custody_offline import SIGNING_KIND
from app.cli.main import main
from bidding.package.sheet import GuaranteeHere, LotSheet, SheetPart
from crypto.secret_file import Secret
from guarantees.carried import parse
from guarantees.paper import PaperGuarantee
from guarantees.signed import SignedGuarantee
from keyholder import secret_file
from tests.guarantee_example import BANK
from tests.guarantor_desk import BOND, DeskWorld
from tests.opening import own, party
from tests.story import ORIGIN, SUPERVISOR


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@dataclass
class Shell:
    world: DeskWorld
    address: str
    folder: Path
    environment: dict[str, str]

    def run(self, *words: str) -> str:
        result = CliRunner().invoke(main, list(words), env=self.environment)
        assert result.exit_code == 0, (words, result.output)
        return result.output

    def refused(self, *words: str) -> str:
        result = CliRunner().invoke(main, list(words), env=self.environment)
        assert result.exit_code == 1, (words, result.output, result.exception)
        return result.output

    @property
    def desk(self) -> str:
        return str(self.folder / "desk")

    @property
    def application(self) -> str:
        return str(self.folder / "application")


@pytest.fixture
def shell(desk_world: DeskWorld, tmp_path: Path) -> Iterator[Shell]:
    world = desk_world
    server = make_server("127.0.0.1", 0, world.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse\n")
    passphrase.chmod(0o600)
    environment = {
        "DATABASE_URL": world.url,
        "SUNSEAL_CHAIN_URL": world.chain.node.url,
        "SUNSEAL_CHAIN_CONTRACTS": str(world.chain.node.folder.contracts),
        "SUNSEAL_CHAIN_DEPTH": "0",
        "SUNSEAL_GUARANTOR_PASSPHRASE_FILE": str(passphrase),
        "SUNSEAL_BID_PASSPHRASE_FILE": str(passphrase),
        "SUNSEAL_SUPERVISOR_PASSPHRASE_FILE": str(passphrase),
        "NO_PROXY": "127.0.0.1",
    }
    lock = secret_file.Lock.of_passphrase("correct horse", work_factor=2)
    secret = Secret(SIGNING_KIND, "supervisor", b"\x51" * 32)
    secret_file.make(tmp_path / "supervisor.age", secret, lock, random=world.random)
    try:
        yield Shell(world, f"http://127.0.0.1:{server.server_port}", tmp_path, environment)
    finally:
        server.shutdown()
        thread.join()


def sheet(world: DeskWorld) -> LotSheet:
    """The lot's sheet, with one part that carries the guarantee."""
    asks: tuple[()] = ()
    part = SheetPart("price", str(own(3).recipient), False, True, asks, GuaranteeHere.REQUIRED, 1 << 20)
    notice = world.notice
    return LotSheet(
        *(ORIGIN, notice.lot, notice.tender, notice.lot_title, notice.deadline, "CNY", None, (part,))
    )


@pytest.mark.long
def test_the_commands_lead_from_the_card_to_the_guarantee_in_the_bid(shell: Shell) -> None:
    world, hex_key = shell.world, SUPERVISOR.verify_key.raw.hex()
    # The guarantor, and the supervisor who lists it
    account = "0x" + world.chain.address("guarantor").hex()
    init = ("--supervisor", hex_key, "--credit-code", BANK.credit_code, "--name", BANK.name)
    more = ("--account", account, "--pay-to", "保费专户")
    assert "letters are NOT signed" in shell.run("guarantor", "init", shell.desk, shell.address, *init, *more)
    shell.run("guarantor", "test-certificate", shell.desk)
    assert "already" in shell.refused("guarantor", "test-certificate", shell.desk)
    assert (Path(shell.desk) / "letter.pem").stat().st_mode & 0o777 == 0o600
    card = shell.folder / "card.json"
    card.write_text(shell.run("guarantor", "card", shell.desk))
    days = ("--since", "2026-01-01", "--until", "2099-01-01")
    key = ("--key", str(shell.folder / "supervisor.age"))
    shell.run("guarantor", "list", shell.address, str(card), *days, *key)
    product = shell.folder / "product.toml"
    product.write_text(
        'product = "bid-quick"\nversion = 1\nname_zh = "投标保函"\nname_en = "Bid guarantee"\ncurrency = "CNY"\n'
        'rate = 1000\nminimum = 30000\nleast = 100000\nmost = 10000000000\ndays = 365\ndocuments = ["营业执照"]\n'
    )
    shell.run("guarantor", "publish", shell.desk, str(product))
    shell.run("guarantor", "limit", "10000000")
    # The bidder
    offers = shell.run("guarantee", "offers", shell.address, "--supervisor", hex_key)
    assert "bid-quick" in offers
    assert world.notice.lot in offers
    bidder_key, bidder = party(7)
    pem = shell.folder / "party.pem"
    pem.write_bytes(bidder_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    apply = (
        *("guarantee", "apply", shell.application, shell.address, world.notice.lot, "--supervisor", hex_key),
        *("--guarantor", BANK.credit_code, "--product", "bid-quick", "--credit-code", bidder.credit_code),
        *("--name", bidder.name, "--contact", "王工", "--party-key", str(pem), "--document", str(card)),
    )
    shell.run(*apply)
    assert "sent before" in shell.refused(*apply)
    shell.run("guarantor", "run", shell.desk, "--once")
    (line,) = [one for one in shell.run("guarantor", "queue").splitlines() if bidder.credit_code in one]
    application = line.split()[0]
    shell.run("guarantor", "quote", shell.desk, application)
    shell.run("guarantor", "run", shell.desk, "--once")
    assert "800.00 CNY" in shell.run("guarantee", "status", shell.application)
    shell.run("guarantee", "accept", shell.application)
    shell.run("guarantor", "run", shell.desk, "--once")
    found = re.search(r"invoice (FP\w+)", shell.run("guarantee", "status", shell.application))
    assert found is not None
    assert "nothing is paid" in shell.run("guarantor", "issue", shell.desk, "--all")
    pay = ("--reference", "B1", "--amount", "800", "--payer", bidder.name)
    shell.run("guarantor", "paid", found[1], *pay)
    assert "total" in shell.run("guarantor", "exposure")
    assert "not delivered" in shell.refused("guarantee", "fetch", shell.application)
    assert "signed" in shell.run("guarantor", "issue", shell.desk, "--all")
    world.mined()
    shell.run("guarantor", "run", shell.desk, "--once")
    # Into the bid
    bid = shell.folder / "bid"
    lock = secret_file.Lock.of_passphrase("correct horse", work_factor=2)
    steps.create(bid, sheet(world), lock, (bidder.name, bidder.credit_code), random=world.random)
    shell.run("guarantee", "fetch", shell.application, "--bid", str(bid))
    carried = bid / "parts" / "price" / "guarantee.json"
    made = parse(carried.read_bytes())
    assert isinstance(made, SignedGuarantee)
    assert (made.undertaking.applicant.credit_code, made.undertaking.amount) == (bidder.credit_code, BOND)
    _check_signature(Path(shell.desk), Path(shell.application))
    # Any listed guarantor's, and one that is altered
    check = (shell.address, "--supervisor", hex_key, "--credit-code")
    assert "holds" in shell.run("guarantee", "check", str(carried), *check, bidder.credit_code)
    other = shell.refused("guarantee", "check", str(carried), *check, "91110000MA0000001L")
    assert "申请人" in other
    altered = shell.folder / "altered.json"
    altered.write_bytes(carried.read_bytes().replace(b'"amount":80000000', b'"amount":80000001'))
    assert "签名" in shell.refused("guarantee", "check", str(altered), *check, bidder.credit_code)
    # The fallback on paper
    scan = shell.folder / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7 a scan")
    stated = ("--guarantor", BANK.name, "--credit-code", BANK.credit_code, "--number", "P-1")
    shell.run(
        "guarantee", "paper", str(bid), str(scan), *stated, "--amount", "800000", "--expires", "2026-12-31"
    )
    assert isinstance(parse(carried.read_bytes()), PaperGuarantee)
    # Suspended, it is refused with a reason
    why = ("--reason", "capital")
    shell.run("guarantor", "suspend", shell.address, BANK.credit_code, *why, *key)
    assert "许可" in shell.refused("guarantee", "check", str(_saved(shell, made)), *check, bidder.credit_code)
    shell.run("guarantor", "resume", shell.address, BANK.credit_code, *why, *key)


def _check_signature(desk: Path, application: Path) -> None:
    """The letter that was delivered is signed, whole, by the guarantor's certificate: pyHanko's own validator says so."""
    (letter,) = application.rglob("*.pdf")
    certificate = load_pem_x509_certificate((desk / "letter-chain.pem").read_bytes())
    trusted = [Certificate.load(certificate.public_bytes(Encoding.DER))]
    (one,) = PdfFileReader(io.BytesIO(letter.read_bytes())).embedded_signatures
    status = validate_pdf_signature(one, ValidationContext(trust_roots=trusted))
    assert status.intact
    assert status.valid
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert one.signer_cert.subject.native["organization_name"] == BANK.name


def _saved(shell: Shell, made: SignedGuarantee) -> Path:
    path = shell.folder / "made.json"
    path.write_bytes(made.to_bytes())
    return path
