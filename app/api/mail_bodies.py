"""Bodies of requests and answers about mailboxes: small questions, long sealed letters, lists of what is held."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, request

from app.api.content import JSON
from mailboxes.service import Held

MAX_QUESTION = 1024


def answer(held: Sequence[Held]) -> Response:
    """The messages as they are held; no proxy keeps them."""
    response = Response(json.dumps([asdict(one) for one in held]), content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def question(error: type[Exception], *names: str, most: int = MAX_QUESTION) -> list[Any]:
    """The fields of a small JSON object: `at` and `version` numbers, the others text. `error` for anything else."""
    try:
        value = json.loads(body(error, most))
    except ValueError as failed:
        raise error("a question is a JSON object") from failed
    if not isinstance(value, dict) or set(value) != set(names):
        raise error(f"a question has the fields {', '.join(names)}")
    if any(type(value[name]) is not (int if name in ("at", "version") else str) for name in names):
        raise error("a field of the question is of another kind")
    return [value[name] for name in names]


def body(error: type[Exception], most: int) -> bytes:
    """The whole body, of a length that the request says and that is not above `most`."""
    length = request.content_length
    if length is None or length > most:
        raise error(f"a body says its length, and has at most {most} bytes here")
    request.max_content_length = most
    return request.get_data(cache=False)
