"""What every request leaves behind: a number, a line in the log, and headers that keep a browser from mischief.

The line has the route's pattern, never the path as it was called: identifiers stay out of the log. Nor has it the
query, the user agent or what was sent. The address is in it only on routes with a session, where guessing is looked
for.
"""

import logging
import time
from secrets import token_hex

from flask import Flask, Response, g, request

from app.permissions import rule_for

log = logging.getLogger("app.requests")

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=63072000",
}


def install(app: Flask) -> None:
    """Numbers, logs and guards every request."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id, g.request_began = token_hex(8), time.monotonic()


def _end(response: Response) -> Response:
    number = g.get("request_id", "-")
    response.headers["Request-Id"] = number
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    rule = rule_for(request.endpoint, request.method)
    with_session = rule is not None and rule.has_session
    if with_session:
        response.headers.setdefault("Cache-Control", "no-store")
    took = (time.monotonic() - g.get("request_began", time.monotonic())) * 1000
    log.info(
        "%s %s %s %d %.0f ms %s",
        number,
        request.method,
        request.url_rule.rule if request.url_rule else "(no route)",
        response.status_code,
        took,
        request.remote_addr if with_session else "-",
    )
    return response
