"""How a page is answered: its template, its security headers, and a part of it where htmx asks for a part."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request

from app.permissions import rule_for
from app.web.pages.language import keep_choice, language

CONTENT_SECURITY_POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'"),
        *("connect-src 'self'", "worker-src 'self'", "form-action 'self'", "frame-ancestors 'none'"),
        "base-uri 'none'",
    )
)
"""Nothing inline, nothing from elsewhere, nothing evaluated."""


def page(template: str, status: int = 200, **values: Any) -> Response:
    """The page, whole."""
    response = make_response(render_template(template, **values), status)
    return finished(response)


def part(template: str, whole: str, **values: Any) -> Response:
    """`template` alone if htmx asks for it, else the page `whole` that includes it: the same address serves both."""
    wants_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    response = page(template if wants_part else whole, **values)
    response.vary.add("HX-Request")
    return response


def see(place: str) -> Response:
    """After a form that was accepted: 303 to the page that shows what came of it."""
    return finished(make_response(redirect(place, 303)))


def finished(response: Response) -> Response:
    """With the headers of every page."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    rule = rule_for(request.endpoint, request.method)
    kept = "no-store" if rule is not None and rule.has_session else "private, no-cache"
    response.headers.setdefault("Cache-Control", kept)
    return keep_choice(response)
