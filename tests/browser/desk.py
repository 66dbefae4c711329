"""A guarantor's desk with something to do, served for a real browser: as tests/browser/site.py is the platform."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread

import waitress
from playwright.sync_api import Page

from parties.roles import Role
from storage.database import Database
from tests.browser.site import Served, Shown, at, of
from tests.integration.app.world import Clock, World
from tests.integration.desk_pages.house import ONE, PASSWORD, TWO, Bank
from tests.integration.desk_pages.test_desk_pages import demanded, paid_up

_ONE = "/applications/{}"
_AS = Role.GUARANTOR
PAGES: Mapping[str, Shown] = {
    "underwriter-login": Shown(at("/login")),
    "underwriter-queue": Shown(at("/"), _AS),
    "underwriter-queue-none": Shown(at("/?q=nothing"), _AS),
    "underwriter-application": Shown(of("applied", _ONE), _AS),
    "underwriter-signed": Shown(of("signed", _ONE), _AS),
    "underwriter-payments": Shown(at("/payments"), _AS),
    "underwriter-issue": Shown(at("/issue"), _AS),
    "underwriter-exposure": Shown(at("/exposure"), _AS),
    "underwriter-guarantees": Shown(at("/guarantees"), _AS),
    "underwriter-demand": Shown(of("demanded", "/guarantees/{}"), _AS),
    "underwriter-problem": Shown(at("/applications/nothing"), _AS),
}


@dataclass
class House(Served):
    """Whoever looks is the underwriter."""

    def enter(self, page: Page, role: Role) -> None:
        page.goto(f"{self.address}/login?lang=en")
        page.fill("#login", "li")
        page.fill("#password", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_url(f"{self.address}/")


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Served]:
    """The desk, on a port of its own."""
    bank = Bank(database, folder)
    bank.app.testing = False
    reader = bank.reader()
    signed = paid_up(bank, reader, ONE)
    reader.post("/issue", application=signed)
    guarantee, _ = demanded(bank, due=timedelta(days=3))
    paid_up(bank, reader, TWO)
    applied = bank.apply(b"\4" * 16, days=6)
    bank.apply(b"\5" * 16, days=2, state="declined")
    accepted = bank.apply(b"\6" * 16, days=1)
    reader.post(f"/applications/{accepted}/quote", premium="800", hours="48", note="请在两日内接受。")
    bank.accept(accepted, 80_000)
    reader.post("/exposure", applicant="", currency="CNY", amount="50,000,000")
    reader.post(
        "/payments/hand", reference="T-77", invoice="FP0", amount="5", currency="CNY", payer="某公司",
        paid_at="2026-03-02T09:30",
    )  # fmt: skip
    server = waitress.create_server(bank.app, host="127.0.0.1", port=0, threads=8)
    names = {"applied": applied, "signed": signed, "demanded": guarantee}
    address = f"http://localhost:{server.effective_port}"
    Thread(target=server.run, name="desk", daemon=True).start()
    try:
        yield House(World(bank.app, database, Clock()), address, names)
    finally:
        server.close()
