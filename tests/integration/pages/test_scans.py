"""Scanned paper guarantees, examined by hand: nothing before the opening, then the page, the file and the outcome."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.guarantee_lots import TenderedLots
from app.hall import Hall
from app.web.pages.hall.pulse import pulses
from bidding.package.packing import BytesContent
from guarantees.checking.taking import CheckAtOpening
from guarantees.models import GuaranteeCheck, PaperExamination
from guarantees.paper import PaperGuarantee, Scan
from ledger.entries import GuaranteeChecked
from parties.roles import Role
from storage.database import Database
from tests.guarantee_example import BANK
from tests.integration.app.world import CODES, make_app
from tests.integration.app.world import World as AppWorld
from tests.integration.pages.reader import Reader, acting_as
from tests.opening import LotStory, OpeningWorld, party
from tests.opening_notice import CODE, noticed

CONTENT = b"%PDF-1.7 <script>alert(1)</script> the scan" * 5000
NAME = "documents/保函扫描件.pdf"
PAPER = PaperGuarantee(
    BANK, "P-2026-7", 10_000_000, "CNY", 1_900_000_000, Scan(NAME, hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
)  # fmt: skip


@dataclass
class Story:
    """A lot with three bids: a scan, one that is not there, and one that another was put in the place of."""

    world: OpeningWorld
    app: AppWorld
    lot: LotStory

    def at(self, number: int, prefix: str = "/desk/scans") -> str:
        return f"{prefix}/{self.lot.id}/{self.lot.bids[number].index}"

    def run(self) -> None:
        self.world.clock.goes_on(seconds=2)
        self.world.job(guarantees=CheckAtOpening(TenderedLots())).run()

    def open(self) -> None:
        for member in (1, 2):
            self.lot.release(member)
        self.run()

    def of(self, role: Role, code: str | None = None, language: str = "en") -> Reader:
        if code is None:
            return acting_as(self.app, role, language)
        person = self.app.person()
        self.app.organisation(person, [role], code=code)
        return Reader(self.app, language).log_in(person)


@pytest.fixture
def story(database: Database, tmp_path: Path) -> Iterator[Story]:
    world = OpeningWorld(database, tmp_path)
    made = make_app(database, tmp_path, world.clock)  # type: ignore[arg-type]
    parts = made.extensions["sunseal"]
    made.extensions["sunseal"] = replace(parts, hall=Hall(world.blobs, world.reader, None))
    with made.app_context():
        pulses().fresh = 0.0
    lot = world.lot(noticed(world))
    scan = [BytesContent(NAME, CONTENT)]
    for number, documents in enumerate((scan, [], [BytesContent(NAME, CONTENT[:-1])])):
        lot.bid(number, guarantee=PAPER.to_bytes(), documents=documents)
    lot.close()
    found = Story(world, AppWorld(made, database, world.clock), lot)  # type: ignore[arg-type]
    found.run()
    yield found
    world.close_world()


def test_before_the_opening_nobody_sees_a_scan_or_that_there_is_one(story: Story) -> None:
    staff = story.of(Role.CENTER)
    for number in range(3):
        assert staff.get(story.at(number)).status_code == 404
        assert staff.get(f"{story.at(number)}/file").status_code == 404
        assert staff.get(f"{story.at(number, '/api/guarantees/scans')}/file").status_code == 404
    staff.get("/desk")
    assert "waits to be examined by hand" not in staff.text
    story.open()
    assert staff.get(story.at(0)).status_code == 200


def test_staff_examine_a_scan_from_what_waits_to_what_the_hall_says(story: Story) -> None:
    story.open()
    staff = story.of(Role.CENTER)
    staff.get("/desk")
    assert "a scanned paper guarantee waits to be examined by hand" in staff.text
    assert staff.text.count("/desk/scans/") == 1, "what is not there is not examined"
    tender = story.lot.id.partition(".")[0]
    staff.get(f"/desk/tenders/{tender}/lots/1/guarantees")
    assert staff.text.count("On paper, to be examined by hand") == 1
    assert "On paper, examined by hand" not in staff.text
    staff.get(story.at(0))
    for word in (
        BANK.name,
        PAPER.number,
        "100,000.00",
        party(0)[1].name,
        PAPER.scan.sha256,
        "not on the supervisor",
    ):
        assert word in staff.text
    file = staff.get(f"{story.at(0)}/file")
    assert (file.status_code, file.data) == (200, CONTENT)
    assert file.content_type == "application/pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Disposition"].startswith('attachment; filename="guarantee-scan-')
    assert file.headers["Content-Disposition"].isascii()
    staff.get(story.at(0))
    assert staff.send("remarks", remarks="电话核实中").status_code == 422
    assert "电话核实中" in staff.text
    refused = staff.send("remarks", outcome="refused", remarks="  ")
    assert refused.status_code == 422
    assert "A refusal says why, in at most 2000 characters." in staff.text
    token = next(fields["csrf_token"] for _, fields in staff.forms() if "remarks" in fields)
    staff.send("remarks", outcome="accepted", remarks="已电话向开立银行核实。")
    assert "What was found is recorded" in staff.text
    for word in ("已电话向开立银行核实。", "甲公司", "Person 1", "accept it"):
        assert word in staff.text
    assert "Record what was found" not in staff.text, "once, and no more"
    again = staff.post(story.at(0), {"csrf_token": token, "outcome": "refused", "remarks": "no"})
    assert again.status_code == 422
    assert "The scan was examined already." in staff.text
    staff.get(f"/desk/tenders/{tender}/lots/1/guarantees")
    assert "On paper, examined by hand" in staff.text
    assert "甲公司 Person 1" in staff.text
    staff.get("/desk")
    assert "waits to be examined by hand" not in staff.text
    hall = Reader(story.app, "zh").get(f"/openings/{story.lot.closing}/price").get_data(as_text=True)
    assert "纸质保函经工作人员人工核验，予以接受。" in hall
    assert "人工核验：甲公司，" in hall
    assert "Person 1" not in hall
    assert "真实有效" not in hall
    checked = [one for one in story.world.entries(GuaranteeChecked) if isinstance(one, GuaranteeChecked)]
    assert [one.outcome for one in checked] == ["examine", "invalid", "invalid", "accepted"]


def test_a_refusal_is_shown_with_its_reason(story: Story) -> None:
    story.open()
    staff = story.of(Role.CENTER, language="zh")
    staff.get(story.at(0))
    staff.send("remarks", outcome="refused", remarks="开立银行否认出具。")
    assert "开立银行否认出具。" in staff.text
    assert "不予接受。" in staff.text
    with story.world.database.session() as session:
        row = session.get_one(PaperExamination, (story.lot.id, story.lot.bids[0].index))
        check = session.get_one(GuaranteeCheck, (story.lot.id, story.lot.bids[0].index))
    assert (row.outcome, check.state) == ("refused", "invalid")


def test_a_scan_that_differs_has_its_sentence_no_form_and_no_file(story: Story) -> None:
    story.open()
    staff = story.of(Role.CENTER)
    for number, sentence in ((1, "the scan is not in it"), (2, "another SHA-256 or size")):
        staff.get(story.at(number))
        assert sentence in staff.text
        assert "remarks" not in staff.text
        assert "Download the scan" not in staff.text
        assert staff.get(f"{story.at(number)}/file").status_code == 409
    staff.get(story.at(0))
    token = next(fields["csrf_token"] for _, fields in staff.forms() if "remarks" in fields)
    sent = staff.post(story.at(1), {"csrf_token": token, "outcome": "accepted", "remarks": ""})
    assert sent.status_code == 409
    hall = Reader(story.app).get(f"/openings/{story.lot.closing}/price").get_data(as_text=True)
    assert "the scan is not in it" in hall
    assert "another SHA-256 or size" in hall


def test_the_tenderee_of_the_lot_reads_and_nobody_else_does(story: Story) -> None:
    story.open()
    own, other = story.of(Role.TENDEREE, CODE), story.of(Role.TENDEREE, CODES[3])
    own.get(story.at(0))
    assert PAPER.number in own.text
    assert "Record what was found" not in own.text
    for prefix in ("/desk/scans", "/api/guarantees/scans"):
        path = f"{story.at(0, prefix)}/file"
        assert own.get(path).data == CONTENT
        assert other.get(path).status_code == 404
    assert other.get(story.at(0)).status_code == 404
    supervisor = story.of(Role.SUPERVISOR)
    supervisor.get(story.at(0))
    assert "Record what was found" not in supervisor.text
    bidder = story.of(Role.BIDDER, CODES[4])
    assert bidder.get(story.at(0)).status_code == 403
    assert bidder.get(f"{story.at(0)}/file").status_code == 403
    assert Reader(story.app).get(f"{story.at(0, '/api/guarantees/scans')}/file").status_code == 401
    own.get("/desk")
    token = next(fields["csrf_token"] for _, fields in own.forms() if "csrf_token" in fields)
    sent = own.post(story.at(0), {"csrf_token": token, "outcome": "accepted", "remarks": ""})
    assert sent.status_code == 403
