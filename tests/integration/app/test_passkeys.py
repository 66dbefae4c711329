"""Passkeys: beside a password, in its place, and what is refused."""

from typing import Any

import pytest

from parties.roles import Role
from tests.integration.app.authenticator import Authenticator
from tests.integration.app.world import PASSWORD, URL, Browser, Person, World


def register(
    browser: Browser, key: Authenticator, usage: str = "secondary", name: str = "office key"
) -> None:
    begun = browser.post("/api/login/passkeys", {"name": name, "usage": usage}).get_json()
    answer = {"state": begun["wan_state"], "credential": key.create(begun["credential_options"])}
    done = browser.post("/api/login/passkeys/answer", answer)
    assert done.status_code == 200, done.get_json()


def answer_with(browser: Browser, key: Authenticator, **options: Any) -> int:
    begun = browser.post("/api/login/passkey", {}).get_json()
    given = {"state": begun["wan_state"], "credential": key.get(begun["credential_options"], **options)}
    status = browser.post("/api/login/passkey/answer", given).status_code
    browser.csrf = ""
    return status


@pytest.fixture
def somebody(world: World) -> tuple[Person, Browser]:
    person, browser = world.person(), world.browser()
    browser.log_in(person)
    return person, browser


def test_passkey_beside_the_password_is_asked_for_from_then_on(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    person, browser = somebody
    key = Authenticator(URL, verifies=False)
    register(browser, key)
    other = world.browser()
    step = other.log_in(person).get_json()
    assert (step["tf_required"], step["tf_method"]) == (True, "webauthn")
    assert other.present()["person"] is None
    assert answer_with(other, key) == 200
    assert other.present()["second_factor"] is True


def test_passkey_that_verifies_the_person_logs_in_alone_with_two_factors(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    person, browser = somebody
    key = Authenticator(URL)
    register(browser, key, "first")
    other = world.browser()
    assert answer_with(other, key) == 200
    present = other.present()
    assert (present["person"], present["second_factor"]) == (str(person.id), True)


def test_passkey_in_place_of_the_password_has_to_verify_the_person(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    _, browser = somebody
    key = Authenticator(URL)
    register(browser, key, "first")
    key.verifies = False
    assert answer_with(world.browser(), key) == 401


def test_passkey_beside_the_password_is_none_in_its_place(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    _, browser = somebody
    key = Authenticator(URL)
    register(browser, key, "secondary")
    assert answer_with(world.browser(), key) == 401


def test_what_was_signed_for_another_site_or_challenge_is_refused(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    _, browser = somebody
    key = Authenticator(URL)
    register(browser, key, "first")
    assert answer_with(world.browser(), key, challenge="AAAA") == 401
    key.origin = "https://tenders.example.evil"
    assert answer_with(world.browser(), key) == 401
    key.origin = URL
    assert answer_with(world.browser(), key) == 200


def test_answer_is_good_once_and_in_the_session_that_asked(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    _, browser = somebody
    key = Authenticator(URL)
    register(browser, key, "first")
    honest, thief = world.browser(), world.browser()
    begun = honest.post("/api/login/passkey", {}).get_json()
    given = {"state": begun["wan_state"], "credential": key.get(begun["credential_options"])}
    assert thief.post("/api/login/passkey/answer", given).status_code == 409
    assert honest.post("/api/login/passkey/answer", given).status_code == 200
    again = world.browser()
    assert again.post("/api/login/passkey/answer", given).status_code == 409


def test_copied_authenticator_is_noticed_by_its_counter(
    world: World, somebody: tuple[Person, Browser]
) -> None:
    _, browser = somebody
    key = Authenticator(URL)
    register(browser, key, "first")
    assert answer_with(world.browser(), key) == 200
    key.count -= 1
    assert answer_with(world.browser(), key) == 401


def test_nobodys_passkey_is_refused(world: World) -> None:
    assert answer_with(world.browser(), Authenticator(URL)) == 401


def test_staff_cannot_remove_the_last_second_factor(world: World) -> None:
    person = world.person()
    browser = world.browser()
    browser.log_in(person)
    key = Authenticator(URL)
    register(browser, key)
    world.organisation(person, [Role.CENTER])
    refused = browser.post("/api/login/passkeys/removal", {"name": "office key"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "last-second-factor")
    register(browser, Authenticator(URL), name="spare")
    assert browser.post("/api/login/passkeys/removal", {"name": "office key"}).status_code == 200
    staff = world.browser()
    assert staff.post("/api/login/password", {"email": person.email, "password": PASSWORD}).get_json()[
        "tf_required"
    ]
