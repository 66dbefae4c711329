"""Openings to look at, in each stage of the hall, served for a real browser. PAGES lists them, as site.py does."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import waitress
from sqlalchemy import select

from app import examiners
from app.guarantee_lots import TenderedLots
from app.hall import Hall
from bidding.opening.models import FALLBACK, OpeningRow
from bidding.package.packing import BytesContent
from guarantees.checking import by_hand
from guarantees.checking.taking import CheckAtOpening
from guarantees.paper import PaperGuarantee, Scan
from parties.models import Membership
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
from tests.browser.site import Served, Shown, of
from tests.guarantee_example import BANK
from tests.integration.app.world import World, make_app
from tests.integration.pages.reader import Reader
from tests.opening import LotStory, OpeningWorld
from tests.opening_notice import noticed
from tests.story import LATER_PRICE, TECHNICAL

_HALL, _DESK = "/openings/{}/price", "/desk/openings/{}/price"

PAGES: Mapping[str, Shown] = {
    "hall-shares": Shown(of("shares", _HALL)),
    "hall-read-out": Shown(of("read-out", _HALL)),
    "hall-recorded": Shown(of("recorded", _HALL)),
    "hall-committee": Shown(of("envelopes", "/openings/{}/technical")),
    "hall-later-price": Shown(of("envelopes", _HALL)),
    "hall-desk-bidder": Shown(of("read-out", _DESK), Role.BIDDER),
    "hall-desk-center": Shown(of("read-out", _DESK), Role.CENTER),
    "hall-desk-recorded": Shown(of("recorded", _DESK), Role.CENTER),
    "hall-fallback": Shown(of("fallback", _HALL)),
    "hall-failed": Shown(of("failed", _HALL)),
    "hall-halted": Shown(of("halted", _HALL)),
    "hall-scans": Shown(of("scans", _HALL)),
    "scan": Shown(of("scan", "/desk/scans/{}"), Role.CENTER),
    "scan-examined": Shown(of("scan-examined", "/desk/scans/{}"), Role.CENTER),
    "scan-missing": Shown(of("scan-missing", "/desk/scans/{}"), Role.CENTER),
    "lot-guarantees-scans": Shown(of("scans-lot", "/desk/tenders/{}/lots/1/guarantees"), Role.CENTER),
}


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Served]:
    """The halls, on a port of their own, at the end of a morning of openings."""
    opening = OpeningWorld(database, folder)
    with ExitStack() as ends:
        ends.callback(opening.close_world)
        app = make_app(database, folder, opening.clock, url=None)  # type: ignore[arg-type]
        parts = app.extensions["sunseal"]
        app.extensions["sunseal"] = replace(parts, hall=Hall(opening.blobs, opening.reader, None))
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
        world = World(app, database, opening.clock)  # type: ignore[arg-type]
        site = Served(world, f"http://localhost:{server.effective_port}")
        for role in (Role.BIDDER, Role.CENTER):
            site.people[role] = world.person(authenticator=role in SECOND_FACTOR_ROLES)
            world.organisation(site.people[role], [role])
        _fill(site, opening)
        Thread(target=server.run, name="halls", daemon=True).start()
        ends.callback(server.close)
        yield site


def _fill(site: Served, opening: OpeningWorld) -> None:
    recorded = _closed(opening)
    _opened(opening, recorded)
    opening.clock.goes_on(minutes=31)
    opening.job().run()
    read_out = _closed(opening)
    _opened(opening, read_out)
    bidder = Reader(site.world, "zh").log_in(site.people[Role.BIDDER])
    bidder.get(_DESK.format(read_out.closing))
    bidder.send("text", text="唱标价格与投标函大写金额不一致，请核对。")
    shares = _closed(opening)
    shares.release(1)
    shares.release(2, wrong=True)
    envelopes = opening.lot("envelopes", parts=[TECHNICAL, LATER_PRICE])
    for number in range(3):
        envelopes.bid(number)
    envelopes.close()
    opening.job().run()
    _opened(opening, envelopes, "technical")
    _scanned(site, opening)
    failed = opening.lot(noticed(opening))
    for number in range(3):
        failed.bid(number, change=lambda file: file[:-5])
    failed.close()
    opening.job().run()
    _opened(opening, failed)
    fallback, halted = _closed(opening), _closed(opening)
    with opening.database.session() as session:
        row = session.scalars(select(OpeningRow).filter_by(closing=fallback.closing)).one()
        row.state, row.fallback_until = FALLBACK, opening.clock() + timedelta(minutes=25)
        row = session.scalars(select(OpeningRow).filter_by(closing=halted.closing)).one()
        row.stopped = "too-few"
        session.commit()
    for name, lot in (
        *(("recorded", recorded), ("read-out", read_out)),
        *(("shares", shares), ("envelopes", envelopes)),
        *(("failed", failed), ("fallback", fallback), ("halted", halted)),
    ):
        site.tenders[name] = lot.closing


def _scanned(site: Served, opening: OpeningWorld) -> None:
    """Scans of paper guarantees: one waits, one was examined, one is not in its bid."""
    lot, content = opening.lot(noticed(opening)), b"%PDF-1.7 a scan"
    scan = Scan.of("scan.pdf", content)
    paper = PaperGuarantee(BANK, "BH-2026-0007", 10_000_000, "CNY", 1_900_000_000, scan)
    for number in range(3):
        documents = [BytesContent(scan.name, content)] if number < 2 else []
        lot.bid(number, guarantee=paper.to_bytes(), documents=documents)
    lot.close()
    job = opening.job(guarantees=CheckAtOpening(TenderedLots()))
    job.run()
    for keyholder in (1, 2, 3):
        lot.release(keyholder)
    opening.clock.goes_on(seconds=2)
    job.run()
    places = [f"{lot.id}/{bid.index}" for bid in lot.bids]
    site.tenders["scan"], site.tenders["scan-examined"], site.tenders["scan-missing"] = places
    site.tenders["scans"], site.tenders["scans-lot"] = lot.closing, lot.id.partition(".")[0]
    with opening.database.session() as session:
        membership = session.scalars(select(Membership).filter_by(role=Role.CENTER)).one()
        by_hand.settle(
            *(session, lot.id, lot.bids[1].index),
            accepted=True,
            remarks="已通过开立银行公布的电话核实，保函由其出具。",
            examiner=examiners.recorded(membership.organisation.credit_code, membership.person_id),
            now=opening.clock(),
        )
        session.commit()


def _closed(opening: OpeningWorld) -> LotStory:
    """Four bids; the third is above the ceiling, the fourth was spoiled by its bidder."""
    lot = opening.lot(noticed(opening))
    for number, total in enumerate(("4680000.00", "4512600.50", "4800000.01")):
        lot.bid(number, total=total)
    lot.bid(3, change=lambda file: file[:-5])
    lot.close()
    opening.job().run()
    return lot


def _opened(opening: OpeningWorld, lot: LotStory, part: str = "price") -> None:
    for keyholder in (1, 2, 3):
        lot.release(keyholder, part)
    opening.clock.goes_on(seconds=2)
    opening.job().run()
