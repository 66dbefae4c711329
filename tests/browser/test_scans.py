"""A scan of a paper guarantee is put into a bid in the browser: the package has it, and guarantee.json says the very file."""

import io
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.bidder.party import OnlyMyself
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.reading import Package, read_manifest, read_package
from bidding.package.sheet import GuaranteeHere
from bidding.tenders.draft import PartDraft
from guarantees.checking import paper_rules
from guarantees.paper import PaperGuarantee, Scan, last_second
from storage.database import Database
from tests.browser.bidding_world import BIDDER, BiddingWorld, bidding_world, identity_of
from tests.browser.test_bidding import AXE, make_wallet, open_lot, sealed_files
from tests.environment import program
from tests.guarantee_example import BANK

pytestmark = pytest.mark.long

PARTS = (PartDraft(name="price", has_price=True, guarantee=GuaranteeHere.REQUIRED),)


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[BiddingWorld]:
    with bidding_world(database, database_url, tmp_path) as world:
        world.add_bidder()
        world.publish(PARTS)
        yield world


def put(page: Page, scan: Path) -> None:
    page.set_input_files("#price-scan-file", [scan])
    page.click("[data-scan-put]")


def test_a_scan_is_put_in_kept_and_sealed_as_what_it_is_stated_to_be(
    page: Page, world: BiddingWorld, tmp_path: Path
) -> None:
    scan, other = tmp_path / "保函扫描件.PDF", tmp_path / "guarantee-scan.pdf"
    scan.write_bytes(b"%PDF-1.7 the scan" * 9000)
    other.write_bytes(b"%PDF-1.7 another")
    make_wallet(page, world, tokens=2)
    open_lot(page, world)
    page.fill("#price-total", "4,680,000")
    page.click("[data-scan-form] summary")
    page.fill("#price-scan-name", BANK.name)
    page.fill("#price-scan-code", BANK.credit_code)
    page.fill("#price-scan-amount", "80.123")

    # What is wrong is said, and what was typed stays, also after a reload
    put(page, scan)
    expect(page.locator("[data-scan-wrong]")).to_contain_text("at most two decimals")
    expect(page.locator("[data-scan-wrong]")).to_contain_text("last day")
    page.wait_for_timeout(900)
    open_lot(page, world)
    page.click("[data-scan-form] summary")
    expect(page.locator("#price-scan-name")).to_have_value(BANK.name)
    page.fill("#price-scan-number", "P-2026-7")
    page.fill("#price-scan-amount", "100,000")
    page.fill("#price-scan-until", "2027-12-31")
    put(page, scan)
    expect(page.locator("[data-scan-here]")).to_contain_text("P-2026-7")
    expect(page.locator("[data-document-list]")).to_contain_text("guarantee-scan.pdf")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate(AXE.read_text("utf-8"))
        results = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert [one["id"] for one in results["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("SUNSEAL_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"bid-scan-{width}.png", full_page=True)

    # After a reload the browser has lost the file; another one under its name does not take its place
    page.wait_for_timeout(900)
    open_lot(page, world)
    expect(page.locator("[data-scan-here]")).to_contain_text("choose it again")
    page.set_input_files("#price-documents", [other])
    page.click("#seal")
    expect(page.locator("#page-alert")).to_contain_text("choose it again")
    put(page, scan)
    expect(page.locator("[data-scan-here]")).to_contain_text("is in the bid")
    page.click("#seal")
    expect(page.locator("#sealed-list tr")).to_have_count(1, timeout=120_000)
    expect(page.locator("#page-alert")).to_be_hidden()

    # The age program opens it, and what is in it is what `sunseal guarantee paper` would have put there
    package = opened(page, world, tmp_path)
    assert package.guarantee is not None
    stated = PaperGuarantee.parse(package.guarantee)
    described = Scan.of(scan.name, scan.read_bytes())
    last = last_second(date(2027, 12, 31))
    assert stated == PaperGuarantee(BANK, "P-2026-7", 10_000_000, "CNY", last, described)
    assert paper_rules.examine(stated, package.documents) is None

    # Taken out, both are gone
    page.click("[data-remove-guarantee]")
    expect(page.locator("[data-document-list] li")).to_have_count(0)
    expect(page.locator("[data-scan-here]")).to_be_hidden()


def opened(page: Page, world: BiddingWorld, folder: Path) -> Package:
    part = world.sheet().part("price")
    (data,) = sealed_files(page).values()
    key, sealed = folder / "key.txt", folder / "sealed.age"
    key.write_text(identity_of(part.recipient).reveal() + "\n")
    sealed.write_bytes(data)
    done = subprocess.run([program("age"), "-d", "-i", key, sealed], check=True, capture_output=True)
    plain = io.BytesIO(done.stdout)
    bid = read_manifest(io.BytesIO(done.stdout), DEFAULT_LIMITS).bid
    binding = world.sheet().binding("price", bid)
    return read_package(plain, binding, OnlyMyself(BIDDER[1]), part.limits(), priced=True)
