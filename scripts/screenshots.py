"""Pictures of every page, at 1440 and 390 pixels, in both languages, into var/screenshots, to be looked at one by one.

    python -m scripts.screenshots [NAME...]     all pages of tests/browser/site.py, or those whose name begins so

Needs Debian's Chromium and what `make client` builds. Says for each page whether it is wider than the screen, and what
the browser's console complained of.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage

from storage.database import Database
from storage.migrate import upgrade
from storage.private_server import PrivateServer
from tests.browser.looking import LANGUAGES, Looker, chromium
from tests.browser.site import PAGES, Site, served

WIDTHS = (1440, 390)
TARGET = Path("var/screenshots")


def main() -> int:
    wanted = [name for name in PAGES if not sys.argv[1:] or name.startswith(tuple(sys.argv[1:]))]
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sunseal-screenshots-") as folder:
        server = PrivateServer(Path(folder) / "pg")
        server.start()
        upgrade(server.url)
        database = Database(server.url)
        try:
            with served(database, Path(folder)) as site, chromium() as browser:
                troubles = sum(_at_width(browser, site, width, wanted) for width in WIDTHS)
        finally:
            database.close()
            server.stop()
    return 1 if troubles else 0


def _at_width(browser: Browser, site: Site, width: int, wanted: list[str]) -> int:
    looker, troubles = Looker(browser, site, width=width), 0
    for name in wanted:
        for language in LANGUAGES:
            shown = PAGES[name]
            page = looker.page(shown.role, language)
            said: list[str] = []

            def hear(message: ConsoleMessage, said: list[str] = said) -> None:
                if message.type == "error" and "status of 4" not in message.text:
                    said.append(message.text)

            page.on("console", hear)
            page.goto(site.address + shown.path(site))
            page.wait_for_load_state("networkidle")
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
