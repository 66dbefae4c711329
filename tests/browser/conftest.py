"""Debian's Chromium, driven by Playwright; each test has a browser context of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser import looking
from tests.environment import program


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """One for all: it cannot be started twice at once in a process."""
    program("chromium")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    with looking.launched(playwright) as browser:
        yield browser


@pytest.fixture(scope="package")
def shell(playwright: Playwright) -> Iterator[Browser]:
    """For looking at many pages."""
    with looking.launched(playwright, looking.SHELL) as browser:
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
