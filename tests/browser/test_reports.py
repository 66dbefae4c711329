"""Reports without a name in a real browser: sealed there, answered by the supervisor, read with the 12 words."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from oversight.reports import File, MessageText
from storage.database import Database
from tests.browser import mailboxes
from tests.browser.mailboxes import Platform
from tests.story import SUPERVISOR, SUPERVISOR_AGE

MANIFEST = Path(__file__).parents[2] / "client" / "dist" / "manifest.json"
SECRET = "副市长要求内定中标人"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not MANIFEST.exists(), reason="needs the built client (make client)"),
]


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    with mailboxes.served(database, tmp_path) as there:
        yield there


def test_report_is_sealed_in_the_browser_answered_and_read_with_the_words_alone(
    platform: Platform, page: Page, tmp_path: Path
) -> None:
    # 1. Nothing is sent before the supervisor's key was compared; then the words are shown, once
    page.goto(f"{platform.address}/report?kind=interference&lang=zh")
    expect(page.locator("[data-report-key]")).to_contain_text(SUPERVISOR.verify_key.raw.hex()[:8])
    page.fill("#report-text", SECRET)
    page.set_input_files(
        "#report-files", {"name": "信.txt", "mimeType": "text/plain", "buffer": b"as he wrote"}
    )
    page.click("[data-report-send]")
    expect(page.locator("[data-report-error]")).to_contain_text("请先核对")
    page.check("#compared")
    page.click("[data-report-send]")
    expect(page.locator("#report-done")).to_be_visible()
    words = page.locator("[data-report-phrase]").inner_text()
    assert len(words.split()) == 12
    with page.expect_download() as kept:
        page.click("[data-report-receipt]")

    # 2. The supervisor alone reads it: as the command does
    (held,) = platform.desk().inbox(SUPERVISOR)
    assert held.kind == "interference"
    assert platform.desk().open(held, SUPERVISOR_AGE) == MessageText(
        SECRET, (File("信.txt", b"as he wrote"),)
    )
    assert held.sha256 in Path(kept.value.path()).read_text("utf-8")
    platform.desk().reply(SUPERVISOR, held.mailbox, MessageText("何时？", (File("form.txt", b"fill in"),)))

    # 3. With the words alone the answer is read, and one more message is sent
    page.goto(f"{platform.address}/report/mailbox?lang=en")
    page.check("#compared")
    page.fill("#report-phrase", " ".join(words.split()[::-1]))
    page.click("[data-report-open]")
    expect(page.locator("[data-report-error]")).to_contain_text("no code phrase")
    page.fill("#report-phrase", words)
    page.click("[data-report-open]")
    expect(page.locator("[data-report-list]")).to_contain_text("何时？")
    assert page.input_value("#report-phrase") == "", "the words do not stay on the screen"
    with page.expect_download() as file:
        page.click("text=form.txt")
    assert Path(file.value.path()).read_bytes() == b"fill in"
    page.fill("#report-text", "三月二日")
    page.click("#report-again [data-report-send]")
    expect(page.locator("[data-report-sent]")).to_contain_text("It is sent")
    last = platform.desk().inbox(SUPERVISOR)[-1]
    assert platform.desk().open(last, SUPERVISOR_AGE).text == "三月二日"

    # 4. No request had a cookie beside the language's pages, none a referrer, and nothing is left in the browser
    asked = [
        headers
        for path, headers in platform.heard
        if path.startswith("/api/reports/") and "Sec-Fetch-Site" in headers
    ]
    assert len(asked) >= 8
    assert not [one for one in asked if {"Cookie", "Referer", "Authorization"} & set(one)]
    assert not any(words in path or SECRET in path for path, _headers in platform.heard)
    kept_here = page.evaluate(
        "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"
    )
    assert not [one for one in (words, words.split()[0], SECRET) if one in kept_here]


def test_platform_that_shows_another_recipient_is_not_believed(platform: Platform, page: Page) -> None:
    real = httpx.get(f"{platform.address}/api/reports/v1/where").text
    spoiled = real.replace(str(SUPERVISOR_AGE.recipient), "age1" + "q" * 58)
    assert spoiled != real

    def forged(route: Route) -> None:
        route.fulfill(body=spoiled, content_type="application/json")

    page.route("**/api/reports/v1/where", forged)
    page.goto(f"{platform.address}/report?lang=en")
    expect(page.locator("[data-report-key]")).to_contain_text("has not signed")
    page.fill("#report-text", SECRET)
    page.check("#compared")
    page.click("[data-report-send]")
    expect(page.locator("[data-report-error]")).not_to_be_empty()
    assert not [path for path, _headers in platform.heard if path.endswith("/messages")]
