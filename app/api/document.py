"""The API and its description: OpenAPI 3.1 at /api/openapi.json, made from the routes' own schemas.

`ApiRoutes` is flask-smorest's blueprint with one decorator that says all of an operation: where it is, what it takes,
what it gives. From app.permissions the description has who may call it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest
from flask import Flask
from marshmallow import Schema

from app.api.schemas.fields import Base64
from app.api.schemas.problem import ProblemSchema
from app.permissions import NO_COOKIE, PERSON, VISITOR, Door, Rule, rule_for
from parties.roles import Role

View = TypeVar("View", bound=Callable[..., Any])
_JSON, _PROBLEM = "application/json", "application/problem+json"


class ApiRoutes(flask_smorest.Blueprint):  # type: ignore[misc]
    """A blueprint whose operations are described."""

    def operation(
        self,
        method: str,
        rule: str,
        *,
        takes: type[Schema] | None = None,
        query: type[Schema] | None = None,
        gives: type[Schema] | None = None,
        many: bool = False,
        status: int = 200,
        example: Any = None,
        refuses: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """The view's docstring is the operation's description; its first line the summary.

        `takes` and `query` come to the view as dictionaries, in this order, before what the path has. `refuses` are the
        statuses of problems beyond those that any operation may answer with.
        """

        def described(view: View) -> View:
            wrapped: Any = view
            given = gives(many=many) if gives is not None else None
            wrapped = self.response(status, given, example=example)(wrapped)
            for refused in refuses:
                wrapped = self.alt_response(
                    refused, schema=ProblemSchema, content_type=_PROBLEM, description=_REFUSED.get(refused)
                )(wrapped)
            if query is not None:
                wrapped = self.arguments(query, location="query")(wrapped)
            if takes is not None:
                needed = any(field.required for field in takes().fields.values())
                wrapped = self.arguments(takes, location="json", required=needed, example=_example(takes))(
                    wrapped
                )
            self.route(rule, methods=[method])(wrapped)
            return view

        return described


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest, with our errors in the place of its own."""

    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _register_error_handlers(self) -> None:
        """app.errors has registered them."""

    def _register_responses(self) -> None:
        self.spec.components.response(
            "Problem",
            {
                "description": "A problem (RFC 9457).",
                "content": {_PROBLEM: {"schema": ProblemSchema}},
            },
            lazy=True,
        )
        for name, phrase in (("UNPROCESSABLE_ENTITY", "What was sent is not accepted"),):
            self.spec.components.response(
                name, {"description": phrase, "content": {_PROBLEM: {"schema": ProblemSchema}}}, lazy=True
            )

    def _register_etag_headers(self) -> None:
        """None is used."""

    def _register_pagination_header(self) -> None:
        """None is used."""


CONFIG = {
    "API_TITLE": "Sunseal",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Public tenders whose bids nobody can open before the opening. Every error is a problem "
            "(RFC 9457) with a stable `code`, in the language that Accept-Language prefers (zh, en).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
    },
}

_REFUSED = {
    400: "The request cannot be read, or lacks its anti-forgery token",
    401: "Not logged in, or what was to prove it does not",
    403: "Not for this caller",
    404: "There is no such thing, or none that the caller may know of",
    409: "Not possible in the present state",
}


def begin(app: Flask) -> Api:
    """The API of an application, to register `ApiRoutes` with."""
    app.config.update(CONFIG)
    api = Api(app)
    api.register_field(Base64, "string", "byte")
    return api


def finish(app: Flask, api: Api) -> None:
    """Writes into the description who may call what, once all routes are there."""
    components = api.spec.components
    components.security_scheme(
        "session",
        {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-sunseal",
            "description": "A browser that is logged in.",
        },
    )
    components.security_scheme(
        "token",
        {"type": "http", "scheme": "bearer", "description": "A program's token: sunseal_..."},
    )
    paths = api.spec._paths  # noqa: SLF001 - apispec has no other way to change what is written
    for found in app.url_map.iter_rules():
        for method, operation in paths.get(_openapi_path(found.rule), {}).items():
            rule = rule_for(found.endpoint, method.upper())
            if rule is not None and method.upper() in (found.methods or ()):
                operation.setdefault("operationId", found.endpoint)
                operation["x-who"] = _who(rule)
                operation["security"] = _security(rule)


def _openapi_path(rule: str) -> str:
    parts = rule.replace("<", "{").replace(">", "}").split("{")
    return parts[0] + "".join(
        "{" + part.rpartition("}")[0].rpartition(":")[2] + "}" + part.rpartition("}")[2] for part in parts[1:]
    )


def _who(rule: Rule) -> list[str]:
    if isinstance(rule.who, Door):
        return [
            {NO_COOKIE: "anyone, without a cookie", PERSON: "person", VISITOR: "visitor"}.get(
                rule.who, "anyone"
            )
        ]
    return sorted(rule.who & set(Role))


def _security(rule: Rule) -> list[dict[str, list[str]]]:
    if not rule.has_session:
        return []
    if rule.who is VISITOR:
        return [{}, {"session": []}]
    ways: list[dict[str, list[str]]] = [{"session": []}]
    return [*ways, {"token": []}] if rule.scope is not None else ways


def _example(schema: type[Schema]) -> dict[str, Any] | None:
    """Of the fields that have one."""
    found = {
        field.data_key or name: field.metadata["example"]
        for name, field in schema().fields.items()
        if "example" in field.metadata
    }
    return found or None
