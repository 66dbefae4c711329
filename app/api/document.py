"""The API and its description: OpenAPI 3.1 at /api/openapi.json, made from the routes' own schemas.

`ApiRoutes` is flask-smorest's blueprint with one decorator that says all of an operation: where it is, what it takes,
what it gives. From app.permissions the description has who may call it.
"""

import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask
from marshmallow import Schema, class_registry

from app.api.content import PROBLEM, Content, Header, wire_components
from app.api.examples import example_of
from app.api.schemas.fields import Base64, Hexadecimal
from app.api.schemas.problem import ProblemSchema
from app.permissions import NO_COOKIE, PERSON, VISITOR, Door, Rule, rule_for
from parties.roles import Role

if TYPE_CHECKING:
    from flask import Blueprint

    class _Routes(Blueprint):
        """flask-smorest's blueprint, which has no types, as what it is to Flask."""

        description: str
        response: Any
        alt_response: Any
        arguments: Any
        doc: Any

else:
    from flask_smorest import Blueprint as _Routes

View = TypeVar("View", bound=Callable[..., Any])
_API = "sunseal.api"


class ApiRoutes(_Routes):
    """A blueprint whose operations are described.

    `wires`: the dataclasses that its bodies are of (app.api.content.wire).
    """

    def __init__(self, *arguments: Any, wires: tuple[type, ...] = (), **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._wires = wires

    def operation(
        self,
        method: str,
        rule: str,
        *,
        takes: type[Schema] | Content | None = None,
        query: type[Schema] | None = None,
        gives: type[Schema] | Content | None = None,
        many: bool = False,
        status: int = 200,
        example: Any = None,
        refuses: tuple[int, ...] = (),
        also: Mapping[int, Content | None] | None = None,
        reads: tuple[Header, ...] = (),
        sets: Mapping[str, str] | None = None,
        links: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """The view's docstring is the operation's description; its first line the summary.

        `takes` and `query` come to the view as dictionaries, in this order, before what the path has; a body that is
        `Content` the view reads itself, and answers `Content` by itself. `refuses` are the statuses of problems beyond
        those that any operation may answer with, `also` other statuses with what else is answered. `reads` are headers
        of the request, `sets` headers of the answer with what they say, `links` say what an answer leads to.
        """

        def described(view: View) -> View:
            # First what is small: each step copies all that was said before it.
            wrapped: Any = view
            for refused in refuses:
                wrapped = self.alt_response(refused, response=f"Problem{refused}")(wrapped)
            for code, content in (also or {}).items():
                shown = {} if content is None else content.described()
                media = None if content is None else content.media
                wrapped = self.alt_response(code, content_type=media, success=True, **shown)(wrapped)
            wrapped = self._answered(wrapped, gives, many, status, example, sets)
            if query is not None:
                wrapped = self.arguments(query, location="query")(wrapped)
            wrapped = self._asked(wrapped, takes)
            more: dict[str, Any] = {}
            if reads:
                more["parameters"] = [header.described() for header in reads]
            if links:
                more["responses"] = {status: {"links": dict(links)}}
            if more:
                wrapped = self.doc(**more)(wrapped)
            self.route(rule, methods=[method])(wrapped)
            return view

        return described

    def _answered(
        self,
        view: Any,
        gives: type[Schema] | Content | None,
        many: bool,
        status: int,
        example: Any,
        sets: Mapping[str, str] | None,
    ) -> Any:
        headers = {
            name: {"description": said, "schema": {"type": "string"}} for name, said in (sets or {}).items()
        }
        if isinstance(gives, Content):
            return self.response(
                status, content_type=gives.media, headers=headers or None, **gives.described()
            )(view)
        given = gives(many=many) if gives is not None else None
        if example is None and gives is not None:
            example = example_of(gives, many=many)
        return self.response(status, given, example=example, headers=headers or None)(view)

    def _asked(self, wrapped: Any, takes: type[Schema] | Content | None) -> Any:
        if takes is None:
            return wrapped
        if isinstance(takes, Content):
            body = {"required": True, "content": {takes.media: takes.described()}}
            return self.doc(requestBody=body)(wrapped)
        needed = any(field.required for field in takes().fields.values())
        return self.arguments(takes, location="json", required=needed, example=example_of(takes))(wrapped)

    def register_views_in_doc(self, api: Any, app: Flask, spec: Any, *, name: str, parameters: Any) -> None:
        """When the description is asked for; also what is of a dataclass."""
        api.later(lambda: self._describe(api, app, spec, name, parameters))

    def _describe(self, api: Any, app: Flask, spec: Any, name: str, parameters: Any) -> None:
        for part, schema in wire_components(*self._wires).items():
            if part not in spec.components.schemas:
                spec.components.schema(part, schema)
        super().register_views_in_doc(api, app, spec, name=name, parameters=parameters)  # type: ignore[misc]


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest, with our errors in the place of its own, and a description that is made when it is asked for."""

    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._making = threading.Lock()
        super().__init__(*arguments, **named)

    def later(self, work: Callable[[], None]) -> None:
        """Something that the description needs: done in this order, once, at the first `complete`."""
        self._waiting.append(work)

    def complete(self) -> Any:
        """The description, whole."""
        with self._making:
            while self._waiting:
                self._waiting.pop(0)()
        return self.spec

    def _openapi_json(self) -> Any:
        self.complete()
        return super()._openapi_json()

    def _register_error_handlers(self) -> None:
        """app.errors has registered them."""

    def _register_responses(self) -> None:
        self.later(self._name_problems)

    def _name_problems(self) -> None:
        named = {"Problem": "A problem (RFC 9457).", "UNPROCESSABLE_ENTITY": "What was sent is not accepted"}
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                named[f"Problem{status}"] = status.phrase
        for code, phrase in _REFUSED.items():
            named[f"Problem{code}"] = phrase
        for name, phrase in named.items():
            self.spec.components.response(
                name, {"description": phrase, "content": {PROBLEM: {"schema": ProblemSchema}}}, lazy=True
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
    460: "The bytes do not have the checksum",
}


def begin(app: Flask, *, served: bool = True) -> Api:
    """The API of an application. `served`: whether it shows its own description, or another one has it (`join`)."""
    app.config.update(CONFIG)
    if not served:
        app.config["OPENAPI_URL_PREFIX"] = None
    api = Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(component_name)})
    api.register_field(Base64, "string", "byte")
    api.register_field(Hexadecimal, "string", None)
    app.extensions[_API] = api
    return api


def component_name(schema: Any) -> str:
    """What the description calls a schema: as its class, without "Schema"; with the name of its file before it, if
    another file has a class of that name."""
    found: Any = resolve_schema_cls(schema)
    name: str = found.__name__
    alike: Any = class_registry.get_class(name, all=True)
    if isinstance(alike, list) and len({one.__module__ for one in alike}) > 1:
        module: str = found.__module__
        return module.rpartition(".")[2].title().replace("_", "") + name
    return name.removesuffix("Schema") or name


def finish(app: Flask, api: Api) -> None:
    """Called once all routes are there: the description has also blueprints that the application was given past the
    API, and who may call what."""
    _describe_the_rest(app, api)
    api.later(lambda: _say_who(app, api))


def _say_who(app: Flask, api: Api) -> None:
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
    components.security_scheme(
        "signature",
        {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "A guarantor's signed request (RFC 9421), as docs/spec/bank-api.md says.",
        },
    )
    paths = api.spec._paths  # noqa: SLF001 - apispec has no other way to change what is written
    for found in app.url_map.iter_rules():
        for method, operation in paths.get(openapi_path(found.rule), {}).items():
            rule = rule_for(found.endpoint, method.upper())
            if rule is not None and method.upper() in (found.methods or ()):
                operation.setdefault("operationId", found.endpoint)
                operation["x-who"] = _who(rule)
                operation["security"] = _security(rule)


def join(main: Flask, other: Flask, prefix: str = "") -> None:
    """Puts the description of an application that stands before `main`, under `prefix`, into that of `main`."""
    main.extensions[_API].later(lambda: _join(main, other, prefix))


def _join(main: Flask, other: Flask, prefix: str) -> None:
    into, found = main.extensions[_API].spec, other.extensions[_API].complete().to_dict()
    for path, operations in found["paths"].items():
        into._paths[prefix + path] = operations  # noqa: SLF001
    for kind in ("schemas", "responses"):
        known = getattr(into.components, kind)
        for name, part in found.get("components", {}).get(kind, {}).items():
            known.setdefault(name, part)
    for tag in found.get("tags", ()):
        into.tag(tag)


def _describe_the_rest(app: Flask, api: Api) -> None:
    known = {tag["name"] for tag in api.spec._tags}  # noqa: SLF001 - one for each blueprint that is described
    for name, routes in app.blueprints.items():
        if isinstance(routes, ApiRoutes) and name not in known:
            routes.register_views_in_doc(api, app, api.spec, name=name, parameters=None)
            api.spec.tag({"name": name, "description": routes.description})


def openapi_path(rule: str) -> str:
    """A route's rule as the description has it: {name} in the place of <converter:name>."""
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
    if rule.scope is not None:
        ways.append({"token": []})
        if rule.who is PERSON or (isinstance(rule.who, frozenset) and Role.GUARANTOR in rule.who):
            ways.append({"signature": []})
    return ways
