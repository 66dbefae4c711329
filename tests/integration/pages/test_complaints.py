"""Objections and complaints by the pages: from what can be filed to a decision that everybody reads."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from stdnum.cn import uscc

from app.tendering import Tendering
from ledger.entries import ComplaintAccepted, ComplaintDecided, ObjectionFiled
from oversight.complaints.records import hash_of
from parties.models import Membership
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
from tests.integration.app.world import World, make_app
from tests.integration.complaints.conftest import Calendar
from tests.integration.complaints.hall import Hall
from tests.integration.complaints.test_api import set_to
from tests.integration.pages.reader import Reader
from tests.integration.tenders.office import KEEPING
from tests.unit.bidding.examples import at

REPORT = b"%PDF-1.7 " + bytes(range(256)) * 10


@pytest.fixture
def hall(database: Database, tmp_path: Path) -> Hall:
    return Hall(database, tmp_path)


@pytest.fixture
def world(database: Database, tmp_path: Path, hall: Hall) -> World:
    """The pages over the hall's database, on 3 March 2026."""
    clock = Calendar()
    app = make_app(database, tmp_path, clock)
    app.extensions["sunseal"] = replace(
        app.extensions["sunseal"],
        tendering=Tendering(hall.office.blobs, lambda: KEEPING),
        tiles=hall.office.log.files,
    )
    return World(app, database, clock)


def tenderee(world: World, hall: Hall) -> Reader:
    person = world.person()
    with hall.committing() as session:
        session.add(
            Membership(
                id=uuid4(),
                person_id=person.id,
                organisation_id=hall.office.tenderee,
                role=Role.TENDEREE,
                manages=False,
                began_at=world.clock(),
                suspended_at=None,
                ended_at=None,
            )
        )
    return Reader(world).log_in(person)


def acting(world: World, role: Role) -> Reader:
    """Somebody logged in for an organisation that the hall does not have."""
    return _logged_in(world, role)[0]


def _logged_in(world: World, role: Role) -> tuple[Reader, str]:
    person = world.person(authenticator=role in SECOND_FACTOR_ROLES)
    base = f"91460100MA5T{world.count:05}"
    made = world.organisation(person, [role], code=base + uscc.calc_check_digit(base))
    return Reader(world).log_in(person), str(made)


def authority(world: World) -> tuple[Reader, str]:
    """A supervisor, and how a form names its organisation."""
    return _logged_in(world, Role.SUPERVISOR)


def case_in(reader: Reader) -> str:
    found = re.search(r"/desk/cases/([0-9a-f]{32})", reader.path)
    assert found is not None, reader.text
    return found[1]


def test_what_can_be_filed_until_when_is_said_with_the_rule_and_its_article(
    world: World, hall: Hall, reader: Reader
) -> None:
    tender = hall.publish()
    assert reader.get(f"/notices/{tender}/remedies").status_code == 200
    assert "15 Mar 2026 24:00" in reader.text, "ten days before the deadline"
    assert "条22" in reader.text
    assert "potential bidder, other interested party" in reader.text
    assert "Complaint: the course of the tender" in reader.text, "which needs no objection"
    set_to(world, at(3, 16))
    reader.get(f"/notices/{tender}/remedies")
    assert "Objection: the tender documents" in reader.text
    assert f"/desk/cases/new/{tender}/objection?matter=documents" not in reader.text


def test_from_an_objection_to_a_decision_that_everybody_reads(
    world: World, hall: Hall, reader: Reader
) -> None:
    tender = hall.publish()
    bidder, owner = acting(world, Role.BIDDER), tenderee(world, hall)

    # 1. A form that is not right keeps the file and the words; then it is filed, with its receipt
    bidder.get(f"/desk/cases/new/{tender}/objection")
    with_file: dict[str, Any] = {
        "new_files": (BytesIO(REPORT), "检测报告.pdf"),
        "knowing": "2026-03-02T10:00",
    }
    bidder.send("text", text=" ", **with_file)
    assert bidder.page is not None
    assert bidder.page.status_code == 422
    assert "检测报告.pdf" in bidder.text
    bidder.send("text", text="图纸3指定了品牌")
    case = case_in(bidder)
    assert "It is filed." in bidder.text
    receipt = bidder.client.get(f"/desk/cases/{case}/records/1", base_url="https://tenders.example").data
    (entry,) = hall.entries(ObjectionFiled)
    assert isinstance(entry, ObjectionFiled)
    assert hash_of(receipt) == entry.record
    assert entry.record in bidder.text

    # 2. Everybody sees the case and its clock, and not who filed or what was said
    reader.get("/cases?clock=running")
    assert f"/cases/{case}" in reader.text
    assert "<svg" in reader.text
    reader.get(f"/cases/{case}")
    assert "条22" in reader.text
    assert "图纸3" not in reader.text

    # 3. The tenderee finds it waiting, reads it with its file and without a name, and replies
    owner.get("/desk")
    assert "an objection waits for your reply" in owner.text
    assert "Duties with a date" not in owner.text, "the reply is waited for once, not once more for the lot"
    owner.get(f"/desk/cases/{case}")
    assert "图纸3指定了品牌" in owner.text
    assert "Who filed it is said once" in owner.text
    file = re.search(rf"/api/complaints/{case}/files/[0-9a-f-]+", owner.text)
    assert file is not None
    assert owner.client.get(file[0], base_url="https://tenders.example").data == REPORT
    set_to(world, at(3, 5, 17))
    owner.get(f"/desk/cases/{case}/reply")
    owner.send("outcome", outcome="rejected", text="不成立，品牌仅为参考")
    assert "rejected" in owner.text

    # 4. It complains after that, within ten days, and the authority has three working days
    supervisor, organisation = authority(world)
    bidder.get("/desk")
    assert "you may complain after it" in bidder.text
    bidder.get(f"/desk/cases/{case}")
    assert "You may complain to an authority until" in bidder.text
    bidder.get(f"/desk/cases/new/{tender}/complaint?after={case}")
    bidder.send("text", text="答复避重就轻", authority=organisation)
    complaint = case_in(bidder)
    assert complaint != case
    supervisor.get("/desk")
    assert "a complaint waits to be accepted or not" in supervisor.text

    # 5. It accepts, orders the tender to stand still, tests, and decides
    for name, values in (
        ("accept", {"text": "符合受理条件"}),
        ("suspend", {"reason": "可能影响中标结果"}),
        ("measure", {"kind": "testing", "until": "2026-03-13T18:00", "text": "材料送检"}),
    ):
        supervisor.get(f"/desk/cases/{complaint}/{name}")
        supervisor.send(next(iter(values)), **values)
        assert supervisor.path == f"/desk/cases/{complaint}", supervisor.text
    reader.get(f"/notices/{tender}")
    assert "Suspended since" in reader.text
    set_to(world, at(3, 9, 10))
    supervisor.get(f"/desk/cases/{complaint}/end-measure?measure=1")
    supervisor.send("text", text="检测完成")
    assert "clock-stop" in supervisor.text, "the picture cuts out what does not count"
    supervisor.get(f"/desk/cases/{complaint}/decide")
    supervisor.send("outcome", outcome="upheld", text="图纸3应当修改。")
    assert hall.entries(ComplaintDecided)
    reader.get(f"/cases/{complaint}")
    assert "图纸3应当修改。" in reader.text


def test_in_procurement_a_complaint_is_sent_back_for_correction_and_corrected(
    world: World, hall: Hall
) -> None:
    tender = hall.publish("cn-procurement", at(3, 2, 9))
    bidder, owner = acting(world, Role.BIDDER), tenderee(world, hall)
    supervisor, organisation = authority(world)

    # 1. A challenge, its answer, and the complaint after it
    set_to(world, at(3, 3, 10))
    bidder.get(f"/desk/cases/new/{tender}/objection")
    bidder.send("text", text="图纸3指定了品牌", knowing="2026-03-02T10:00")
    objection = case_in(bidder)
    set_to(world, at(3, 5, 17))
    owner.get(f"/desk/cases/{objection}/reply")
    owner.send("outcome", outcome="rejected", text="不成立")
    set_to(world, at(3, 13, 9))
    bidder.get(f"/desk/cases/new/{tender}/complaint?after={objection}")
    bidder.send("text", text="答复避重就轻", authority=organisation)
    case = case_in(bidder)

    # 2. The authority sends it back: too long a time is refused, and what was written stands
    set_to(world, at(3, 16, 9))
    supervisor.get(f"/desk/cases/{case}")
    assert f"/desk/cases/{case}/ask-correction" in supervisor.text
    supervisor.get(f"/desk/cases/{case}/ask-correction")
    page = supervisor.send("until", until="2026-04-10T18:00", text="补正授权书")
    assert page.status_code in (409, 422)
    assert "补正授权书" in supervisor.text
    supervisor.send("until", until="2026-03-20T18:00", text="补正授权书")
    assert supervisor.path == f"/desk/cases/{case}", supervisor.text

    # 3. The complainant finds it, corrects with a file, and the authority accepts
    bidder.get(f"/desk/cases/{case}")
    assert "补正授权书" in bidder.text
    assert f"/desk/cases/{case}/correct" in bidder.text
    set_to(world, at(3, 18, 9))
    bidder.get(f"/desk/cases/{case}/correct")
    bidder.send("text", text="附授权书", new_files=(BytesIO(REPORT), "授权书.pdf"))
    assert bidder.path == f"/desk/cases/{case}", bidder.text
    supervisor.get(f"/desk/cases/{case}")
    assert "授权书.pdf" in supervisor.text
    assert f"/desk/cases/{case}/ask-correction" not in supervisor.text, "once"
    supervisor.get(f"/desk/cases/{case}/accept")
    supervisor.send("text", text="受理")
    assert hall.entries(ComplaintAccepted)


def test_a_refusal_says_the_rule_and_keeps_what_was_written(world: World, hall: Hall) -> None:
    tender = hall.publish()
    bidder = acting(world, Role.BIDDER)
    set_to(world, at(3, 16))
    bidder.get(f"/desk/cases/new/{tender}/objection")
    page = bidder.send("text", text="来不及了的异议", knowing="2026-03-02T10:00")
    assert page.status_code == 422
    assert "条22" in bidder.text
    assert "来不及了的异议" in bidder.text


def test_who_has_no_part_learns_nothing_and_nobody_acts_for_another(world: World, hall: Hall) -> None:
    case = hall.object(hall.publish())
    other = acting(world, Role.BIDDER)
    for address in ("", "/records/1", "/withdraw", "/reply"):
        assert other.get(f"/desk/cases/{case}{address}").status_code == 404, address
    supervisor, _organisation = authority(world)
    assert "图纸3指定了品牌" in supervisor.get(f"/desk/cases/{case}").get_data(as_text=True)
    assert supervisor.get(f"/desk/cases/{case}/decide").status_code == 404
    center = acting(world, Role.CENTER)
    center.get(f"/desk/cases/{case}")
    assert "条22" in center.text
    assert "图纸3" not in center.text


def test_the_board_shows_what_is_overdue_first_and_who_has_to_act(world: World, hall: Hall) -> None:
    case = hall.object(hall.publish())
    set_to(world, at(3, 9))
    center = acting(world, Role.CENTER)
    center.get("/desk")
    assert "1 clock is overdue" in center.text
    center.get("/desk/clocks?only=overdue")
    assert f"/cases/{case}" in center.text
    assert "某招标人" in center.text
    assert "clock-late" in center.text
    assert acting(world, Role.BIDDER).get("/desk/clocks").status_code == 403


def test_a_fabricated_complaint_is_listed_for_supervisors_alone(world: World, hall: Hall) -> None:
    tender = hall.publish()
    supervisor, organisation = authority(world)
    bidder = acting(world, Role.BIDDER)
    bidder.get(f"/desk/cases/new/{tender}/complaint")
    bidder.send(
        "text", matter="process", authority=organisation, text="评标委员会收钱", knowing="2026-03-02T10:00"
    )
    case = case_in(bidder)
    supervisor.get(f"/desk/cases/{case}/accept")
    supervisor.send("text", text="受理")
    supervisor.get(f"/desk/cases/{case}/decide")
    supervisor.send("outcome", outcome="fabricated", text="查无此事")
    supervisor.get("/desk/cases/fabricated")
    assert f"/cases/{case}" in supervisor.text
    assert bidder.get("/desk/cases/fabricated").status_code == 403
