"""Puts the pages into an application: what templates may use, every module with views, and problems as pages."""

from flask import Flask

from app.context import now, session
from app.errors import PAGE_OF_PROBLEM
from app.web.pages import assets, formats, forms, language, navigation, problem_page
from app.web.pages.ledger_state import ledger_state
from app.web.pages.naming import formula_name, part_name
from app.web.pages.routes import pages
from app.web.pages.views import MODULES
from bidding.tender import STATE_NAMES, State


def install(app: Flask) -> None:
    """Registers the blueprint `pages`. Importing MODULES has put their views on it."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (language, formats, assets, forms, navigation):
        module.install(app)
    app.jinja_env.globals.update(
        part_name=part_name, formula_name=formula_name, state_name=lambda name: STATE_NAMES[State(name)]
    )
    app.jinja_env.globals.update(
        ledger_state=lambda: ledger_state(session()), now=now, views=tuple(one.__name__ for one in MODULES)
    )
    app.extensions[PAGE_OF_PROBLEM] = problem_page.answer
    app.register_blueprint(pages)
