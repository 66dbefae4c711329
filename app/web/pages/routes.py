"""The blueprint that every page is put on. A view's name is its endpoint: `pages.<name>` in app/permissions.table."""

from flask import Blueprint

pages = Blueprint("pages", __name__, template_folder="templates")
