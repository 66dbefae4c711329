"""An objection that suspends a tender and a complaint decided on its last day, by real processes and over HTTP.

The tender is of a course, whose days are minutes. What was before the last minute of the complaint is written down as it
would have happened; then the web application, the worker and a mail server run, and the worker is killed on its way.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bidding.tenders.draft import Draft
from bidding.timetable import Timetable
from oversight.complaints import complaints, examining, objections
from oversight.complaints.objections import Filing
from oversight.complaints.words import Capacity, Matter, Reply
from storage.database import Database
from tests.e2e.keyholders.deployment import eventually
from tests.e2e.oversight.platform import Platform
from tests.integration.complaints.hall import Hall
from tests.integration.complaints.post_office import PostOffice, post_office
from tests.integration.tenders.office import LOT
from verifier.complaints import Complaints
from verifier.report import Report

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def platform(database: Database, database_url: str, tmp_path: Path, mail: PostOffice) -> Iterator[Platform]:
    made = Platform(Hall(database, tmp_path), database_url, tmp_path, mail)
    try:
        yield made
    finally:
        made.stop()


def minutes(count: float) -> timedelta:
    """As many days of a course."""
    return timedelta(minutes=count)


def past(hall: Hall, now: datetime) -> tuple[str, str]:
    """A tender of an hour ago; a complaint that was accepted so long ago that its thirtieth day has just begun."""
    begun = now - minutes(60)
    timetable = Timetable(
        documents_from=begun,
        documents_to=begun + minutes(10),
        deadline=now + minutes(120),
        opening=now + minutes(120),
        validity_days=90,
    )
    draft = Draft(title="Bridge", profile="course", lots=(LOT,), timetable=timetable)
    tender = hall.office.publish(draft, now=begun)
    filer, tenderee, authority = (hall.parties[name] for name in ("甲公司", "招标人", "某发展改革委"))
    filing = Filing(
        tender, None, Matter.DOCUMENTS, Capacity.POTENTIAL_BIDDER, "图纸3指定了品牌", now - minutes(40)
    )
    with hall.committing() as session:
        first = objections.file(session, hall.desk, filer, filing, now=now - minutes(40)).id
    with hall.committing() as session:
        said = (session, hall.desk, tenderee, first, Reply.REJECTED, "不成立")
        objections.reply(*said, now=now - minutes(38))
    with hall.committing() as session:
        to = authority.organisation
        filed = now - minutes(31)
        case = complaints.file(
            session, hall.desk, filer, replace(filing, knowing=now - minutes(40)), to, first, now=filed
        ).id
    with hall.committing() as session:
        examining.accept(session, hall.desk, authority, case, "受理", now=now - minutes(29.2))
    return tender, case


def test_an_objection_suspends_and_a_complaint_is_decided_on_its_last_day(
    platform: Platform, mail: PostOffice
) -> None:
    hall = platform.hall
    platform.start("serve", "--listen", f"127.0.0.1:{platform.port}")
    eventually(platform.is_up, "the web application answers")
    tender, complaint = past(hall, datetime.now(UTC).replace(microsecond=0))
    worker = platform.start("complaints", "run")
    authority = platform.addresses["某发展改革委"]

    # 1. The authority is told that the last day has begun; the worker is killed right then, and another goes on
    eventually(lambda: any("is due today" in one for one in mail.to(authority)), "the authority is told")
    worker.kill()
    platform.start("complaints", "run")

    # 2. A potential bidder objects: the tender stands still, and the tenderee is told, not by whom
    now = datetime.now(UTC)
    filed = platform.ask(
        "POST",
        "/api/complaints/objections",
        {
            "tender": tender,
            "matter": "documents",
            "capacity": "potential-bidder",
            "text": "工期不合理",
            "knowing": (now - timedelta(seconds=5)).isoformat(),
        },
        "乙公司",
    )
    assert filed.status_code == 201, filed.text
    objection = filed.json()["id"]
    assert platform.ask("GET", f"/api/tenders/{tender}").json()["state"] == "suspended"
    tenderee = platform.addresses["招标人"]
    eventually(lambda: any(objection[:8] in one for one in mail.to(tenderee)), "the tenderee is told")
    assert all("乙公司" not in one.as_string() and "乙公司" not in one.get_content() for one in mail.mails)

    # 3. The complaint is decided while its last day lasts
    decided = platform.ask(
        "POST",
        f"/api/complaints/{complaint}/decision",
        {"outcome": "upheld", "text": "图纸3应当修改"},
        "某发展改革委",
    )
    assert decided.status_code == 200, decided.text
    (decision,) = [one for one in decided.json()["clocks"] if one["rule"] == "complaint-decision"]
    assert decision["status"] == "kept"
    assert datetime.fromisoformat(decision["due_at"]) - datetime.now(UTC) < minutes(1)
    published = platform.ask("GET", f"/api/complaints/{complaint}/decision")
    assert published.json()["text"] == "图纸3应当修改"
    eventually(
        lambda: any("has been decided" in one for one in mail.to(platform.addresses["甲公司"])),
        "who complained is told",
    )

    # 4. The objection is nearly overdue, the tenderee is reminded and replies, and the tender goes on
    eventually(
        lambda: any(objection[:8] in one and "is nearly due" in one for one in mail.to(tenderee)),
        "the tenderee is reminded",
        120,
    )
    assert objection in platform.said("complaints", "list", "--clock", "near")
    replied = platform.ask(
        "POST",
        f"/api/complaints/{objection}/reply",
        {"outcome": "partly-upheld", "text": "工期顺延"},
        "招标人",
    )
    assert replied.status_code == 200, replied.text
    assert platform.ask("GET", f"/api/tenders/{tender}").json()["state"] == "published"

    # 5. A stranger finds from the entries that every clock was kept
    report = Report()
    watching = Complaints(report)
    for index, entry in enumerate(hall.office.entries()):
        watching.take(index, entry)
    watching.finish()
    assert report.is_green, [one.sentence for one in report]
    assert (watching.kept, watching.missed) == (4, 0)
