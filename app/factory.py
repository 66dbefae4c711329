"""The web application: `create_app(place)` puts the blueprints together."""

from datetime import UTC, datetime
from secrets import token_bytes

from flask import Flask

from app import platform_api
from app.api import applications, blind_tokens, keyholders, oversight, reports, samples
from app.api.submission_app import mount
from app.committees import Opinions
from app.context import Parts
from app.drawn_lots import OpenedLots
from app.hall import Hall
from app.issuing import issuer_of, requester
from app.place import Place
from app.settings import Settings
from app.spending import spender
from app.tendering import Tendering
from app.web import anchors, ledger
from app.web.pages.bidding import terms
from custody.reader import Reader


def create_app(place: Place) -> Flask:
    """The application over the database and the files of `place`."""
    app = Flask(__name__, static_folder=None)
    issuer = issuer_of(place)  # first: a lock that does not open its keys leaves nothing behind
    database = place.database()
    supervisor = place.supervisor()
    reader = Reader(supervisor) if supervisor else None
    files = place.public_files()
    hall, tendering = Hall.of(place, reader), Tendering.of(place)
    parts = Parts(database, Settings.of(place), tendering=tendering, hall=hall, tiles=files)
    platform_api.begin(app, parts)
    app.register_blueprint(ledger.blueprint(database, files), url_prefix="/ledger")
    app.register_blueprint(anchors.blueprint(database), url_prefix="/ledger")
    custody = keyholders.blueprint(database, reader, _now)
    app.register_blueprint(custody, url_prefix="/api/keyholders/v1")
    without_a_name = reports.blueprint(database, place.blobs(), reader, _now, token_bytes)
    app.register_blueprint(without_a_name, url_prefix="/api/reports/v1")
    letters = applications.blueprint(
        database, place.blobs(), supervisor, _now, token_bytes, spend=spender(place.token_terms)
    )
    app.register_blueprint(letters, url_prefix="/api/applications/v1")
    draws = oversight.blueprint(database, _now, token_bytes, OpenedLots(), Opinions())
    app.register_blueprint(draws, url_prefix="/api/oversight/v1")
    app.register_blueprint(samples.blueprint(database, _now, token_bytes), url_prefix="/api/samples/v1")
    issuing = blind_tokens.Issuing(issuer, requester)
    app.register_blueprint(blind_tokens.blueprint(database, issuing, _now, token_bytes))
    terms.install(app, place)
    platform_api.finish(app)
    mount(app, place, database)
    return app


def _now() -> datetime:
    return datetime.now(UTC)
