"""200 MB, sealed and uploaded by a browser while the line is cut twice, and what the page needs of memory for it."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from bidding.package.sheet import Asked
from bidding.tenders.draft import PartDraft
from ledger.entries import BidSubmitted
from storage.database import Database
from tests.browser.bidding_world import bidding_world
from tests.browser.test_bidding import make_wallet, open_lot, receipts, submit, verified

pytestmark = pytest.mark.long

MB = 1_000_000
SIZE = 200 * MB
CUT_AT = (70 * MB, 150 * MB)
MOST = 300 * MB


@dataclass
class Peak:
    """The largest of any renderer while it was watched, in bytes.

    footprint: what the process has for itself, which Chromium's own task manager shows as a page's memory (RssAnon)
    resident:  with the pages of Chromium's program and libraries that all its processes share
    """

    footprint: int = 0
    resident: int = 0

    def look(self) -> None:
        for process in psutil.Process(os.getpid()).children(recursive=True):
            with suppress(psutil.Error):
                if "--type=renderer" in process.cmdline():
                    found = process.memory_info()
                    self.resident = max(self.resident, found.rss)
                    self.footprint = max(self.footprint, found.rss - found.shared)


@contextmanager
def watched() -> Iterator[Peak]:
    """Watches a page with its worker, which share one renderer, every 50 ms."""
    peak, stopped = Peak(), threading.Event()

    def watch() -> None:
        while not stopped.wait(0.05):
            peak.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stopped.set()
        thread.join()


def test_200_mb_over_a_line_that_is_cut_twice_in_little_memory(
    page: Page, database: Database, database_url: str, tmp_path: Path
) -> None:
    document = tmp_path / "drawings.bin"
    with document.open("wb") as file:
        for _ in range(SIZE // MB):
            file.write(os.urandom(MB))
    part = PartDraft(name="price", has_price=True, knowledge=True, asks=(Asked.PERIOD,), max_size=300 << 20)
    with bidding_world(database, database_url, tmp_path, cut_at=CUT_AT) as world, watched() as peak:
        world.add_bidder()
        world.publish([part])
        make_wallet(page, world, tokens=3)
        open_lot(page, world)
        page.fill("#price-total", "4,680,000")
        page.fill("#price-period", "180")
        page.set_input_files("#price-documents", [document])
        began = time.monotonic()
        page.click("#seal")
        expect(page.locator("#working")).to_be_visible()
        expect(page.locator("#working")).to_be_hidden(timeout=300_000)
        expect(page.locator("#page-alert")).to_be_hidden()
        sealed = time.monotonic()
        page.click("#upload")
        expect(page.locator("#uploaded-note")).to_be_visible(timeout=300_000)
        uploaded = time.monotonic()
        submit(page)
        (receipt,) = receipts(page)
        fact = verified(world, receipt)
        cuts = world.line.cuts
    print(
        f"sealed and rehearsed in {sealed - began:.1f} s, uploaded in {uploaded - sealed:.1f} s, "
        f"{cuts} cuts, at most {peak.footprint / MB:.0f} MB, resident {peak.resident / MB:.0f} MB"
    )
    assert isinstance(fact, BidSubmitted)
    assert fact.parts[0].size > SIZE
    assert cuts == 2
    assert peak.footprint < MOST
