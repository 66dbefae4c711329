"""Before every page: who asks, and whether a form is the desk's own. After it: what every answer says to browsers."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request, url_for
from markupsafe import Markup

from app.desk_api.desk import MAX_BODY, desk, now
from app.desk_pages.sessions import Entered, Sessions, is_same
from app.errors import ProblemError
from app.guarantor.underwriters import Underwriter, Underwriters
from app.web.pages.language import keep_choice
from app.web.pages.render import CONTENT_SECURITY_POLICY

_KEY = "sunseal-desk-pages"
OPEN = frozenset({"desk.log_in", "pages.asset_file"})
"""What anybody may ask for; everything else is for underwriters."""


@dataclass(frozen=True, slots=True)
class House:
    """The guarantor's folder and name, who may work, and the `depth` blocks that make an issue certain."""

    folder: Path
    name: str
    underwriters: Underwriters
    depth: int
    sessions: Sessions = field(default_factory=Sessions)

    @property
    def cookie(self) -> str:
        """Its name. Browsers do not tell ports apart: two houses on one machine would log each other out."""
        return f"sunseal-desk-{sha256(self.name.encode()).hexdigest()[:8]}"

    def document(self, application: bytes, number: int) -> Path:
        """Where a document of an application lies (GuarantorFolder.keep_document)."""
        return self.folder / "documents" / application.hex() / f"{number:02}"


def install(app: Flask, house: House) -> None:
    app.extensions[_KEY] = house
    app.before_request(_check)
    app.after_request(_finish)
    app.jinja_env.globals.update(csrf_field=csrf_field, who=who, house=house, now=now)


def house() -> House:
    return cast("House", current_app.extensions[_KEY])


def who() -> Underwriter | None:
    """Who is logged in."""
    found: Underwriter | None = g.get("underwriter")
    return found


def login() -> str:
    """The name that the audit trail has."""
    found = who()
    if found is None:
        raise ProblemError("login-needed")
    return found.login


def csrf_field() -> Markup:
    entered: Entered | None = g.get("entered")
    token = "" if entered is None else entered.csrf
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)


def _check() -> Response | None:
    request.max_content_length = MAX_BODY
    if request.endpoint == "pages.asset_file":
        return None
    token = request.cookies.get(house().cookie, "")
    entered = house().sessions.find(token, now=now()) if token else None
    if entered is not None:
        g.underwriter = house().underwriters.get(entered.login)
        g.entered = entered
    if request.method not in ("GET", "HEAD") and not _is_own():
        raise ProblemError("csrf")
    if request.endpoint in OPEN:
        return None
    if who() is None:
        back = {"next": request.full_path.rstrip("?")} if request.method == "GET" else {}
        return cast(
            "Response", redirect(url_for("desk.log_in") + (f"?{urlencode(back)}" if back else ""), 303)
        )
    if request.method not in ("GET", "HEAD") and not is_same(
        request.form.get("csrf_token", ""), g.entered.csrf
    ):
        raise ProblemError("csrf")
    return None


def _is_own() -> bool:
    """Whether the form was sent from a page of this desk, as the browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin in (desk().url, f"{request.scheme}://{request.host}")


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return keep_choice(response)
