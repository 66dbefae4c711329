"""The web application: `create_app(place)` puts the blueprints together."""

from datetime import UTC, datetime
from secrets import token_bytes

from flask import Flask

from app import platform_api
from app.api import keyholders, oversight, reports, samples
from app.api.submission_app import mount
from app.context import Parts
from app.hall import Hall
from app.place import Place
from app.settings import Settings
from app.tendering import Tendering
from app.web import anchors, ledger
from custody.reader import Reader
from oversight.ports import NoCommittee, NoLots


def create_app(place: Place) -> Flask:
    """The application over the database and the files of `place`."""
    app = Flask(__name__, static_folder=None)
    database = place.database()
    supervisor = place.supervisor()
    reader = Reader(supervisor) if supervisor else None
    parts = Parts(database, Settings.of(place), tendering=Tendering.of(place), hall=Hall.of(place, reader))
    platform_api.begin(app, parts)
    app.register_blueprint(ledger.blueprint(database, place.public_files()), url_prefix="/ledger")
    app.register_blueprint(anchors.blueprint(database), url_prefix="/ledger")
    custody = keyholders.blueprint(database, reader, _now)
    app.register_blueprint(custody, url_prefix="/api/keyholders/v1")
    without_a_name = reports.blueprint(database, place.blobs(), reader, _now, token_bytes)
    app.register_blueprint(without_a_name, url_prefix="/api/reports/v1")
    draws = oversight.blueprint(database, _now, token_bytes, NoLots(), NoCommittee())
    app.register_blueprint(draws, url_prefix="/api/oversight/v1")
    app.register_blueprint(samples.blueprint(database, _now, token_bytes), url_prefix="/api/samples/v1")
    platform_api.finish(app)
    mount(app, place, database)
    return app


def _now() -> datetime:
    return datetime.now(UTC)
