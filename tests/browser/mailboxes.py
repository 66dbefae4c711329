"""The pages of reports without a name over a platform that takes them, served for a real browser."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes
from threading import Thread

import httpx
import waitress
from flask import request

from app.api import reports
from app.report_client import Desk
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.browser.site import Served, Shown, at
from tests.integration.app.world import Clock, World, make_app
from tests.keyholders import World as Keyholders
from tests.story import SUPERVISOR

PAGES: Mapping[str, Shown] = {
    "report": Shown(at("/report")),
    "report-interference": Shown(at("/report?kind=interference")),
    "report-mailbox": Shown(at("/report/mailbox")),
}


@dataclass
class Platform(Served):
    """`heard` are the paths and headers that reached the application; `desk` is the supervisor's side."""

    desk: Callable[[], Desk] = field(kw_only=True)
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Platform]:
    """On a port of its own, by the machine's clock."""
    keyholders, clock = Keyholders(database, folder / "public"), Clock()
    with ExitStack() as ends:
        ends.callback(keyholders.close_world)
        keyholders.found()
        app = make_app(database, folder, clock, url=None)
        blobs = BlobStore(FolderBackend(folder / "blobs"))
        routes = reports.blueprint(database, blobs, keyholders.reader, clock, token_bytes)
        app.register_blueprint(routes, url_prefix="/api/reports/v1")
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
        address = f"http://localhost:{server.effective_port}"

        def desk() -> Desk:
            client = httpx.Client(base_url=f"{address}/api/reports/v1")
            ends.callback(client.close)
            return Desk(client, SUPERVISOR.verify_key, lambda: int(clock().timestamp()), token_bytes)

        site = Platform(World(app, database, clock), address, desk=desk)

        def listen() -> None:
            site.heard.append((request.path, dict(request.headers)))

        app.before_request_funcs.setdefault(None, []).insert(0, listen)
        Thread(target=server.run, name="mailboxes", daemon=True).start()
        ends.callback(server.close)
        yield site
