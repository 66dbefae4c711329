"""Every route as every role: app.permissions is what happens, and says something of all that is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from app.context import Parts
from app.factory import create_app
from app.permissions import (
    ANYONE,
    CLOSED,
    NO_COOKIE,
    PERSON,
    TABLE,
    VISITOR,
    Rule,
    UnlistedRouteError,
    require_all_listed,
)
from app.place import Place
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
from tests.integration.app.whole import roads, whole_platform
from tests.integration.app.world import URL, Browser, Clock, World, make_app

STRANGER, MERE_PERSON = "stranger", "person"
CALLERS = [STRANGER, MERE_PERSON, *Role]
BY_THE_GATE = {
    "login-needed",
    "role-not-allowed",
    "second-factor-needed",
    "membership-needed",
    "scope-not-allowed",
    "csrf",
}
ENDS_THE_SESSION = {"security.logout", "security.end_sessions", "pages.log_out"}


@pytest.fixture
def whole(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The whole platform, as `sunseal serve` has it, with what stands before it."""
    with whole_platform(database_url, tmp_path) as world:
        yield world


def code_of(answer: TestResponse) -> str:
    """The problem's code; empty for what is none."""
    body = answer.get_json(silent=True) if answer.status_code >= 400 else None
    return str(body.get("code", "")) if isinstance(body, dict) else ""


def may_pass(rule: Rule, caller: str) -> bool:
    """What the table says, worked out anew and not by the code under test."""
    if rule.who is CLOSED:
        return False
    if rule.who in (ANYONE, NO_COOKIE, VISITOR):
        return True
    if rule.who is PERSON:
        return caller != STRANGER
    assert isinstance(rule.who, frozenset)
    return caller in {str(role) for role in rule.who}


@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_lets_in_whom_the_table_says_and_nobody_else(whole: World, caller: str) -> None:
    browser = whole.browser()
    if caller == MERE_PERSON:
        browser.log_in(whole.person())
    elif caller != STRANGER:
        _, browser = whole.acting_as(Role(caller))
    walked = 0
    for road in roads(whole.app):
        if road.endpoint in ENDS_THE_SESSION:
            continue
        method, rule = road.method, road.rule
        answer = browser.send(method, road.path, {} if method in {"POST", "PUT"} else None)
        code = code_of(answer)
        named = f"{method} {road.path} ({road.endpoint}) as {caller}: {answer.status_code} {code}"
        if rule.who is CLOSED:
            assert answer.status_code == 404, named
        elif rule.who is NO_COOKIE and method != "HEAD":
            assert code == "cookie-not-wanted", named
        elif may_pass(rule, caller):
            assert code not in BY_THE_GATE, named
            assert method != "HEAD" or answer.status_code not in (401, 403), named
        else:
            assert answer.status_code == (401 if caller == STRANGER else 403), named
            assert method == "HEAD" or code in BY_THE_GATE, named
        walked += 1
    assert walked > 60
    if caller != STRANGER:
        assert browser.present()["person"] is not None, "the walk itself ended the session"


def test_nameless_routes_take_a_request_that_says_nothing_of_who_sends_it_and_no_other(whole: World) -> None:
    client, walked = whole.app.test_client(use_cookies=False), set()
    for road in roads(whole.app):
        if road.rule.who is not NO_COOKIE:
            continue
        bare = client.open(road.path, method=road.method, base_url=URL)
        assert code_of(bare) not in {"cookie-not-wanted", *BY_THE_GATE}, road
        assert "Set-Cookie" not in bare.headers, road
        for told in ({"Cookie": "a=b"}, {"Authorization": "Bearer sunseal_x"}, {"Signature-Input": "x=()"}):
            answer = client.open(road.path, method=road.method, base_url=URL, headers=told)
            assert answer.status_code == 400, road
            assert road.method == "HEAD" or code_of(answer) == "cookie-not-wanted", road
        walked.add(road.endpoint.partition(".")[0])
    assert walked >= {"uploads", "submissions", "reports", "oversight"}


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_no_route_of_a_role_that_demands_two_factors_opens_to_one(whole: World, role: Role) -> None:
    person, browser = whole.person(), whole.browser()
    browser.log_in(person)
    whole.organisation(person, [role])
    for road in roads(whole.app):
        if not isinstance(road.rule.who, frozenset) or role not in road.rule.who:
            continue
        assert browser.send(road.method, road.path).status_code == 403, road


def test_the_administrator_reaches_nothing_that_a_mere_person_does_not() -> None:
    named = [
        line
        for line in TABLE.values()
        for rule in line.values()
        if isinstance(rule.who, frozenset) and Role.ADMINISTRATOR in rule.who
    ]
    assert named == []


def test_public_routes_neither_read_nor_set_a_cookie(whole: World) -> None:
    browser = whole.browser()
    browser.log_in(whole.person())
    for road in roads(whole.app):
        if road.rule.has_session or road.method != "GET":
            continue
        answer = browser.get(road.path)
        assert "Set-Cookie" not in answer.headers, road
        assert "Cookie" not in answer.headers.get("Vary", ""), road


def test_submission_side_refuses_cookies_and_logins_but_not_blind_tokens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, "health.live", {"GET": Rule(NO_COOKIE)})
    client = world.app.test_client(use_cookies=False)
    assert client.get("/api/health/live").status_code == 200
    assert (
        client.get("/api/health/live", headers={"Authorization": "PrivateToken token=x"}).status_code == 200
    )
    for headers in ({"Cookie": "a=b"}, {"Authorization": "Bearer sunseal_x"}):
        answer = client.get("/api/health/live", headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "cookie-not-wanted")


def test_application_does_not_start_with_a_route_that_is_not_listed(
    database: Database, tmp_path: Path
) -> None:
    app = make_app(database, tmp_path, Clock())
    require_all_listed(app)
    app.add_url_rule("/new", "new", lambda: "", methods=["GET"])
    with pytest.raises(UnlistedRouteError, match=r"GET /new \(new\)"):
        require_all_listed(app)


def test_method_that_is_not_listed_counts_as_a_route_that_is_not(database: Database, tmp_path: Path) -> None:
    app = make_app(database, tmp_path, Clock())
    app.add_url_rule(
        "/api/health/live", "health.live", methods=["POST"], view_func=app.view_functions["health.live"]
    )
    with pytest.raises(UnlistedRouteError, match="POST"):
        require_all_listed(app)


def test_every_application_starts_and_the_table_has_no_line_too_many(whole: World) -> None:
    there = {(road.endpoint, "GET" if road.method == "HEAD" else road.method) for road in roads(whole.app)}
    assert {(endpoint, method) for endpoint, methods in TABLE.items() for method in methods} == there


def test_platform_without_a_supervisor_and_a_log_starts_too(database_url: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(range(32)))
    app = create_app(
        Place(
            {
                "SUNSEAL_VAR": str(tmp_path),
                "DATABASE_URL": database_url,
                "SUNSEAL_WEB_SECRET": str(secret),
            }
        )
    )
    assert app.test_client().get("/api/keyholders/v1/status").status_code == 503
    assert app.test_client().get("/api/submission/uploads").status_code == 404
    app.extensions["sunseal"].database.close()


def test_change_without_the_token_of_the_session_is_refused(world: World) -> None:
    browser = world.browser()
    browser.log_in(world.person())
    other = world.browser().present()["csrf_token"]
    for headers in ({}, {"X-CSRFToken": "x"}, {"X-CSRFToken": other}):
        answer = browser.client.post(
            "/api/organisations", base_url="https://tenders.example", json={}, headers=headers
        )
        assert (answer.status_code, answer.get_json()["code"]) == (400, "csrf")


def test_login_itself_needs_the_token_so_that_nobody_is_logged_in_by_another_page(world: World) -> None:
    person = world.person()
    answer = world.app.test_client().post(
        "/api/login/password",
        base_url="https://tenders.example",
        json={"email": person.email, "password": "x"},
    )
    assert answer.get_json()["code"] == "csrf"


def test_who_has_two_roles_says_which_and_acts_in_that_alone(world: World) -> None:
    person = world.person(authenticator=True)
    world.organisation(person, [Role.CENTER])
    world.organisation(person, [Role.BIDDER])
    browser: Browser = world.browser()
    browser.log_in(person)
    answer = browser.get("/api/organisations")
    assert answer.get_json()["code"] == "membership-needed"
    by_role = {one["role"]: one["id"] for one in browser.present()["memberships"]}
    assert browser.send("PUT", "/api/login/membership", {"membership": by_role["bidder"]}).status_code == 200
    assert browser.get("/api/organisations").get_json()["code"] == "role-not-allowed"
    assert browser.send("PUT", "/api/login/membership", {"membership": by_role["center"]}).status_code == 200
    assert browser.get("/api/organisations").status_code == 200
    other, _ = world.acting_as(Role.BIDDER)
    foreign = str(world.memberships(other)[0].id)
    assert browser.send("PUT", "/api/login/membership", {"membership": foreign}).status_code == 404


def test_parts_can_be_reached_by_routes(world: World) -> None:
    assert isinstance(world.app.extensions["sunseal"], Parts)
