"""Pictures of every page, at 1440 and 390 pixels, in both languages, into var/screenshots, to be looked at one by one.

    python -m scripts.screenshots [NAME...]     all that tests/browser lists as PAGES, or those whose name begins so

Needs Debian's Chromium and what `make client` builds. Says for each page whether it is wider than the screen, and what
the browser's console complained of.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, sync_playwright

from storage.database import Database
from storage.migrate import upgrade
from storage.private_server import PrivateServer
from tests.browser import cases, desk, draws, halls, held, mailboxes, site
from tests.browser.looking import LANGUAGES, SHELL, WIDTHS, Looker, launched
from tests.browser.site import Served, Shown
from tests.environment import roomy_place

TARGET = Path("var/screenshots")


def main() -> int:
    TARGET.mkdir(parents=True, exist_ok=True)
    troubles = 0
    for pages in (site, halls, cases, draws, mailboxes, desk, held):
        wanted = {
            name: shown
            for name, shown in pages.PAGES.items()
            if not sys.argv[1:] or name.startswith(tuple(sys.argv[1:]))
        }
        if wanted:
            troubles += _of(pages.served, wanted)
    return 1 if troubles else 0


def _of(
    served: Callable[[Database, Path], AbstractContextManager[Served]], wanted: Mapping[str, Shown]
) -> int:
    with tempfile.TemporaryDirectory(prefix="sunseal-screenshots-", dir=roomy_place()) as folder:
        server = PrivateServer(Path(folder) / "pg")
        server.start()
        upgrade(server.url)
        database = Database(server.url)
        try:
            with (
                served(database, Path(folder)) as there,
                sync_playwright() as playwright,
                launched(playwright, SHELL) as browser,
            ):
                return sum(_at_width(browser, there, width, wanted) for width in WIDTHS)
        finally:
            database.close()
            server.stop()


def _at_width(browser: Browser, there: Served, width: int, wanted: Mapping[str, Shown]) -> int:
    looker, troubles = Looker(browser, there, width=width), 0
    for name, shown in wanted.items():
        for language in LANGUAGES:
            page = looker.page(shown.role, language)
            said: list[str] = []

            def hear(message: ConsoleMessage, said: list[str] = said) -> None:
                if message.type == "error" and "status of 4" not in message.text:
                    said.append(message.text)

            page.on("console", hear)
            shown.open(there, page)
            page.wait_for_load_state("load")
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            page.screenshot(path=TARGET / f"{name}-{width}-{language}.png", full_page=True)
            if wide > 0 or said:
                troubles += 1
                sys.stdout.write(f"{name} {width} {language}: {wide} pixels too wide {' '.join(said)}\n")
            page.close()
    return troubles


if __name__ == "__main__":
    sys.exit(main())
