"""How a page of the desk is answered; and a problem as a page."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Blueprint, Response, make_response, redirect, render_template

from app.desk_api.desk import session
from app.problems import Problem
from app.web.pages.language import language
from app.web.pages.problem_page import NEXT
from statutes.errors import Violation
from statutes.said import Said

pages = Blueprint("desk", __name__)


def page(template: str, status: int = 200, **values: Any) -> Response:
    response = make_response(render_template(f"desk_pages/{template}", **values), status)
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    return response


def see(place: str) -> Response:
    """After a form that was accepted: 303 to the page that shows what came of it."""
    return cast("Response", redirect(place, 303))


def problem(
    found: Problem,
    detail: str | Said | None,
    errors: Mapping[str, Any] | None,  # noqa: ARG001 - all pages' problems are told alike
    headers: Mapping[str, str] | None,
    violations: Sequence[Violation],  # noqa: ARG001
) -> Response:
    """app.errors' PAGE_OF_PROBLEM. What the page had begun is undone."""
    if found.status < 500:
        session().rollback()
    shown = None if found.status == 404 and isinstance(detail, str) else detail
    response = page(
        "problem.html", found.status, problem=found, detail=shown, page_next=NEXT.get(found.code, found.next)
    )
    response.headers.update(headers or {})
    return response
