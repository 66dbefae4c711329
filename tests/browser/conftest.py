"""Debian's Chromium, driven by Playwright; each test has a browser context of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import looking
from tests.environment import program


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all: Playwright cannot be started twice at once in a process."""
    program("chromium")
    with looking.chromium() as browser:
        yield browser


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="en-GB", accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page whose errors and refusals by the Content-Security-Policy are printed, for whoever reads a failed test."""
    page = context.new_page()
    page.on("console", lambda message: print("console:", message.type, message.text))
    page.on("pageerror", lambda error: print("error:", error))
    page.on("requestfailed", lambda request: print("failed:", request.method, request.url, request.failure))
    return page
