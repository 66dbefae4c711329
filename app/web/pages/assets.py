"""Style, programs and pictures of the pages, as client/build.mjs made them: hashed names, served for ever.

SUNSEAL_ASSETS names the folder (default: client/dist of this tree). Only what its manifest.json names is served. Where
nothing was built, pages come without style and programs, readable all the same, and the log says what to do.
"""

import json
import logging
import mimetypes
import os
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask, Response, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from app.web.pages.routes import pages

FOR_EVER = "public, max-age=31536000, immutable"
_TREE = Path(__file__).resolve().parents[3] / "client" / "dist"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

log = logging.getLogger("app.pages")


class Assets:
    """What one folder has. The manifest is read anew when it changes, so that a build shows without a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._read_at: int | None = None
        self._entries: dict[str, dict[str, str]] = {}
        if not (folder / "manifest.json").is_file():
            log.warning(
                "%s has no manifest.json: the pages have no style until `make client` has run", folder
            )

    def entries(self) -> dict[str, dict[str, str]]:
        """Logical name to {"file": ..., "integrity": ...}; empty where nothing was built."""
        path = self.folder / "manifest.json"
        try:
            changed = path.stat().st_mtime_ns
            with self._lock:
                if changed != self._read_at:
                    self._entries = json.loads(path.read_text("utf-8"))
                    self._read_at = changed
        except OSError:
            return {}
        return self._entries

    def get(self, file: str) -> bytes:
        """NotFound for what the manifest does not name."""
        if file not in {one["file"] for one in self.entries().values()}:
            raise NotFound
        try:
            return (self.folder / file).read_bytes()
        except OSError as error:
            raise NotFound from error


_assets = Assets(Path(os.environ.get("SUNSEAL_ASSETS") or _TREE))


def install(app: Flask) -> None:
    """What templates use: asset(name), style(name), script(name), icon(name)."""
    app.jinja_env.globals.update(asset=asset, style=style, script=script, icon=icon)


def asset(name: str) -> str:
    """The address of an asset by its logical name; empty where it was not built."""
    found = _assets.entries().get(name)
    return url_for("pages.asset_file", file=found["file"]) if found else ""


def file_of(name: str) -> str:
    """The file of an asset by its logical name; "-" where it was not built, which nothing is called."""
    found = _assets.entries().get(name)
    return found["file"] if found else "-"


def style(name: str) -> Markup:
    return _tag('<link rel="stylesheet" href="{}" integrity="{}">', name)


def script(name: str, *, module: bool = True) -> Markup:
    kind = "module" if module else "text/javascript"
    return _tag('<script type="' + kind + '" src="{}" integrity="{}" defer></script>', name)


def icon(name: str, classes: str = "icon") -> Markup:
    """An icon beside a word; it says nothing by itself."""
    place = asset("icons.svg")
    if not place:
        return Markup()
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(classes, place, name)


def _tag(form: str, name: str) -> Markup:
    found = _assets.entries().get(name)
    return Markup(form).format(asset(name), found["integrity"]) if found else Markup()  # noqa: S704 # nosec B704


@pages.get("/static/<string(maxlength=200):file>")
def asset_file(file: str) -> Response:
    """A built file, which never changes under its name."""
    kind: Any = _TYPES.get(Path(file).suffix) or mimetypes.guess_type(file)[0] or "application/octet-stream"
    response = Response(_assets.get(file), content_type=kind)
    response.headers["Cache-Control"] = FOR_EVER
    return response
