"""A file beside a SHA-256 field: hashed in a real browser, and not sent."""

import hashlib
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from parties.roles import Role
from storage.database import Database
from tests.browser import site
from tests.browser.looking import Looker

MANIFEST = Path(__file__).parents[2] / "client" / "dist" / "manifest.json"
PATIENCE = 60_000
CONTENT = hashlib.shake_256(b"the committee's report").digest(5 << 20)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not MANIFEST.exists(), reason="needs the built client (make client)"),
]


def test_the_chosen_file_is_hashed_here_and_its_hash_recorded(
    database: Database, tmp_path: Path, chromium: Browser
) -> None:
    report = tmp_path / "评标报告.pdf"
    report.write_bytes(CONTENT)
    sent: list[Request] = []
    with site.served(database, tmp_path) as there, closing(Looker(chromium, there)) as looker:
        page = looker.page(Role.CENTER, "en")
        page.goto(there.address + site.PAGES["evaluate"].path(there))
        page.on("request", lambda request: sent.append(request))
        page.set_input_files("#hashed-file", report)
        expect(page.locator("#sha256")).to_have_value(hashlib.sha256(CONTENT).hexdigest(), timeout=PATIENCE)
        expect(page.locator("[data-hashes] [role=status]")).to_contain_text("评标报告.pdf", timeout=PATIENCE)
        assert not [one for one in sent if one.method != "GET"]
        page.click("main form button[type=submit]")
        expect(page.locator("main")).to_contain_text("evaluated", timeout=PATIENCE)
    assert all(len(one.post_data_buffer or b"") < 4096 for one in sent)
