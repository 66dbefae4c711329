"""The API's description: complete, with examples, and true under random requests (schemathesis)."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from parties.roles import Role
from tests.integration.app.world import URL, Browser, World

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
ENDS_THE_SESSION = {"/api/login/logout", "/api/login/sessions"}


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.app.test_client().get("/api/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


def test_it_is_openapi_3_1_and_every_operation_says_who_may_call_it(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for path, method, operation in operations(document):
        named = f"{method} {path}"
        assert operation["summary"], named
        assert operation["x-who"], named
        assert "default" in operation["responses"], named


def test_every_api_route_of_ours_is_in_it(world: World, document: dict[str, Any]) -> None:
    described = {(path, method.upper()) for path, method, _ in operations(document)}
    for found in world.app.url_map.iter_rules():
        if found.endpoint.partition(".")[0] not in {
            "security",
            "accounts",
            "organisations",
            "members",
            "keys",
            "tokens",
        }:
            continue
        if found.endpoint == "security.two_factor_rescue":
            continue
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", found.rule)
        for method in (found.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (path, method) in described


def test_what_is_taken_has_examples(document: dict[str, Any]) -> None:
    with_body = [one for _, _, one in operations(document) if one.get("requestBody", {}).get("required")]
    with_example = [
        one for one in with_body if "example" in one["requestBody"]["content"]["application/json"]
    ]
    assert len(with_example) >= len(with_body) // 2


def test_page_lists_every_operation_and_loads_nothing(world: World, document: dict[str, Any]) -> None:
    page = world.app.test_client().get("/api/").get_data(as_text=True)
    for path, method, _ in operations(document):
        assert f"<code>{method.upper()} {path}</code>" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def logged_in(app: Flask, browser: Browser) -> Callable[..., Any]:
    """The application, with the browser's cookie and token on every request and without invented credentials."""
    present = browser.present()
    cookie = browser.client.get_cookie("__Host-sunseal", domain="tenders.example")
    assert cookie is not None

    def called(environ: dict[str, Any], start_response: Any) -> Any:
        environ["HTTP_COOKIE"] = f"__Host-sunseal={cookie.value}"
        environ["HTTP_X_CSRFTOKEN"] = present["csrf_token"]
        environ.pop("HTTP_AUTHORIZATION", None)
        return app(environ, start_response)

    return called


def run(app: Flask, browser: Browser, examples: int) -> Counter[int]:
    """Calls every operation with random requests; how many answers had which status."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", logged_in(app, browser))
    seen: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr] # a description that cannot be read fails here
        if operation.path in ENDS_THE_SESSION:
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def one(case: Any) -> None:
            answer = case.call(base_url=URL)
            seen[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        one()
    return seen


@pytest.mark.parametrize("role", [Role.BIDDER, Role.CENTER])
def test_random_requests_find_no_server_error_and_no_lie(world: World, role: Role) -> None:
    _, browser = world.acting_as(role)
    seen = run(world.app, browser, 6)
    assert not {400, 401} & set(seen) or seen[400] + seen[401] < sum(seen.values()) / 3, seen
    assert seen[200] > 10, seen
    assert browser.present()["person"] is not None


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_many_random_requests_find_no_server_error_and_no_lie(world: World, role: Role) -> None:
    _, browser = world.acting_as(role)
    run(world.app, browser, 30)
