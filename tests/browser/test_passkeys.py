"""Passkeys as a browser makes and uses them: Chromium with a virtual authenticator (WebDriver's WebAuthn extension)."""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import waitress
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from parties.roles import Role
from storage.database import Database
from tests.integration.app.world import PASSWORD, Clock, Person, World, make_app

pytestmark = pytest.mark.long

DESK = re.compile(r"^[^?]*/desk$")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    clock = Clock()
    return World(make_app(database, tmp_path, clock, url=None), database, clock)


@pytest.fixture
def base(world: World) -> Iterator[str]:
    server = waitress.create_server(world.app, host="127.0.0.1", port=0, threads=8)
    Thread(target=server.run, name="passkeys", daemon=True).start()
    yield f"http://localhost:{server.effective_port}"
    server.close()


@pytest.fixture
def keys(context: BrowserContext, page: Page) -> CDPSession:
    """An authenticator that is part of the machine, keeps its keys, and always finds the right finger."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    session.authenticator = added["authenticatorId"]  # type: ignore[attr-defined] # kept beside what it is of
    return session


def log_in(page: Page, base: str, person: Person) -> None:
    page.goto(f"{base}/login?lang=en")
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.click("main form button[type=submit]")


def register(page: Page, base: str, usage: str) -> None:
    page.goto(f"{base}/account?lang=en")
    page.fill("#name", "this computer")
    page.click(f"[data-passkey-new={usage}]")
    page.wait_for_url("**/account?done=passkey")
    expect(page.locator("main")).to_contain_text("this computer")


def log_out(page: Page) -> None:
    page.click("header form button")
    page.wait_for_url("**/logged-out*")


def test_a_passkey_in_place_of_the_password_logs_in_alone(
    page: Page, keys: CDPSession, world: World, base: str
) -> None:
    person = world.person()
    world.organisation(person, [Role.BIDDER])
    log_in(page, base, person)
    page.wait_for_url(DESK)
    register(page, base, "first")
    log_out(page)
    page.goto(f"{base}/login?lang=en")
    page.click("[data-passkey=first]")
    page.wait_for_url(DESK)
    page.goto(f"{base}/account?lang=en")
    expect(page.locator("main")).to_contain_text(person.email)
    expect(page.locator("main")).to_contain_text("with a second factor")


def test_a_passkey_beside_the_password_is_the_second_step(
    page: Page, keys: CDPSession, world: World, base: str
) -> None:
    person = world.person()
    world.organisation(person, [Role.BIDDER])
    log_in(page, base, person)
    page.wait_for_url(DESK)
    register(page, base, "secondary")
    log_out(page)
    log_in(page, base, person)
    page.wait_for_url("**/login/second**")
    page.goto(f"{base}/account?lang=en")  # the first step alone opens nothing
    expect(page.locator("#email")).to_be_visible()
    log_in(page, base, person)
    page.click("[data-passkey=second]")
    page.wait_for_url(DESK)
    page.goto(f"{base}/account?lang=en")
    page.click("button:has-text('Remove')")
    expect(page.locator("main")).not_to_contain_text("beside the password,")
    log_out(page)
    log_in(page, base, person)
    page.wait_for_url(DESK)


def test_another_authenticator_is_refused_and_the_page_says_so(
    page: Page, keys: CDPSession, world: World, base: str
) -> None:
    person = world.person()
    log_in(page, base, person)
    page.wait_for_url(DESK)
    register(page, base, "first")
    log_out(page)
    keys.send("WebAuthn.clearCredentials", {"authenticatorId": keys.authenticator})  # type: ignore[attr-defined]
    page.goto(f"{base}/login?lang=en")
    page.click("[data-passkey=first]")
    expect(page.locator("[data-passkey-problem]")).to_contain_text("That did not work")
