"""Objections and complaints over REST: an objection that suspends a tender, a complaint decided on its last day."""

import hashlib
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.models import LoginSession
from ledger.entries import ComplaintDecided
from parties.models import Membership
from parties.roles import Role
from tests.integration.app.world import Browser, World
from tests.integration.complaints.conftest import Calendar
from tests.integration.complaints.hall import Hall
from tests.unit.bidding.examples import at

PATH = "/api/complaints"


def set_to(world: World, now: datetime) -> None:
    """Who is logged in stays so, as if everybody had just logged in again."""
    cast("Calendar", world.clock).at = now
    with world.database.session() as session:
        session.execute(update(LoginSession).values(began_at=now))
        session.commit()


def owner(world: World, hall: Hall) -> Browser:
    """Somebody logged in for the tenderee of the hall's tenders."""
    person, browser = world.person(), world.browser()
    with hall.committing() as session:
        member = Membership(
            id=uuid4(),
            person_id=person.id,
            organisation_id=hall.office.tenderee,
            role=Role.TENDEREE,
            manages=False,
            began_at=world.clock(),
            suspended_at=None,
            ended_at=None,
        )
        session.add(member)
    assert browser.log_in(person).status_code == 200
    return browser


def upload(browser: Browser, content: bytes, name: str = "检测报告.pdf", piece: int = 2048) -> str:
    made = browser.post(f"{PATH}/files", {"name": name, "media_type": "application/pdf"})
    assert made.status_code == 201, made.get_json()
    file = made.get_json()["id"]
    for number in range(0, len(content), piece):
        part = content[number : number + piece]
        sent = browser.send(
            "PUT",
            f"{PATH}/files/{file}/pieces/{number // piece}",
            data=part,
            content_type="application/octet-stream",
        )
        assert sent.status_code == 200, sent.get_json()
    done = browser.post(f"{PATH}/files/{file}/completion", {"sha256": hashlib.sha256(content).hexdigest()})
    assert done.status_code == 200, done.get_json()
    return str(file)


def objection(tender: str, **changes: Any) -> dict[str, Any]:
    return {
        "tender": tender,
        "matter": "documents",
        "capacity": "potential-bidder",
        "text": "图纸3指定了品牌",
        "knowing": "2026-03-02T10:00:00+08:00",
        **changes,
    }


def test_from_an_objection_that_suspends_to_a_complaint_decided_on_its_last_day(
    world: World, hall: Hall
) -> None:
    tender = hall.publish()
    public = world.app.test_client()
    _, bidder = world.acting_as(Role.BIDDER)
    _, authority = world.acting_as(Role.SUPERVISOR)
    tenderee = owner(world, hall)
    report = b"%PDF-1.7 " + bytes(range(256)) * 10

    # 1. A potential bidder objects, and the tender stands still
    filed = bidder.post(f"{PATH}/objections", objection(tender, files=[upload(bidder, report)]))
    assert filed.status_code == 201, filed.get_json()
    case = filed.get_json()["id"]
    assert public.get(f"/api/tenders/{tender}").get_json()["state"] == "suspended"
    (line,) = public.get(f"{PATH}?tender={tender}").get_json()
    assert (line["state"], line["suspends"]) == ("filed", True)
    assert line["clocks"][0]["articles"] == ["条22", "条54"]

    # 2. The tenderee reads it without a name, with its files, and replies in time
    record = tenderee.get(f"{PATH}/{case}/record").get_json()
    assert record["filer"] is None
    assert record["steps"][0]["record"]["text"] == "图纸3指定了品牌"
    (file,) = record["steps"][0]["files"]
    got = tenderee.get(f"{PATH}/{case}/files/{file['id']}")
    assert (got.data, got.headers["Content-Type"]) == (report, "application/octet-stream")
    assert public.get(f"{PATH}/{case}/files/{file['id']}").status_code == 401
    set_to(world, at(3, 5, 17))
    replied = tenderee.post(f"{PATH}/{case}/reply", {"outcome": "rejected", "text": "不成立"})
    assert replied.status_code == 200, replied.get_json()
    assert public.get(f"/api/tenders/{tender}").get_json()["state"] == "published"

    # 3. It complains within ten days, and the authority accepts on the third working day
    set_to(world, at(3, 6, 17))
    to = next(
        one["id"]
        for one in public.get(f"{PATH}/authorities").get_json()
        if one["name"] == "甲公司"  # as tests.integration.app.world calls every organisation
    )
    made = bidder.post(PATH, {**objection(tender), "authority": to, "after": case, "text": "答复避重就轻"})
    assert made.status_code == 201, made.get_json()
    complaint = made.get_json()["id"]
    assert tenderee.get(f"{PATH}/{complaint}/record").status_code == 404
    set_to(world, at(3, 11, 23, 59))
    accepted = authority.post(f"{PATH}/{complaint}/acceptance", {"text": "符合受理条件"})
    assert accepted.status_code == 200, accepted.get_json()
    assert accepted.get_json()["filer"]["credit_code"]
    assert tenderee.get(f"{PATH}/{complaint}/record").get_json()["filer"] is None

    # 4. The tender stands still by order, and the complaint is decided on the thirtieth working day
    ordered = authority.post(f"{PATH}/{complaint}/suspension", {"reason": "可能影响中标结果"})
    assert ordered.status_code == 200, ordered.get_json()
    set_to(world, at(4, 23, 9))
    assert [one["id"] for one in public.get(f"{PATH}?clock=near").get_json()] == [complaint]
    set_to(world, at(4, 23, 23, 59))
    decided = authority.post(f"{PATH}/{complaint}/decision", {"outcome": "upheld", "text": "图纸3应当修改"})
    assert decided.status_code == 200, decided.get_json()
    assert {one["status"] for one in decided.get_json()["clocks"]} == {"kept"}
    assert public.get(f"/api/tenders/{tender}").get_json()["state"] == "published"
    decision = public.get(f"{PATH}/{complaint}/decision")
    (entry,) = hall.entries(ComplaintDecided)
    assert isinstance(entry, ComplaintDecided)
    assert hashlib.sha256(decision.data).hexdigest() == entry.decision
    assert decision.get_json()["text"] == "图纸3应当修改"


def test_nothing_public_says_who_filed(world: World, hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    public = world.app.test_client()
    for path in (PATH, f"{PATH}/{case}", f"{PATH}/clocks", f"/api/tenders/{tender}"):
        text = public.get(path).get_data(as_text=True)
        assert hall.parties["甲公司"].credit_code not in text
        assert str(hall.parties["甲公司"].organisation) not in text
        assert "品牌" not in text
    assert public.get(f"{PATH}/{case}/record").status_code == 401
    assert public.get(f"{PATH}/{case}/decision").status_code == 404


@pytest.mark.parametrize("role", [Role.BIDDER, Role.TENDEREE, Role.CENTER, Role.EXPERT, Role.GUARANTOR])
def test_of_anothers_case_nobody_learns_more_than_everybody(world: World, hall: Hall, role: Role) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    _, other = world.acting_as(role)
    assert other.get(f"{PATH}/{case}/record").status_code in (403, 404)
    assert other.post(f"{PATH}/{case}/withdrawal", {"text": "x"}).status_code in (403, 404)
    assert other.post(f"{PATH}/{case}/reply", {"outcome": "upheld", "text": "x"}).status_code in (403, 404)
    assert other.post(f"{PATH}/{case}/decision", {"outcome": "upheld", "text": "x"}).status_code in (403, 404)


def test_refusals_name_rule_and_article_in_both_languages(world: World, hall: Hall) -> None:
    tender = hall.publish()
    _, bidder = world.acting_as(Role.BIDDER)
    set_to(world, at(3, 16))
    refused = bidder.post(f"{PATH}/objections", objection(tender), headers={"Accept-Language": "zh"})
    body = refused.get_json()
    assert (refused.status_code, body["code"]) == (409, "refused")
    assert "条22" in body["detail"]
    assert body["violations"][0]["rule"] == "objection-to-documents"
    assert bidder.post(f"{PATH}/objections", objection("nosuch")).status_code == 404
    assert bidder.post(f"{PATH}/objections", objection(tender, matter="weather")).status_code == 422


def test_a_year_without_a_calendar_says_so(world: World, hall: Hall) -> None:
    tender = hall.publish()
    _, bidder = world.acting_as(Role.BIDDER)
    public = world.app.test_client()
    world.acting_as(Role.SUPERVISOR)
    to = public.get(f"{PATH}/authorities").get_json()[0]["id"]
    set_to(world, at(12, 30, 10))
    given = {
        **objection(tender, matter="process", capacity="interested-party"),
        "knowing": "2026-12-21T10:00:00+08:00",
        "authority": to,
    }
    refused = bidder.post(PATH, given)
    assert refused.status_code == 409
    assert "2027" in refused.get_json()["detail"]


def test_files_are_their_owners_until_they_are_handed_in_and_are_what_they_were(
    world: World, hall: Hall
) -> None:
    tender = hall.publish()
    _, bidder = world.acting_as(Role.BIDDER)
    _, other = world.acting_as(Role.BIDDER)
    content = bytes(range(256)) * 20
    file = upload(bidder, content)
    assert bidder.get(f"{PATH}/files").get_json()[0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert other.get(f"{PATH}/files").get_json() == []
    assert other.post(f"{PATH}/objections", objection(tender, files=[file])).status_code == 404
    changed = bidder.send("PUT", f"{PATH}/files/{file}/pieces/0", data=b"other")
    assert changed.status_code == 422
    filed = bidder.post(f"{PATH}/objections", objection(tender, files=[file])).get_json()
    hashed = filed["steps"][0]["record"]["files"][0]
    assert (hashed["sha256"], hashed["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    again = bidder.post(f"{PATH}/objections", objection(tender, files=[file]))
    assert again.status_code == 404, "a file goes with one statement"
    assert other.get(f"{PATH}/{filed['id']}/files/{file}").status_code == 404


def test_a_file_that_is_not_whole_is_not_completed(world: World) -> None:
    _, bidder = world.acting_as(Role.BIDDER)
    made = bidder.post(f"{PATH}/files", {"name": "a.pdf", "media_type": "application/pdf"}).get_json()["id"]
    sha256 = hashlib.sha256(b"ab").hexdigest()
    assert bidder.post(f"{PATH}/files/{made}/completion", {"sha256": sha256}).status_code == 422
    bidder.send("PUT", f"{PATH}/files/{made}/pieces/1", data=b"b")
    assert bidder.post(f"{PATH}/files/{made}/completion", {"sha256": sha256}).status_code == 422
    bidder.send("PUT", f"{PATH}/files/{made}/pieces/0", data=b"x")
    assert bidder.post(f"{PATH}/files/{made}/completion", {"sha256": sha256}).status_code == 422
    bidder.send("PUT", f"{PATH}/files/{made}/pieces/0", data=b"a")
    assert bidder.post(f"{PATH}/files/{made}/completion", {"sha256": sha256}).status_code == 200
    for name in ("../a", "a/b", ""):
        given = {"name": name, "media_type": "application/pdf"}
        assert bidder.post(f"{PATH}/files", given).status_code == 422
    dropped = bidder.send("DELETE", f"{PATH}/files/{made}")
    assert dropped.status_code == 204
    assert bidder.get(f"{PATH}/files").get_json() == []


def test_what_stands_still_for_a_case_is_not_let_go_by_hand(world: World, hall: Hall) -> None:
    tender = hall.publish()
    case = hall.object(tender)
    tenderee = owner(world, hall)
    _, supervisor = world.acting_as(Role.SUPERVISOR)
    given = {"cause": f"objection-{case}", "reason": "不想答复", "new_deadline": "2026-04-10T09:30:00+08:00"}
    for browser in (tenderee, supervisor):
        refused = browser.post(f"/api/tenders/{tender}/resumption", given)
        assert (refused.status_code, refused.get_json()["violations"][0]["rule"]) == (
            409,
            "suspended-until-reply",
        )
    assert hall.office.state(tender) == "suspended"
