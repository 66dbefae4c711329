"""Errors over HTTP as RFC 9457 has them: `type` ends with a stable word, `detail` is a sentence for a person."""

import json

from flask import Response

CONTENT_TYPE = "application/problem+json"
PREFIX = "urn:sunseal:problem:"


def problem(
    status: int, word: str, detail: str, *, retry_after: int | None = None, **members: int | str
) -> Response:
    """The answer. `members` are the problem's own, such as `last`; `retry_after` is in seconds."""
    body = {"type": PREFIX + word, "status": status, "detail": detail, **members}
    response = Response(json.dumps(body, ensure_ascii=False), status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
