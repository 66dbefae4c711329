"""The web application: `create_app(place)` puts the blueprints together."""

from flask import Flask

from app.place import Place
from app.web import ledger


def create_app(place: Place) -> Flask:
    """The application over the database and the files of `place`."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(ledger.blueprint(place.database(), place.public_files()), url_prefix="/ledger")
    return app
