"""Evidence of any size from a form in a real browser: in pieces, over a line that is cut, and then filed with the form."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from oversight.complaints import evidence
from oversight.complaints.tables import EvidenceRow, PieceRow
from parties.roles import Role
from storage.database import Database
from tests.browser import cases
from tests.browser.looking import Looker

MANIFEST = Path(__file__).parents[2] / "client" / "dist" / "manifest.json"
SIZE = 20 << 20

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not MANIFEST.exists(), reason="needs the built client (make client)"),
]


def test_file_comes_in_pieces_over_a_cut_line_and_goes_with_the_objection(
    database: Database, tmp_path: Path, chromium: Browser
) -> None:
    content = b"%PDF-1.7 " + hashlib.shake_256(b"evidence").digest(SIZE)
    file = tmp_path / "检测报告.pdf"
    file.write_bytes(content)
    cut: list[str] = []

    def cut_once(route: Route) -> None:
        if cut:
            route.continue_()
        else:
            cut.append(route.request.url)
            route.abort("connectionreset")

    with cases.served(database, tmp_path) as site:
        looker = Looker(chromium, site)
        page = looker.page(Role.BIDDER, "en")
        page.route("**/pieces/1", cut_once)
        page.goto(f"{site.address}/desk/cases/new/{site.tenders['tender']}/objection")
        page.fill("#text", "图纸3指定了品牌")
        page.set_input_files("#new_files", str(file))
        expect(page.locator("[data-evidence-status]")).to_contain_text("is here", timeout=60_000)
        assert cut, "the line was cut"
        page.click("main form button[type=submit]")
        expect(page.locator("main")).to_contain_text("It is filed.")
        page.get_by_role("link", name="检测报告.pdf").wait_for()
        looker.close()
    with database.session() as session:
        row = session.scalars(select(EvidenceRow).where(EvidenceRow.case_id.is_not(None))).one()
        pieces = session.scalars(select(PieceRow).where(PieceRow.evidence_id == row.id)).all()
        assert (row.size, row.sha256) == (len(content), hashlib.sha256(content).digest())
        assert len(pieces) == 3
        assert all(one.size <= evidence.PIECE for one in pieces)
