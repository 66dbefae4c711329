"""The API's description as a page: plain HTML, made here from the OpenAPI document. It loads nothing from anywhere."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template_string

from app.api.document import Api

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ info.title }} API</title>
<h1>{{ info.title }} API</h1>
<p>{{ info.description }}</p>
<p><a href="{{ url_for('api-docs.openapi_json') }}">OpenAPI {{ version }}</a></p>
{% for tag, operations in tags.items() %}
<h2>{{ tag }}</h2>
<dl>
{% for one in operations %}
<dt id="{{ one.operationId }}"><code>{{ one.method }} {{ one.path }}</code> {{ one.summary or "" }}</dt>
<dd>{% if one.description %}<p>{{ one.description }}</p>{% endif %}
<p>For: {{ one["x-who"]|join(", ") }}.
{%- if one.body %} Takes: <code>{{ one.body }}</code>.{% endif %} Answers: {{ one.responses|join(", ") }}.</p></dd>
{% endfor %}
</dl>
{% endfor %}
</html>
"""


def blueprint(api: Api) -> Blueprint:
    """The page, at /api/."""
    routes = Blueprint("reference", __name__)

    @routes.get("/api/")
    def reference() -> Response:
        document = api.complete().to_dict()
        page = render_template_string(
            _PAGE, info=document["info"], version=document["openapi"], tags=_by_tag(document)
        )
        response = current_app.response_class(page, content_type="text/html; charset=utf-8")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    return routes


def _by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            shown = {**operation, "method": method.upper(), "path": path, "body": _body(operation)}
            tags.setdefault(operation["tags"][0], []).append(shown)
    return tags


def _body(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    schema: str = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return schema.rpartition("/")[2]
