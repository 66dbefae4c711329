"""`create_desk_pages(desk, house)`: the Flask application that a guarantor's underwriters work with."""

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemLoader

from app import errors, web
from app.desk_api import desk as parts
from app.desk_api.application import note
from app.desk_api.desk import Desk
from app.desk_pages import (
    entering,
    exposures,
    gate,
    issue,
    one,
    payments,
    queue_page,
    render,
    standing,
    words,
)
from app.desk_pages.gate import House
from app.errors import PAGE_OF_PROBLEM
from app.web.pages import assets, formats, language
from guarantees.desk import exposure

MODULES = (entering, queue_page, one, payments, issue, exposures, standing)
"""Importing them has put their views on the blueprint."""
_OWN = Path(__file__).parent / "templates"
_SHARED = Path(str(web.__file__)).parent / "pages" / "templates"


def create_desk_pages(desk: Desk, house: House) -> Flask:
    """Pages of the desk; `desk.callers` is not used."""
    app = Flask("app.desk_pages", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.jinja_loader = FileSystemLoader([_OWN, _SHARED])  # and the macros of all pages
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (language, formats, assets, words):
        module.install(app)
    parts.provide(app, desk)
    gate.install(app, house)
    app.jinja_env.globals.update(TOTAL=exposure.TOTAL)
    app.extensions[PAGE_OF_PROBLEM] = render.problem
    errors.register(app, note)
    app.add_url_rule("/static/<string(maxlength=200):file>", "pages.asset_file", assets.asset_file)
    app.register_blueprint(render.pages)
    return app
