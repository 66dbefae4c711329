"""Objections and complaints to look at, at every stage, served for a real browser. PAGES lists them, as site.py does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import waitress
from stdnum.cn import uscc

from app.tendering import Tendering
from oversight.complaints import complaints, examining, investigation, objections, suspending
from oversight.complaints.words import Matter, Outcome, Reply, Stop
from parties.models import Membership
from parties.roles import SECOND_FACTOR_ROLES, Role
from storage.database import Database
from tests.browser.site import Served, Shown, at, of
from tests.integration.app.world import Clock, World, make_app
from tests.integration.complaints.hall import Hall
from tests.integration.tenders.office import KEEPING
from tests.unit.bidding.examples import at as on

NOW = on(3, 10, 10)
_CENTER = "91460100MA5T00007"
_OWN, _NEW = "/desk/cases/{}", "/desk/cases/new/{}"

PAGES: Mapping[str, Shown] = {
    "cases": Shown(at("/cases")),
    "cases-none": Shown(at("/cases?state=withdrawn")),
    "case-objection": Shown(of("overdue", "/cases/{}")),
    "case-decided": Shown(of("decided", "/cases/{}")),
    "case-accepted": Shown(of("accepted", "/cases/{}")),
    "remedies": Shown(of("tender", "/notices/{}/remedies")),
    "remedies-procurement": Shown(of("procurement", "/notices/{}/remedies")),
    "clocks": Shown(at("/desk/clocks"), Role.CENTER),
    "clocks-overdue": Shown(at("/desk/clocks?only=overdue"), Role.SUPERVISOR),
    **{
        f"cases-desk-{role}": Shown(at("/desk"), role)
        for role in (Role.BIDDER, Role.TENDEREE, Role.SUPERVISOR, Role.CENTER)
    },
    "cases-of-bidder": Shown(at("/desk/cases"), Role.BIDDER),
    "cases-of-supervisor": Shown(at("/desk/cases"), Role.SUPERVISOR),
    "cases-of-center": Shown(at("/desk/cases"), Role.CENTER),
    "case-of-center": Shown(of("accepted", _OWN), Role.CENTER),
    "case-of-bidder": Shown(of("replied", _OWN), Role.BIDDER),
    "case-of-bidder-filed": Shown(of("filed", _OWN + "?done=filed"), Role.BIDDER),
    "case-of-tenderee": Shown(of("overdue", _OWN), Role.TENDEREE),
    "case-of-authority": Shown(of("accepted", _OWN), Role.SUPERVISOR),
    "case-to-accept": Shown(of("filed", _OWN), Role.SUPERVISOR),
    "case-fabricated": Shown(at("/desk/cases/fabricated"), Role.SUPERVISOR),
    "file-objection": Shown(of("tender", _NEW + "/objection"), Role.BIDDER),
    "file-complaint": Shown(of("tender", _NEW + "/complaint"), Role.BIDDER),
    "act-reply": Shown(of("overdue", _OWN + "/reply"), Role.TENDEREE),
    "act-state": Shown(of("filed", _OWN + "/state"), Role.BIDDER),
    "act-withdraw": Shown(of("filed", _OWN + "/withdraw"), Role.BIDDER),
    "act-accept": Shown(of("filed", _OWN + "/accept"), Role.SUPERVISOR),
    "act-refuse": Shown(of("filed", _OWN + "/refuse"), Role.SUPERVISOR),
    "act-forward": Shown(of("filed", _OWN + "/forward"), Role.SUPERVISOR),
    "act-suspend": Shown(of("filed", _OWN + "/suspend"), Role.SUPERVISOR),
    "act-measure": Shown(of("accepted", _OWN + "/measure"), Role.SUPERVISOR),
    "act-decide": Shown(of("accepted", _OWN + "/decide"), Role.SUPERVISOR),
    "act-join": Shown(of("accepted", _OWN + "/join"), Role.SUPERVISOR),
}


@contextmanager
def served(database: Database, folder: Path) -> Iterator[Served]:
    """The cases, on a port of their own, on 10 March 2026."""
    hall, clock = Hall(database, folder), Clock()
    clock.ahead = NOW - clock()
    app = make_app(database, folder, clock, url=None)
    app.extensions["sunseal"] = replace(
        app.extensions["sunseal"],
        tendering=Tendering(hall.office.blobs, lambda: KEEPING),
        tiles=hall.office.log.files,
    )
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    site = Served(World(app, database, clock), f"http://localhost:{server.effective_port}")
    _people(site, hall)
    _fill(site, hall)
    hall.office.log.run()
    Thread(target=server.run, name="cases", daemon=True).start()
    try:
        yield site
    finally:
        server.close()


def _people(site: Served, hall: Hall) -> None:
    organisations = {
        Role.BIDDER: hall.parties["甲公司"].organisation,
        Role.SUPERVISOR: hall.parties["某发展改革委"].organisation,
        Role.TENDEREE: hall.office.tenderee,
    }
    for role in (*organisations, Role.CENTER):
        site.people[role] = person = site.world.person(authenticator=role in SECOND_FACTOR_ROLES)
        if role in organisations:
            _join(hall, person.id, organisations[role], role)
        else:
            site.world.organisation(person, [role], code=_CENTER + uscc.calc_check_digit(_CENTER))


def _join(hall: Hall, person: UUID, organisation: UUID, role: Role) -> None:
    member = Membership(
        id=uuid4(),
        person_id=person,
        organisation_id=organisation,
        role=role,
        manages=False,
        began_at=on(3, 1),
        suspended_at=None,
        ended_at=None,
    )
    with hall.committing() as session:
        session.add(member)


def _fill(site: Served, hall: Hall) -> None:
    tenders = site.tenders
    hall.office.fill(20, seed=5)
    tenders["tender"] = hall.publish()
    tenders["procurement"] = hall.publish("cn-procurement")
    tenders["overdue"] = hall.object(tenders["tender"], "乙公司")
    tenders["near"] = hall.object(hall.publish(), now=on(3, 9, 9), text="工期要求不合理")
    tenders["replied"] = _replied(hall, hall.publish(), on(3, 5, 17))
    course = hall.publish()
    tenders["filed"] = hall.complain(course, matter=Matter.PROCESS, now=on(3, 9, 9))
    tenders["accepted"] = _accepted(hall, course, "乙公司", on(3, 4, 9))
    joined = _accepted(hall, course, "甲公司", on(3, 4, 10))
    decided = hall.publish()
    tenders["decided"] = _accepted(hall, decided, "甲公司", on(3, 3, 9))
    tenders["fabricated"] = _accepted(hall, decided, "乙公司", on(3, 3, 10))
    desk, authority = hall.desk, hall.parties["某发展改革委"]
    with hall.committing() as session:
        measure = (session, desk, authority, tenders["accepted"], Stop.TESTING, on(3, 16, 18), "送检桥梁钢材")
        investigation.stop(*measure, now=on(3, 9, 9))
        examining.join(session, desk, authority, joined, tenders["accepted"], "同一事项", now=on(3, 9, 10))
        found, _ = complaints.of_authority(session, authority, tenders["accepted"])
        suspending.order(session, desk, authority, found, "可能影响中标结果", now=on(3, 9, 11))
        for name, outcome in (("decided", Outcome.PARTLY), ("fabricated", Outcome.FABRICATED)):
            text = "图纸3应当修改，其余请求不予支持。\n请招标人于五日内改正并报告。"
            said = (session, desk, authority, tenders[name], outcome, text)
            investigation.decide(*said, now=on(3, 9, 16))


def _replied(hall: Hall, tender: str, now: datetime) -> str:
    case = hall.object(tender)
    with hall.committing() as session:
        owner = hall.parties["招标人"]
        text = "所列品牌仅为参考，同等性能的产品均可投标。"
        objections.reply(session, hall.desk, owner, case, Reply.PARTLY, text, now=now)
    return case


def _accepted(hall: Hall, tender: str, who: str, now: datetime) -> str:
    case = hall.complain(tender, who=who, matter=Matter.PROCESS, now=now)
    with hall.committing() as session:
        authority = hall.parties["某发展改革委"]
        examining.accept(session, hall.desk, authority, case, "符合受理条件。", now=on(3, 6, 9))
    return case
