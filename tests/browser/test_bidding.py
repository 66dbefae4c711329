"""A bid from the wallet to the receipt, in a browser, against a real `sunseal serve`."""

import base64
import hashlib
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from app.bidder.party import OnlyMyself
from bidding.package.forms import Bidder, PriceForm
from bidding.package.reading import read_package
from bidding.package.sheet import Asked
from bidding.sealing import check_for_lot
from bidding.tenders.draft import PartDraft
from crypto import canonical_json
from ledger.entries import BidSubmitted, BidWithdrawn, Sealed, decode
from ledger.proof import verify_receipt
from ledger.sealed import check_reveal
from storage.database import Database
from tests.browser.bidding_world import BIDDER, BiddingWorld, bidding_world, identity_of
from tests.environment import ROOT, program

pytestmark = pytest.mark.long

AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
PASSPHRASE = "sealed until the sun comes out"
PARTS = (
    PartDraft(
        name="price", has_price=True, knowledge=True, after="technical", asks=(Asked.PERIOD, Asked.MANAGER)
    ),
    PartDraft(name="technical", asks=(Asked.CERTIFICATES,)),
)


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[BiddingWorld]:
    with bidding_world(database, database_url, tmp_path) as world:
        world.add_bidder()
        world.publish(PARTS)
        yield world


def make_wallet(page: Page, world: BiddingWorld, tokens: int = 8) -> None:
    """A wallet with tokens and a registered key."""
    world.log_in(page)
    page.goto(f"{world.base}/wallet?lang=en")
    page.fill("#new-passphrase", PASSPHRASE)
    page.fill("#new-passphrase-again", PASSPHRASE)
    page.click("#new-wallet button")
    expect(page.locator("#tokens-ready")).to_be_visible()
    page.fill("#draw-count", str(tokens))
    page.click("#draw-tokens button")
    expect(page.locator("#tokens-ready")).to_have_text(str(tokens), timeout=30_000)
    page.click("#key-register")
    expect(page.locator("#page-status")).to_contain_text("registered")
    expect(page.locator("#key-unknown")).to_be_hidden()


def open_lot(page: Page, world: BiddingWorld) -> None:
    page.goto(world.lot_page)
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    expect(page.locator("#ready-title")).to_be_visible()


def fill_in(page: Page, document: Path) -> None:
    page.fill("#price-total", "4,680,000")
    page.fill("#price-period", "180")
    page.fill("#price-manager", "王工")
    page.set_input_files("#technical-documents", [document])
    page.click("[data-part=technical] [data-add=certificates]")
    page.fill("[data-part=technical] [name=name]", "市政公用工程施工总承包一级")
    page.fill("[data-part=technical] [name=number]", "D146000000")
    page.fill("[data-part=technical] [name=valid_until]", "2030-12-31")


def seal(page: Page) -> None:
    page.click("#seal")
    expect(page.locator("#sealed-list tr")).to_have_count(2, timeout=120_000)
    expect(page.locator("#working")).to_be_hidden(timeout=120_000)
    expect(page.locator("#page-alert")).to_be_hidden()


def submit(page: Page) -> None:
    page.check("#confirmed")
    page.click("#submit")
    expect(page.locator("#submitted-now")).to_be_visible(timeout=60_000)


def receipts(page: Page) -> list[dict[str, str]]:
    found = []
    for button in page.locator("#receipts button").all():
        with page.expect_download() as downloading:
            button.click()
        download: Download = downloading.value
        found.append(json.loads(Path(download.path()).read_text()))
    return found


def verified(world: BiddingWorld, receipt: dict[str, str]) -> object:
    """The fact behind a receipt that holds."""
    body = canonical_json.dumps(receipt["body"])
    found = verify_receipt(receipt["receipt"].encode(), world.policy)
    entry = decode(found.entry)
    assert isinstance(entry, Sealed)
    check_reveal(bytes.fromhex(entry.commitment), bytes.fromhex(receipt["salt"]), body)
    return decode(body)


def sealed_files(page: Page) -> dict[str, bytes]:
    """What the browser keeps: the sealed files by their SHA-256, out of its own file system."""
    found = page.evaluate(
        """async () => {
            const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealed");
            const files = [];
            for await (const handle of folder.values()) {
                const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
                files.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
            }
            return files;
        }"""
    )
    files = [base64.b64decode(one) for one in found]
    return {hashlib.sha256(data).hexdigest(): data for data in files}


def write_document(folder: Path) -> Path:
    document = folder / "施工组织设计.txt"
    document.write_text("第一章 总体部署\n" * 1000)
    return document


def test_a_bid_submitted_in_the_browser_gets_its_receipt_and_opens(
    page: Page, world: BiddingWorld, tmp_path: Path
) -> None:
    document = write_document(tmp_path)
    make_wallet(page, world)
    open_lot(page, world)
    fill_in(page, document)
    seal(page)
    submit(page)
    (receipt,) = receipts(page)
    fact = verified(world, receipt)
    assert isinstance(fact, BidSubmitted)
    sheet = world.sheet()
    assert [part.part for part in fact.parts] == [part.name for part in sheet.parts]
    files = sealed_files(page)
    for part in fact.parts:
        data = files[part.sha256]
        assert len(data) == part.size
        expected = sheet.part(part.part)
        # What the platform checks without opening, the proof of knowledge among it
        check_for_lot(part, expected, sheet.binding(part.part, fact.bid))
        # The age program opens it with the lot's key, and the strict reader finds the package whole
        identity = identity_of(expected.recipient)
        key, sealed = tmp_path / "key.txt", tmp_path / "sealed.age"
        key.write_text(identity.reveal() + "\n")
        sealed.write_bytes(data)
        opened = subprocess.run(
            [program("age"), "-d", "-i", key, sealed], check=True, capture_output=True
        ).stdout
        package = read_package(
            io.BytesIO(opened),
            sheet.binding(part.part, fact.bid),
            OnlyMyself(BIDDER[1]),
            expected.limits(),
            priced=expected.priced,
        )
        assert package.form.bidder == Bidder(*BIDDER)
        if isinstance(package.form, PriceForm):
            assert (package.form.total, package.form.period_days) == ("4680000.00", 180)
        else:
            (found,) = package.documents
            assert found.name == "documents/施工组织设计.txt"
            assert found.sha256 == hashlib.sha256(document.read_bytes()).hexdigest()


def test_a_bid_is_resumed_replaced_rehearsed_and_withdrawn(
    page: Page, world: BiddingWorld, tmp_path: Path
) -> None:
    document = write_document(tmp_path)
    make_wallet(page, world)
    open_lot(page, world)
    fill_in(page, document)
    page.fill("#price-total", "4,900,000")
    page.click("#seal")  # above the ceiling: said, and nothing is sealed
    expect(page.locator("#page-alert")).to_contain_text("above the ceiling")
    page.fill("#price-total", "4,680,000")
    seal(page)

    # What was sealed is still there after a reload; what was typed too; the documents are only needed to seal again
    open_lot(page, world)
    expect(page.locator("#price-total")).to_have_value("4,680,000")
    expect(page.locator("#sealed-list tr")).to_have_count(2)
    page.click("#upload")
    expect(page.locator("#uploaded-note")).to_be_visible(timeout=60_000)
    expect(page.locator("#uploaded-note")).to_contain_text("Uploaded is not submitted")
    open_lot(page, world)
    submit(page)
    before = sealed_files(page)

    # Replaced: one price more, sequence 2
    page.set_input_files("#technical-documents", [document])
    page.fill("#price-total", "4,500,000")
    expect(page.locator("#changed-since")).to_be_visible()
    page.click("#seal")
    expect(page.locator("#submit-step")).to_be_visible(timeout=60_000)
    submit(page)
    expect(page.locator("#receipts li")).to_have_count(2)
    facts = [verified(world, one) for one in receipts(page)]
    assert [fact.sequence for fact in facts if isinstance(fact, BidSubmitted)] == [1, 2]
    assert not set(before) & set(sealed_files(page))

    page.click("#rehearse")
    expect(page.locator("#page-status")).to_contain_text("rehearsal opened the file", timeout=60_000)

    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#withdraw")
    expect(page.locator("#withdrawn-now")).to_be_visible(timeout=60_000)
    assert isinstance(verified(world, receipts(page)[-1]), BidWithdrawn)

    page.goto(f"{world.base}/bids?lang=en")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    expect(page.locator("#bids-rows tr")).to_have_count(1)
    expect(page.locator("#bids-rows")).to_contain_text("withdrawn")


def test_the_pages_of_bidding_have_no_violation_when_they_are_open(
    page: Page, world: BiddingWorld, tmp_path: Path
) -> None:
    """What axe-core finds on the pages once the wallet is open, in both languages, wide and narrow."""
    found: list[str] = []

    def look(name: str) -> None:
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 1000})
            page.evaluate(AXE.read_text("utf-8"))
            results = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
            found.extend(
                f"{name} {width}: {one['id']}: {node['html'][:200]}"
                for one in results["violations"]
                for node in one["nodes"]
            )
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                found.append(f"{name} {width}: {wide} pixels too wide")
            if folder := os.environ.get("SUNSEAL_SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    make_wallet(page, world)
    look("wallet-open-en")
    for language in ("en", "zh"):
        page.goto(world.lot_page.replace("lang=en", f"lang={language}"))
        look(f"bid-locked-{language}")
        page.fill("#passphrase", PASSPHRASE)
        page.click("#wallet-locked button")
        expect(page.locator("#ready-title")).to_be_visible()
        if language == "en":
            fill_in(page, write_document(tmp_path))
            page.click("[data-part=price] [data-add=lines]")
            look("bid-filled-en")
            page.click("[data-part=price] [data-remove]")
            seal(page)
        look(f"bid-sealed-{language}")
    submit(page)
    look("bid-submitted-zh")
    page.goto(f"{world.base}/bids?lang=zh")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    expect(page.locator("#bids-rows tr")).to_have_count(1)
    look("bids-zh")
    page.goto(f"{world.base}/wallet?lang=zh")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    expect(page.locator("#tokens-title")).to_be_visible()
    look("wallet-open-zh")
    assert found == []


def test_a_wallet_moves_to_another_browser_by_its_backup(
    page: Page, chromium: Browser, world: BiddingWorld, tmp_path: Path
) -> None:
    make_wallet(page, world, tokens=2)
    page.fill("#export-passphrase", PASSPHRASE)
    with page.expect_download() as downloading:
        page.click("#export-wallet button")
    backup = tmp_path / "wallet.age"
    downloading.value.save_as(backup)
    other = chromium.new_context(locale="en-GB").new_page()
    world.log_in(other)
    other.goto(f"{world.base}/wallet?lang=en")
    other.click("details > summary:has-text('Restore')")
    other.set_input_files("#restore-file", [backup])
    other.fill("#restore-passphrase", "another passphrase")
    other.click("#restore-wallet button")
    expect(other.locator("#page-alert")).to_contain_text("passphrase is wrong")
    other.fill("#restore-passphrase", PASSPHRASE)
    other.click("#restore-wallet button")
    expect(other.locator("#tokens-ready")).to_have_text("2")
    expect(other.locator("#key-unknown")).to_be_hidden()
    other.context.close()
