"""Draws, samples, experts and keyholders to look at, served for a real browser. PAGES lists them, as site.py does."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread

import waitress

from app.hall import Hall
from oversight import publishing
from oversight.expert_draw import Answer, Need
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.browser.site import Served, Shown, at, of
from tests.integration.app.world import Clock, World, make_app
from tests.integration.oversight.office import Office
from tests.integration.oversight.test_samples import ask, committed
from tests.integration.pages.reader import Reader
from tests.keyholders import World as Keyholders
from tests.opening_notice import noticed

_ROOM, _DESK = "/draws/{}", "/desk/draws/{}"

PAGES: Mapping[str, Shown] = {
    "draws": Shown(at("/draws")),
    "draw-requested": Shown(of("requested", _ROOM)),
    "draw-calling": Shown(of("calling", _ROOM)),
    "draw-published": Shown(of("published", _ROOM)),
    "draw-answer": Shown(at("/draws/answer")),
    "samples": Shown(at("/samples")),
    "sample": Shown(of("sample", "/samples/{}")),
    "keyholders": Shown(at("/keyholders")),
    "desk-draws": Shown(at("/desk/draws"), Role.CENTER),
    "desk-draw": Shown(of("calling", _DESK), Role.CENTER),
    "draw-new": Shown(at("/desk/draws/new"), Role.CENTER),
    "experts": Shown(at("/desk/experts"), Role.CENTER),
    "expert": Shown(at("/desk/experts/E-0003"), Role.CENTER),
    "new-sample": Shown(at("/desk/samples/new"), Role.SUPERVISOR),
    "desk-sample": Shown(of("sample", "/desk/samples/{}"), Role.SUPERVISOR),
    "finding": Shown(of("item", "/desk/samples/{}/finding"), Role.SUPERVISOR),
}


class _OfficeClock(Clock):
    """The office's time."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    def __call__(self) -> datetime:
        return self._office.now


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Served]:
    """A trading center with draws in each stage, on a port of its own."""
    keyholders = Keyholders(database, folder / "public")
    with ExitStack() as ends:
        ends.callback(keyholders.close_world)
        keyholders.found()
        office = Office(keyholders, 60)
        clock = _OfficeClock(office)
        app = make_app(database, folder, clock, url=None)
        hall = Hall(BlobStore(FolderBackend(folder / "blobs")), keyholders.reader, None)
        app.extensions["sunseal"] = replace(app.extensions["sunseal"], hall=hall)
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
        site = Served(World(app, database, clock), f"http://localhost:{server.effective_port}")
        for role in (Role.CENTER, Role.SUPERVISOR):
            site.people[role] = site.world.person(authenticator=role in SECOND_FACTOR_ROLES)
            site.world.organisation(site.people[role], [role])
        _fill(site, office)
        Thread(target=server.run, name="draws", daemon=True).start()
        ends.callback(server.close)
        yield site


def _fill(site: Served, office: Office) -> None:
    noticed(office.world)  # type: ignore[arg-type] # any world with a database
    published = office.started(lot="lot-1")
    office.answer(published, 0, Answer.DECLINED)
    office.tick()
    office.accept_all(published)
    office.lots.won.add("lot-1")
    with office.world.database.session() as session:
        publishing.publish(session, published, office.lots, now=office.now)
        session.commit()
    office.world.sync()
    calling = office.started(lot="lot-2")
    office.answer(calling, 0, Answer.ACCEPTED)
    office.answer(calling, 1, Answer.CONFLICTED)
    office.tick()
    requested = office.ask(lot="lot-3", needs=(Need("A0801", "460100", 3, 2), Need("A0802", "", 2, 1)))
    sample = ask(office, committed(office, "draws", 23))
    office.give_seed(sample)
    office.tick()
    for name, draw in (("published", published), ("calling", calling), ("requested", requested)):
        site.tenders[name] = draw.hex()
    site.tenders["sample"] = sample.hex()
    supervisor = Reader(site.world).log_in(site.people[Role.SUPERVISOR])
    supervisor.get(f"/desk/samples/{sample.hex()}")
    items = re.findall(r"/desk/samples/([0-9a-f]+/items/\d+)/finding", supervisor.text)
    site.tenders["item"] = items[1]
    supervisor.get(f"/desk/samples/{items[0]}/finding")
    answers = {"question_0": "yes", "question_1": "no", "question_2": "none"}
    supervisor.send(
        "findings", **answers, findings="未见回避理由的书面材料。", follow_up_by="2026-12-01T09:00"
    )
