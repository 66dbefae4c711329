"""Draw room, pool, samples and keyholders as pages: nobody is named before the award, and staff do what the API does."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from app.hall import Hall
from app.web.pages.hall.pulse import pulses
from bidding.tender import State
from bidding.tenders.models import LotRow
from crypto import canonical_json
from crypto.signatures import SigningKey
from custody import approvals
from ledger.exchange import Approval
from oversight import samples
from oversight.draw_tables import DrawRow
from oversight.expert_draw import Answer
from oversight.quarters import Quarter
from oversight.register import COLUMNS
from parties.roles import Role
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.integration.app.world import Clock, World, make_app
from tests.integration.oversight.office import Office, expert
from tests.integration.oversight.test_samples import ask as ask_sample
from tests.integration.oversight.test_samples import committed
from tests.integration.pages.reader import Reader, acting_as
from tests.keyholders import World as Keyholders
from tests.opening_notice import LOT_TITLE, noticed
from tests.story import ORIGIN


class OfficeClock(Clock):
    """The office's time."""

    office: Office

    def __call__(self) -> datetime:
        return self.office.now


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    world = Keyholders(database, tmp_path / "public")
    world.found()
    yield Office(world, 90)
    world.close_world()


@pytest.fixture
def site(office: Office, tmp_path: Path) -> World:
    clock = OfficeClock()
    clock.office = office
    made = make_app(office.world.database, tmp_path, clock)
    parts = made.extensions["sunseal"]
    blobs = BlobStore(FolderBackend(tmp_path / "blobs"))
    made.extensions["sunseal"] = replace(parts, hall=Hall(blobs, office.world.reader, None))
    with made.app_context():
        pulses().fresh = 0.0
    return World(made, office.world.database, clock)


def names(office: Office) -> list[str]:
    return [expert(i).name for i in range(office.size)]


def test_draw_is_asked_for_followed_and_published_on_pages(office: Office, site: World) -> None:
    lot = noticed(office.world)  # type: ignore[arg-type]
    office.world.sync()
    staff = acting_as(site, Role.CENTER)
    staff.get("/desk/draws/new")
    assert LOT_TITLE in staff.text
    staff.send("needs-0-count", **{"needs-0-specialty": "A08", "needs-0-count": "4", "needs-0-reserve": "2"})
    assert "An odd number" in staff.text or "odd" in staff.text
    staff.get("/desk/draws/new")
    staff.send(
        "needs-0-count",
        **{
            "needs-0-specialty": "A08",
            "needs-0-reserve": "2",
            "avoided-0-reason": "kinship",
            "avoided-0-employer": "Employer 3 Ltd",
        },
    )
    draw = staff.path.rsplit("/", 1)[1]
    assert re.fullmatch(r"[0-9a-f]{64}", draw)
    reader, room = Reader(site), f"/draws/{draw}"
    office.world.sync()
    reader.get(room)
    assert "0 of at least 2 keyholders" in reader.text
    assert "kinship: 10" in reader.text
    office.give_seed(bytes.fromhex(draw))
    reader.get(room)
    assert reader.text.count("given and verified") == 2
    office.tick()
    reader.get(room)
    assert "experts are called" in reader.text
    staff.get(f"/desk/draws/{draw}")
    assert not [name for name in names(office) if f">{name}<" in staff.text + reader.text]
    staff.send(at=f"/desk/draws/{draw}/calls/0/conflict")
    assert "has a conflict" in staff.text
    office.tick()
    code = office.telephone.told[1].code
    reader.get("/draws/answer")
    reader.send("code", code="x", answer="accepted")
    assert "code" in reader.text
    reader.send("code", code=code, answer="accepted")
    assert "Your answer is taken" in reader.text
    told = {notice.code for notice in office.telephone.told[2:]}
    for one in told:
        office.answer_by_code(one, Answer.ACCEPTED)
    reader.get(room)
    assert "committee formed" in reader.text
    staff.get(f"/desk/draws/{draw}")
    assert "Publish names" not in staff.text
    early = dict(staff.forms()[-1][1])
    assert staff.post(f"/desk/draws/{draw}/publication", early).status_code == 409
    with office.world.database.session() as session:
        session.get_one(LotRow, lot).state = State.AWARDED
        session.commit()
    staff.get(f"/desk/draws/{draw}")
    staff.send(at=f"/desk/draws/{draw}/publication")
    office.world.sync()
    reader.get(room)
    assert "names published" in reader.text
    assert f"sunseal experts redo https://tenders.example/ledger {draw} --policy policy.txt" in reader.text
    assert "--names names.json" in reader.text
    assert reader.text.count("Employer ") >= 5


def test_names_that_can_be_guessed_are_warned_of_before_anything_is_committed(
    office: Office, site: World
) -> None:
    noticed(office.world)  # type: ignore[arg-type]
    office.world.sync()
    staff, small = acting_as(site, Role.CENTER), {"needs-0-specialty": "A08", "needs-0-reserve": "20"}
    staff.get("/desk/draws/new")
    before = committed_so_far(office)
    staff.send("needs-0-count", **small)
    assert "names can be guessed" in staff.text
    assert "experts are eligible for 25 places" in staff.text
    staff.send("needs-0-count")
    assert staff.path == "/desk/draws/new", "not ticked"
    staff.send("needs-0-count", warned="y", **{"needs-0-reserve": "21"})
    assert "experts are eligible for 26 places" in staff.text, "a tick is for the warning that was read"
    assert committed_so_far(office) == before
    staff.send("needs-0-count", warned="y")
    assert re.fullmatch(r"/desk/draws/[0-9a-f]{64}", staff.path)
    assert committed_so_far(office) > before


def committed_so_far(office: Office) -> int:
    """Draws that the keyholders are asked for."""
    with office.world.database.session() as session:
        return session.scalar(select(func.count()).select_from(DrawRow)) or 0


def test_pool_is_filled_by_a_file_with_a_report_line_by_line(office: Office, site: World) -> None:
    staff = acting_as(site, Role.CENTER)
    staff.get("/desk/experts")
    line = "N-1,新专家,某单位,高级工程师,tel 9,460100,10,A0801,no"
    head = ",".join(COLUMNS)
    for text, said in (
        (f"{head}\n{line.replace('A0801', 'Z9')}\n", "Line 2"),
        (f"{head}\n{line}\n", "1 expert was entered"),
    ):
        staff.get("/desk/experts")
        staff.send(at="/import", file=(io.BytesIO(text.encode()), "pool.csv"))
        assert said in staff.text
    staff.get("/desk/experts/N-1")
    staff.send("reason", act="admission", reason="")
    assert "This has to be filled in." in staff.text
    staff.send("reason", act="admission", reason="meets article 37")
    staff.get("/desk/experts?q=N-1")
    assert "新专家" in staff.text
    staff.get("/desk/experts")
    staff.send(at="/desk/experts/snapshot")
    assert "<dd>91</dd>" in staff.text
    assert acting_as(site, Role.BIDDER).get("/desk/experts").status_code == 403


def test_sample_shows_its_rate_and_the_supervisor_records_findings(office: Office, site: World) -> None:
    sample = ask_sample(office, committed(office, "draws", 23))
    office.give_seed(sample)
    office.tick()
    reader, name = Reader(site), sample.hex()
    reader.get("/samples")
    assert "0 % / 20 %" in reader.text
    reader.get(f"/samples/{name}")
    assert "draws-" in reader.text
    supervisor = acting_as(site, Role.SUPERVISOR)
    supervisor.get(f"/desk/samples/{name}")
    item = re.search(r"items/(\d+)/finding", supervisor.text)
    assert item is not None
    path = f"/desk/samples/{name}/items/{item[1]}/finding"
    supervisor.get(path)
    answers = {"question_0": "yes", "question_1": "no", "question_2": "none"}
    assert supervisor.send("findings", **answers, findings="").status_code == 422
    supervisor.send("findings", **answers, findings="no reasons on file", follow_up_by="2026-12-01T09:00")
    assert "no reasons on file" in supervisor.text
    supervisor.send(at=f"/desk/samples/{name}/items/{item[1]}/follow-up")
    assert "done on" in supervisor.text
    reader.get(f"/samples/{name}")
    assert "4 %" in reader.text
    assert f"sunseal samples redo https://tenders.example/ledger {name} --policy policy.txt" in reader.text
    assert reader.get("/samples/xyz").status_code == 404


def test_supervisor_asks_for_a_sample_with_inspectors_on_a_page(office: Office, site: World) -> None:
    for lot in ("lot-1", "lot-2", "lot-3"):
        office.ask(lot)
    quarter = Quarter.of(office.now)
    office.now = quarter.end + timedelta(days=1)
    supervisor = acting_as(site, Role.SUPERVISOR)
    supervisor.get("/desk/draws")
    assert "/desk/samples/new" in supervisor.text
    assert acting_as(site, Role.CENTER).get("/desk/samples/new").status_code == 403

    wanted = {"kind": "draws", "quarter": str(quarter), "percent": "40", "each": "1"}
    for wrong, said in (
        ({"checklist": " "}, "This has to be filled in."),
        ({"checklist": "why?\nwhy?"}, "each of them once"),
        ({"checklist": "why?", "kind": "guarantees"}, "there are no guarantees of"),
        ({"checklist": "why?", "percent": "101"}, "Number must be between 1 and 100"),
    ):
        supervisor.get("/desk/samples/new")
        assert supervisor.send("checklist", **{**wanted, **wrong}).status_code == 422
        assert said in supervisor.text
    assert f"{quarter.before}" in supervisor.text
    assert f'value="{Quarter.of(office.now)}"' not in supervisor.text, "a quarter that is not over"
    supervisor.send("checklist", **wanted, checklist="was it approved?\n\nare there reasons?\n")
    found = re.fullmatch(r"/desk/samples/([0-9a-f]{64})", supervisor.path)
    assert found is not None, supervisor.text
    office.world.sync()
    office.give_seed(bytes.fromhex(found[1]))
    office.tick()
    with office.world.database.session() as session:
        items = samples.items(session, bytes.fromhex(found[1]))
    assert len(items) == 2
    assert all(len(one.inspectors) == 1 for one in items)
    supervisor.get(f"/desk/samples/{found[1]}/items/{items[0].item}/finding")
    given = {"question_0": "yes", "question_1": "no", "findings": "没有回避理由"}
    supervisor.send("findings", **given, follow_up_by="2026-12-01T09:00")
    public = Reader(site)
    public.get(f"/samples/{found[1]}")
    for word in ("are there reasons?", "没有回避理由", "to be put right by", "nobody has looked yet"):
        assert word in public.text
    assert public.text.count("Inspected by") == 1
    assert "--inspectors inspectors.json --results results.json" in public.text
    supervisor.get("/desk/samples/new")
    supervisor.send("checklist", **wanted, checklist="another")
    assert "there is no second one beside it" in supervisor.text


def test_the_tree_of_specialties_is_entered_from_a_file(office: Office, site: World) -> None:
    staff = acting_as(site, Role.CENTER)
    for text, said in (("code,name\nc1,bad\n", "Line 2"), ("code,name\nC1,Electricity\n", "1 specialty was")):
        staff.get("/desk/experts")
        staff.send(at="/import", of="specialties", file=(io.BytesIO(text.encode()), "tree.csv"))
        assert said in staff.text
    staff.get("/desk/draws/new")
    assert "C1 · Electricity" in staff.text


def test_staff_find_the_interference_register(office: Office, site: World) -> None:
    for role, is_there in ((Role.CENTER, True), (Role.SUPERVISOR, True), (Role.BIDDER, False)):
        person = acting_as(site, role)
        person.get("/desk")
        assert ("kind=interference" in person.text) == is_there


def test_keyholders_are_shown_and_an_approval_is_checked(office: Office, site: World) -> None:
    reader = Reader(site)
    reader.get("/keyholders")
    assert reader.text.count("Keyholder ") >= 3
    for text in ("nonsense", '{"closing":"00"}'):
        reader.send("approval", approval=text)
        assert "This is no approval" in reader.text
        assert text.replace('"', "&#34;") in reader.text


def test_a_valid_approval_is_taken_by_the_page_and_reaches_the_keyholders(
    office: Office, site: World
) -> None:
    world, key = office.world, SigningKey(b"\x61" * 32)
    parts = world.publish()
    closing = world.close("lot-1", [world.bid("lot-1", parts) for _ in range(3)])
    reader = Reader(site)
    reader.get("/keyholders")
    given = Approval(ORIGIN, closing, "price", key.verify_key.raw.hex()).signed_by(key)
    signed = canonical_json.dumps(msgspec.to_builtins(given)).decode()
    reader.send("approval", approval=signed.replace('"price"', '"other"'))
    assert "The signature does not fit" in reader.text
    reader.send("approval", approval=signed)
    assert "Taken. Keyholders who trust this key" in reader.text
    with world.database.session() as session:
        signing = world.keyholders[1].key
        _, waiting = approvals.for_keyholder(session, world.reader, signing, now=office.now)
    assert waiting == [given]


def test_rooms_that_are_not_there(office: Office, site: World) -> None:
    reader = Reader(site)
    assert reader.get("/draws").status_code == 200
    for path in ("/draws/xyz", f"/draws/{'00' * 32}", f"/draws/{'00' * 32}/events"):
        assert reader.get(path).status_code == 404
