"""Guarantees after an opening to look at, each by its parties, served for a real browser. PAGES lists them, as site.py does."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch

import waitress

from app.tendering import Tendering
from app.web.pages.guarantees import demanding
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.printed.check_url import check_url
from guarantees.signed import SignedGuarantee
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.browser.site import Served, Shown, at, of
from tests.guarantee_example import BANK, BIDDER, TENDEREE, UNDERTAKING, signed
from tests.guarantees import Lots
from tests.integration.app.test_guarantees_api import Presented, told
from tests.integration.app.world import Clock, World, make_app
from tests.integration.pages.reader import Reader
from tests.integration.tenders.office import KEEPING

_ONE = "/desk/guarantees/{}"
PAGES: Mapping[str, Shown] = {
    "guarantee-check-found": Shown(of("found", "{}")),
    "guarantee-held-bidder": Shown(of("presented", _ONE), Role.BIDDER),
    "guarantee-held-tenderee": Shown(of("presented", _ONE), Role.TENDEREE),
    "guarantee-demanded": Shown(of("demanded", _ONE), Role.CENTER),
    "guarantee-demand": Shown(of("presented", _ONE + "/demand"), Role.TENDEREE),
    "guarantee-answer": Shown(of("demanded", _ONE + "/answer"), Role.GUARANTOR),
    "guarantees-held": Shown(at("/desk/guarantees"), Role.GUARANTOR),
    "guarantee-give-back": Shown(at("/desk/guarantees/give-back"), Role.BIDDER),
}


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Served]:
    """The platform on a port of its own, by the machine's clock."""
    clock = Clock()
    app = make_app(database, folder, clock, url=None)
    blobs = BlobStore(FolderBackend(folder / "blobs"))
    parts = app.extensions["sunseal"]
    app.extensions["sunseal"] = replace(parts, tendering=Tendering(blobs, lambda: KEEPING))
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    world = World(app, database, clock)
    site = Served(world, f"http://localhost:{server.effective_port}")
    parties = {
        Role.GUARANTOR: BANK.credit_code,
        Role.TENDEREE: TENDEREE.credit_code,
        Role.BIDDER: BIDDER.credit_code,
        Role.CENTER: None,
    }
    for role, code in parties.items():
        site.people[role] = world.person(authenticator=role in SECOND_FACTOR_ROLES)
        world.organisation(site.people[role], [role], code=code)
    _fill(site)
    Thread(target=server.run, name="held", daemon=True).start()
    try:
        yield site
    finally:
        server.close()


def _fill(site: Served) -> None:
    expiry = int((datetime.now(UTC) + timedelta(days=60)).timestamp())
    kept, demanded = signed(expiry=expiry), signed(expiry=expiry + 86_400, number="BH-2026-000002")
    unopened = signed(expiry=expiry, number="BH-2026-000003")
    presented = Presented(site.world, kept)
    for number, made in enumerate((kept, demanded)):
        presented.add(made, 11 + number)
    site.tenders["presented"], site.tenders["demanded"] = kept.id.hex(), demanded.id.hex()
    site.tenders["found"] = check_url("", unopened)
    with site.world.database.session() as session:
        session.add(_on_chain(unopened))
        told(session, unopened)
        session.commit()
    with patch.object(demanding, "TenderedLots", Lots):
        tenderee = Reader(site.world, "zh").log_in(site.people[Role.TENDEREE])
        tenderee.get(f"/desk/guarantees/{demanded.id.hex()}/demand")
        documents: dict[str, Any] = {
            f"document-{number}": (io.BytesIO(b"%PDF notice"), "通知书.pdf")
            for number, _ in enumerate(UNDERTAKING.demand.documents)
        }
        said = "中标人在收到中标通知书后三十日内未签订合同。"
        tenderee.send(
            "statement", ground="contract-not-signed", statement=said, amount="800,000.00", **documents
        )


def _on_chain(made: SignedGuarantee) -> GuaranteeRow:
    return GuaranteeRow(
        id=made.id,
        guarantor=bytes.fromhex("11" * 20),
        commitment=made.commitment,
        expiry=made.undertaking.expiry,
        state=State.ISSUED.value,
        issued_block=1,
        changed_block=1,
    )
