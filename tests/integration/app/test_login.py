"""Logging in with a password, an authenticator, recovery codes: each step through the real routes."""

from datetime import timedelta

import pyotp
import pytest

from app.models import Account, LoginSession
from parties.roles import Role
from tests.integration.app.world import PASSWORD, URL, World


def test_password_alone_logs_in_whom_no_role_demands_more_of(world: World) -> None:
    person, browser = world.person(), world.browser()
    answer = browser.log_in(person)
    assert answer.status_code == 200
    assert answer.get_json()["tf_required"] is False
    present = browser.present()
    assert present["person"] == str(person.id)
    assert present["second_factor"] is False


def test_cookie_is_out_of_reach_of_scripts_other_hosts_and_plain_http(world: World) -> None:
    browser = world.browser()
    browser.log_in(world.person())
    cookie = browser.get("/api/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-sunseal=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_two_logins_get_two_sessions_and_logging_out_ends_a_stolen_copy_too(world: World) -> None:
    person, browser, thief = world.person(), world.browser(), world.browser()
    browser.log_in(person)
    stolen = browser.client.get_cookie("__Host-sunseal", domain="tenders.example")
    assert stolen is not None
    thief.client.set_cookie("__Host-sunseal", stolen.value, domain="tenders.example", secure=True)
    assert thief.present()["person"] == str(person.id)
    assert browser.post("/api/login/logout").status_code == 200
    assert thief.present()["person"] is None
    assert thief.get("/api/accounts/me").status_code == 401


@pytest.mark.parametrize(
    ("ahead", "alive"), [(timedelta(hours=11), True), (timedelta(hours=12, seconds=1), False)]
)
def test_session_lasts_twelve_hours_at_most(world: World, ahead: timedelta, alive: bool) -> None:
    browser = world.browser()
    browser.log_in(world.person())
    world.clock.ahead = ahead
    assert (browser.present()["person"] is not None) is alive


def test_ending_all_sessions_ends_the_others(world: World) -> None:
    person, here, there = world.person(), world.browser(), world.browser()
    here.log_in(person)
    there.log_in(person)
    assert here.send("DELETE", "/api/login/sessions").status_code == 204
    assert there.present()["person"] is None


def test_who_acts_for_the_center_cannot_log_in_without_a_second_factor(world: World) -> None:
    person, browser = world.person(), world.browser()
    world.organisation(person, [Role.CENTER])
    answer = browser.log_in(person)
    assert answer.get_json()["tf_required"] is True
    assert answer.get_json()["tf_state"] == "setup_from_login"
    assert browser.present()["person"] is None
    # ... but sets one up on the way
    made = browser.post("/api/login/authenticator", {}).get_json()
    person.secret = made["tf_authr_b32key"]
    assert pyotp.parse_uri(made["tf_authr_uri"]).secret == person.secret
    assert browser.post("/api/login/authenticator/confirm", {"code": "000000"}).status_code == 401
    assert browser.present()["person"] is None
    assert browser.post("/api/login/authenticator/confirm", {"code": person.code()}).status_code == 200
    browser.csrf = ""
    assert browser.present()["second_factor"] is True
    assert browser.get("/api/organisations").status_code == 200


def test_code_is_asked_for_and_taken_once(world: World) -> None:
    person = world.person(authenticator=True)
    code = person.code()
    first, second = world.browser(), world.browser()
    for browser in (first, second):
        step = browser.post("/api/login/password", {"email": person.email, "password": PASSWORD})
        assert step.get_json()["tf_method"] == "authenticator"
        assert browser.present()["person"] is None
    assert first.post("/api/login/code", {"code": code}).status_code == 200
    assert second.post("/api/login/code", {"code": code}).status_code == 401


def test_code_without_the_password_first_is_no_step(world: World) -> None:
    person, browser = world.person(authenticator=True), world.browser()
    answer = browser.post("/api/login/code", {"code": person.code()})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "login-step")


def test_secret_of_the_authenticator_is_encrypted_at_rest(world: World) -> None:
    person = world.person(authenticator=True)
    with world.database.session() as session:
        account = session.get_one(Account, person.id)
        assert account.tf_totp_secret is not None
        assert person.secret is not None
        assert person.secret not in account.tf_totp_secret
        assert '"enckey"' in account.tf_totp_secret
        assert account.password is not None
        assert account.password.startswith("$argon2id$")


def test_recovery_code_serves_once_in_the_place_of_the_authenticator(world: World) -> None:
    person, browser = world.person(authenticator=True), world.browser()
    browser.log_in(person)
    codes = browser.post("/api/login/recovery-codes", {}).get_json()["recovery_codes"]
    assert len(set(codes)) == 10
    with world.database.session() as session:
        stored = session.get_one(Account, person.id).mf_recovery_codes
        assert stored is not None
        assert not set(codes) & set(stored)
    for status in (200, 401):
        other = world.browser()
        other.post("/api/login/password", {"email": person.email, "password": PASSWORD})
        assert other.post("/api/login/recovery-code", {"code": codes[3]}).status_code == status


def test_last_authenticator_of_staff_cannot_be_switched_off(world: World) -> None:
    _, browser = world.acting_as(Role.SUPERVISOR)
    assert browser.post("/api/login/authenticator", {"setup": "disable"}).status_code == 422


def test_role_gained_after_a_login_by_password_alone_is_not_acted_in(world: World) -> None:
    person, browser = world.person(), world.browser()
    browser.log_in(person)
    world.organisation(person, [Role.CENTER])
    answer = browser.get("/api/organisations")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "second-factor-needed")


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(world: World) -> None:
    person, here, there = world.person(), world.browser(), world.browser()
    here.log_in(person)
    there.log_in(person)
    new = "a wholly different sentence"
    refused = here.post("/api/login/password/change", {"password": "wrong", "new_password": new})
    assert refused.status_code == 401
    short = here.post("/api/login/password/change", {"password": PASSWORD, "new_password": "short"})
    assert (short.status_code, short.get_json()["code"]) == (422, "password-refused")
    assert (
        here.post("/api/login/password/change", {"password": PASSWORD, "new_password": new}).status_code
        == 200
    )
    assert here.present()["person"] == str(person.id)
    assert there.present()["person"] is None
    assert world.browser().log_in(person).status_code == 401
    assert world.browser().log_in(person, new).status_code == 200


def test_what_changes_a_login_needs_one_that_is_fresh(world: World) -> None:
    person, browser = world.person(authenticator=True), world.browser()
    browser.log_in(person)
    with browser.client.session_transaction("/api/login", base_url=URL) as cookie:
        cookie["fs_paa"] -= 3600
        cookie.pop("fs_gexp", None)
    stale = browser.post("/api/login/recovery-codes", {})
    assert (stale.status_code, stale.get_json()["code"]) == (403, "fresh-login-needed")
    assert browser.post("/api/login/verify", {"password": "wrong"}).status_code == 401
    assert browser.post("/api/login/verify", {"password": PASSWORD}).status_code == 200
    assert browser.post("/api/login/recovery-codes", {}).status_code == 200


def test_session_rows_say_what_proved_them(world: World) -> None:
    with_one, with_two = world.person(), world.person(authenticator=True)
    for person in (with_one, with_two):
        world.browser().log_in(person)
    with world.database.session() as session:
        rows = {row.account_id: row.second_factor for row in session.query(LoginSession)}
    assert rows == {with_one.id: False, with_two.id: True}
