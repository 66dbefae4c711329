"""A guarantee applied for, paid, issued and put into a bid, all in a browser, against a real `sunseal serve` and the desk
of a guarantor with its own database and a chain."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Dialog, Page, expect

from app.letter_client import PATH
from bidding.package.sheet import GuaranteeHere
from bidding.tenders.draft import PartDraft
from guarantees.letters import kinds
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import ACCEPTED, APPLIED, CANCELLED, DELIVERED, PAID
from storage.database import Database
from tests.browser.bidding_world import BIDDER, BiddingWorld, bidding_world
from tests.browser.guarantor import BANK, Bank, guarantor_beside
from tests.browser.test_bidding import AXE, PASSPHRASE, make_wallet, open_lot
from tests.database import Postgres
from tests.story import SUPERVISOR

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

PARTS = (
    PartDraft(name="price", has_price=True, after="technical", guarantee=GuaranteeHere.REQUIRED),
    PartDraft(name="technical"),
)


def accept(dialog: Dialog) -> None:
    dialog.accept()


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[BiddingWorld]:
    more = {"SUNSEAL_SUPERVISOR": SUPERVISOR.verify_key.raw.hex()}
    with bidding_world(database, database_url, tmp_path, more=more) as world:
        world.add_bidder()
        world.publish(PARTS)
        yield world


@pytest.fixture
def bank(world: BiddingWorld, postgres: Postgres, migrated_template: str, tmp_path: Path) -> Iterator[Bank]:
    url = postgres.create(migrated_template)
    with guarantor_beside(world, url, tmp_path / "bank") as bank:
        yield bank
    postgres.retire(url)


def open_page(page: Page, world: BiddingWorld, language: str = "en") -> None:
    page.goto(f"{world.base}/notices?lang={language}")
    page.goto(f"{world.base}/guarantees/apply?lang={language}")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    expect(page.locator("#supervisor-title")).to_be_visible()


def lose_answer(page: Page, url: str) -> None:
    """Of the next request there: it arrives, and the browser is told that it was refused."""
    tools = page.context.new_cdp_session(page)

    def lose(paused: dict[str, Any]) -> None:
        answer = base64.b64encode(b'{"title": "lost", "code": "lost"}').decode()
        tools.send(
            "Fetch.fulfillRequest", {"requestId": paused["requestId"], "responseCode": 400, "body": answer}
        )
        tools.send("Fetch.disable")

    tools.on("Fetch.requestPaused", lose)
    tools.send("Fetch.enable", {"patterns": [{"urlPattern": url, "requestStage": "Response"}]})


def state(page: Page) -> str | None:
    return page.locator("[data-state]").get_attribute("data-state")


def ask(page: Page, expected: str) -> None:
    page.click("[data-act=ask-now]")
    expect(page.locator(f"[data-state={expected}]")).to_be_visible(timeout=30_000)


class Looking:
    """What axe-core objects to on the page as it stands, wide and narrow; with pictures where a folder is named."""

    def __init__(self, page: Page) -> None:
        self._page, self.found = page, list[str]()

    def __call__(self, name: str) -> None:
        for width in (390, 1440):
            self._page.set_viewport_size({"width": width, "height": 1000})
            self._page.evaluate(AXE.read_text("utf-8"))
            results = self._page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
            self.found += [
                f"{name} {width}: {one['id']}: {node['html'][:200]}"
                for one in results["violations"]
                for node in one["nodes"]
            ]
            wide = self._page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            self.found += [f"{name} {width}: {wide} pixels too wide"] if wide > 0 else []
            if folder := os.environ.get("SUNSEAL_SCREENSHOTS"):
                self._page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_guarantee_comes_from_the_form_to_the_bid(
    page: Page, world: BiddingWorld, bank: Bank, tmp_path: Path
) -> None:
    look = Looking(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", accept)
    make_wallet(page, world, tokens=4)

    # 1. From the bid's page to the form: the supervisor's key is compared once, the lot is chosen already
    open_lot(page, world)
    del asked[:]
    page.click("[data-part=price] a:has-text('Apply for a guarantee')")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    expect(page.locator("#supervisor-key")).to_contain_text(SUPERVISOR.verify_key.raw.hex()[:8])
    page.click("#supervisor-believe")
    expect(page.locator("#page-alert")).to_contain_text("Compare the supervisor's key first")
    look("guarantee-compare-en")
    page.check("#compared")
    page.click("#supervisor-believe")
    lot = f"{world.tender}.1"
    expect(page.locator("#application-lot")).to_have_value(lot)
    expect(page.locator("[name=amount]")).to_have_value("100000.00")
    expect(page.locator("#application-offers")).to_contain_text("premium 300.00 CNY")
    assert not any(lot in url for url in asked), "the platform is not told which lot"

    # 2. What is typed survives a reload; what is wrong is said, and nothing is sent
    page.fill("[name=contact]", "王工 13800000000")
    page.fill("[name=note]", "请尽快办理")
    page.wait_for_timeout(1000)
    open_page(page, world)
    expect(page.locator("[name=contact]")).to_have_value("王工 13800000000")
    page.fill("[name=amount]", "99,999.99")
    page.click("#application-form button[type=submit]")
    expect(page.locator("#page-alert")).to_contain_text("below the lot's bond")
    page.fill("[name=amount]", "100,000")
    page.remove_listener("dialog", accept)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("#application-form button[type=submit]")
    expect(page.locator("#page-alert")).to_contain_text("Choose these documents")
    page.on("dialog", accept)
    licence = tmp_path / "营业执照.pdf"
    licence.write_bytes(b"licence")
    page.set_input_files("#application-documents", [licence])
    page.check("#spend-token")
    look("guarantee-form-en")
    page.click("#application-form button[type=submit]")
    expect(page.locator("#page-status")).to_contain_text(
        "The application is with the platform", timeout=30_000
    )
    expect(page.locator("#spend-ready")).to_have_text("3")
    assert state(page) == "sent"

    # 3. At the desk it is what was typed, signed by the bidder's registered key
    bank.round()
    row = bank.application()
    assert (row.state, row.lot, row.amount, row.name) == (APPLIED, lot, 10_000_000, BIDDER[0])
    assert [one["name"] for one in row.documents] == ["营业执照.pdf", "note.txt", "party-proof.json"]
    letter = kinds.parse(row.content.decode())
    assert isinstance(letter, kinds.Application)
    letter.check()

    # 4. Quote, acceptance, invoice, payment by hand at the desk, issue
    bank.quote()
    bank.round()
    ask(page, "quoted")
    expect(page.locator("#applications-list")).to_contain_text("请在两小时内接受")
    look("guarantee-quoted-en")
    page.click("[data-act=accept-now]")
    expect(page.locator("[data-state=accepted]")).to_be_visible(timeout=30_000)
    bank.round()
    assert bank.application().state == ACCEPTED
    open_page(page, world, "zh")
    ask(page, "invoiced")
    expect(page.locator("#applications-list")).to_contain_text("保费专户 1234")
    look("guarantee-invoiced-zh")
    bank.pay()
    assert bank.application().state == PAID
    bank.issue()
    bank.round()
    assert bank.application().state == DELIVERED

    # 5. It is fetched, checked, and in the bid's form
    ask(page, "delivered")
    look("guarantee-delivered-zh")
    with page.expect_download() as pdf:
        page.click("[data-act=letter-now]")
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    with page.expect_download() as file:
        page.click("[data-act=file-now]")
    made = SignedGuarantee.parse(Path(file.value.path()).read_bytes())
    made.verify()
    assert (made.undertaking.issuer, made.undertaking.lot) == (BANK, lot)
    page.click("[data-act=fetch-now]")
    expect(page.locator("#page-status")).to_contain_text("保函核验通过，已放入")
    open_lot(page, world)
    expect(page.locator("[data-part=price] [data-guarantee-here]")).to_be_visible()

    # 6. It waits in the wallet for a bid that is begun anew
    page.goto(f"{world.base}/bids?lang=en")
    page.fill("#passphrase", PASSPHRASE)
    page.click("#wallet-locked button")
    page.click("#bids-rows button")
    expect(page.locator("#bids-none")).to_be_visible()
    open_lot(page, world)
    expect(page.locator("[data-part=price] [data-guarantee-here]")).to_be_visible()
    assert look.found == []


def test_an_application_is_cancelled_and_another_supervisor_s_list_is_not_believed(
    page: Page, world: BiddingWorld, bank: Bank
) -> None:
    page.on("dialog", accept)
    make_wallet(page, world, tokens=1)
    open_page(page, world)
    page.check("#compared")
    page.click("#supervisor-believe")
    page.select_option("#application-lot", f"{world.tender}.1")
    page.fill("[name=contact]", "王工")

    # The answer to the letter is lost: it is sent again, and the guarantor has it once
    lose_answer(page, f"*{PATH}/letters")
    page.click("#application-form button[type=submit]")
    expect(page.locator("#page-alert")).to_contain_text("lost")
    open_page(page, world)
    page.click("#application-form button[type=submit]")
    expect(page.locator("#page-status")).to_contain_text("had arrived before", timeout=30_000)

    bank.round()
    page.click("details summary:has-text('Cancel')")
    page.fill("[name=reason]", "不再投标")
    page.click("[data-act=cancel-now]")
    expect(page.locator("[data-state=cancelled]")).to_be_visible(timeout=30_000)
    bank.round()
    assert bank.application().state == CANCELLED
    page.click("[data-act=forget-now]")
    expect(page.locator("#applications-none")).to_be_visible()

    # A platform that shows another supervisor's list is not believed
    listed = httpx.get(f"{world.base}{PATH}/guarantors").text
    forged = listed.replace(SUPERVISOR.verify_key.raw.hex(), "11" * 32)
    page.route(
        f"**{PATH}/guarantors", lambda route: route.fulfill(body=forged, content_type="application/json")
    )
    open_page(page, world)
    expect(page.locator("#supervisor-differs")).to_be_visible()
    expect(page.locator("#believed")).to_be_hidden()
