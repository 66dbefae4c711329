"""Chromium, looking at the site: logged in as whoever a page is for, in either language."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize

from parties.roles import Role
from tests.browser.site import Served

CHROMIUM = Path("/usr/bin/chromium")
SHELL = Path("/usr/bin/chromium-headless-shell")
"""The same without the window around the page: where many pages are looked at, a third of the work."""
LANGUAGES = ("zh", "en")
WIDTHS = (1440, 390)
"""Pixels: a desk's and a telephone's."""


@contextmanager
def launched(playwright: Playwright, program: Path = CHROMIUM) -> Iterator[Browser]:
    """Debian's own; nothing is downloaded."""
    browser = playwright.chromium.launch(
        executable_path=str(program if program.exists() else CHROMIUM),
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    )
    try:
        yield browser
    finally:
        browser.close()


class Looker:
    """Contexts of one browser by role; each logs in once."""

    def __init__(self, browser: Browser, site: Served, *, width: int = 1440, height: int = 900) -> None:
        self._browser, self._site = browser, site
        self._size: ViewportSize = {"width": width, "height": height}
        self._contexts: dict[Role | None, BrowserContext] = {}

    def page(self, role: Role | None, language: str) -> Page:
        """A blank page of somebody in this role, who reads this language."""
        context = self._contexts.get(role)
        if context is None:
            context = self._contexts[role] = self._browser.new_context(viewport=self._size)
            if role is not None:
                self._log_in(context, role)
        context.add_cookies([{"name": "sunseal-language", "value": language, "url": self._site.address}])
        return context.new_page()

    def _log_in(self, context: BrowserContext, role: Role) -> None:
        page = context.new_page()
        self._site.enter(page, role)
        page.close()

    def close(self) -> None:
        """Close every context; the browser stays."""
        for context in self._contexts.values():
            context.close()
