"""Every route as every role: app.permissions is what happens, and says something of all that is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule as UrlRule
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
    rule_for,
)
from app.place import Place
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
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
SUPERVISOR = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
NOBODY = "00000000-0000-4000-8000-000000000000"
VALUES = {"key_id": "ab" * 32, "place": "0/000"}
ENDS_THE_SESSION = {"security.logout", "security.end_sessions"}


@pytest.fixture
def whole(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The whole platform, as `sunseal serve` has it."""
    (tmp_path / "web.secret").write_bytes(bytes(range(32)))
    environment = {
        "SUNSEAL_VAR": str(tmp_path),
        "DATABASE_URL": database_url,
        "SUNSEAL_SUPERVISOR": SUPERVISOR,
    }
    app = create_app(Place({**environment, "SUNSEAL_URL": URL}))
    parts = app.extensions["sunseal"]
    yield World(app, parts.database, Clock())
    parts.database.close()


def operations(app: Flask) -> Iterator[tuple[UrlRule, str, Rule]]:
    for found in app.url_map.iter_rules():
        for method in sorted(found.methods or ()):
            rule = rule_for(found.endpoint, method)
            assert rule is not None, f"{method} {found.rule}"
            yield found, method, rule


def path_of(found: UrlRule) -> str:
    """The route's path with something in each of its places that its converter takes."""
    values: dict[str, Any] = {}
    for name in found.arguments:
        kind = type(found._converters[name]).__name__
        values[name] = {"UUIDConverter": NOBODY, "IntegerConverter": 1}.get(kind, VALUES.get(name, "x"))
    built = found.build(values, append_unknown=False)
    assert built is not None
    return built[1]


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
    for found, method, rule in operations(whole.app):
        if found.endpoint in ENDS_THE_SESSION:
            continue
        answer = browser.send(method, path_of(found), {} if method in {"POST", "PUT"} else None)
        code = code_of(answer)
        named = f"{method} {found.rule} as {caller}: {answer.status_code} {code}"
        if rule.who is CLOSED:
            assert answer.status_code == 404, named
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


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_no_route_of_a_role_that_demands_two_factors_opens_to_one(whole: World, role: Role) -> None:
    person, browser = whole.person(), whole.browser()
    browser.log_in(person)
    whole.organisation(person, [role])
    for found, method, rule in operations(whole.app):
        if not isinstance(rule.who, frozenset) or role not in rule.who:
            continue
        assert browser.send(method, path_of(found)).status_code == 403


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
    for found, method, rule in operations(whole.app):
        if rule.has_session or method != "GET":
            continue
        answer = browser.get(path_of(found))
        assert "Set-Cookie" not in answer.headers, found.rule
        assert "Cookie" not in answer.headers.get("Vary", ""), found.rule


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


def test_the_whole_platform_starts_and_the_table_has_no_line_too_many(
    database_url: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(range(32)))
    environment = {
        "SUNSEAL_VAR": str(tmp_path),
        "DATABASE_URL": database_url,
        "SUNSEAL_WEB_SECRET": str(secret),
    }
    app = create_app(Place(environment))
    environment["SUNSEAL_SUPERVISOR"] = SUPERVISOR
    with_supervisor = create_app(Place(environment))
    there = {
        (found.endpoint, "GET" if method == "HEAD" else method)
        for one in (app, with_supervisor)
        for found in one.url_map.iter_rules()
        for method in found.methods or ()
    }
    lines = {(endpoint, method) for endpoint, methods in TABLE.items() for method in methods}
    elsewhere = {line for line in lines if line[0].partition(".")[0] in {"uploads", "submissions"}}
    assert lines - elsewhere == there
    for one in (app, with_supervisor):
        one.extensions["sunseal"].database.close()


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
