"""The API's description: complete, true to OpenAPI 3.1, and with examples that are what they say."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from app.api.document import openapi_path
from app.permissions import CLOSED, TABLE, is_page, rule_for
from tests.database import Postgres
from tests.integration.app.whole import applications, whole_platform
from tests.integration.app.world import World

METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}


@pytest.fixture(scope="module")
def whole(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    url = postgres.create(migrated_template)
    with whole_platform(url, tmp_path_factory.mktemp("whole")) as world:
        yield world
    postgres.retire(url)


@pytest.fixture(scope="module")
def document(whole: World) -> dict[str, Any]:
    found: dict[str, Any] = whole.app.test_client().get("/api/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def resolved(document: dict[str, Any], part: Any) -> Any:
    """What a reference stands for."""
    while isinstance(part, dict) and "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(whose, the media type, the media type object) of every request and every answer."""
    for path, method, operation in operations(document):
        named = f"{method.upper()} {path}"
        if "requestBody" in operation:
            for media, content in operation["requestBody"]["content"].items():
                yield f"{named} takes", media, content
        for status, response in operation["responses"].items():
            for media, content in resolved(document, response).get("content", {}).items():
                yield f"{named} {status}", media, content


def test_it_is_openapi_3_1_and_every_operation_says_who_may_call_it(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert len(operations(document)) > 120
    identifiers = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(identifiers) == len(set(identifiers))
    for path, method, operation in operations(document):
        named = f"{method} {path}"
        assert operation["summary"], named
        assert operation["x-who"], named
        assert "default" in operation["responses"], named
        names = set(re.findall(r"{(\w+)}", path))
        parameters = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        assert {one["name"] for one in parameters if one["in"] == "path"} == names, named


def test_every_route_of_the_table_is_in_it_but_what_is_for_eyes(
    whole: World, document: dict[str, Any]
) -> None:
    described = {(path, method.upper()) for path, method, _ in operations(document)}
    missing, walked = [], set()
    for app, prefix in applications(whole.app):
        for found in app.url_map.iter_rules():
            methods = set(found.methods or ())
            for method in methods - ({"HEAD"} if "GET" in methods else set()):
                rule = rule_for(found.endpoint, method)
                assert rule is not None
                walked.add((found.endpoint, "GET" if method == "HEAD" else method))
                if rule.who is CLOSED or not rule.described or is_page(found.endpoint):
                    continue
                if (openapi_path(prefix + found.rule), method) not in described:
                    missing.append(f"{method} {prefix}{found.rule} ({found.endpoint})")
    assert not missing
    assert walked == {(endpoint, method) for endpoint, methods in TABLE.items() for method in methods}


def test_every_reference_and_every_link_leads_somewhere(document: dict[str, Any]) -> None:
    identifiers = {operation["operationId"] for _, _, operation in operations(document)}

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                assert resolved(document, part), part
            for link in part.get("links", {}).values() if isinstance(part.get("links"), dict) else ():
                assert link["operationId"] in identifiers, link
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(document)


def test_every_body_of_json_has_an_example_that_its_schema_allows(document: dict[str, Any]) -> None:
    registry: Registry[Any] = Registry().with_resource(
        "urn:openapi", Resource.from_contents(document, default_specification=DRAFT202012)
    )
    without, wrong, checked = [], [], 0
    for named, media, content in bodies(document):
        if not media.endswith("json") or media == "application/problem+json":
            continue
        if "schema" not in content:
            continue
        if "example" not in content:
            without.append(named)
            continue
        schema = _absolute(content["schema"])
        validator = Draft202012Validator(
            schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        wrong += [
            f"{named}: {error.json_path} {error.message}"
            for error in validator.iter_errors(content["example"])
        ]
        checked += 1
    assert not [*wrong, *without], "\n".join([*wrong, "without:", *without])
    assert checked > 80


def test_every_parameter_has_an_example_that_its_schema_allows_or_none(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for one in operation.get("parameters", []):
            if "example" in one:
                Draft202012Validator(one["schema"]).validate(one["example"]), (path, method)


def test_page_lists_every_operation_and_loads_nothing(whole: World, document: dict[str, Any]) -> None:
    page = whole.app.test_client().get("/api/").get_data(as_text=True)
    for path, method, _ in operations(document):
        assert f"<code>{method.upper()} {path}</code>" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def _absolute(schema: Any) -> Any:
    """With references to the document itself, also within parts that were taken out of it."""
    if isinstance(schema, dict):
        return {
            key: "urn:openapi" + value if key == "$ref" and str(value).startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema
