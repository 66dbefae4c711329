"""A deployment with three keyholders, the worker of draws, a mail server and a lot that was opened."""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bidding.tender import State
from bidding.tenders.models import LotRow, OpinionRow, TenderRow
from oversight.draw_tables import EXHAUSTED, DrawRow
from oversight.quarters import Quarter
from oversight.register import COLUMNS
from oversight.snapshots import EXPERTS, newest
from parties.models import Membership, Organisation, Person
from parties.roles import Role
from tests.e2e.keyholders.deployment import Deployment, now
from tests.integration.complaints.post_office import PostOffice

POOL = 300
TENDER, LOT = "2026112300001", "2026112300001.1"
CODE = re.compile(r"^答复码 / Code:  ([A-Z2-7-]+)$", re.MULTILINE)


def address(number: int) -> str:
    return f"expert{number}@example.com"


@dataclass
class DrawingPlatform(Deployment):
    """Experts are told by mail alone."""

    n: int = 3
    t: int = 2
    target: int = 3
    mail: PostOffice = field(default_factory=PostOffice)

    def configure(self) -> None:
        self.environment |= {
            "SUNSEAL_MAIL": f"smtp://127.0.0.1:{self.mail.port}",
            "SUNSEAL_MAIL_FROM": "platform@tenders.example",
            "SUNSEAL_URL": self.url,
        }

    def has_free_key(self) -> bool:
        return self.view(lambda view: any(run.is_free for run in view.keys))

    def fill_pool(self) -> None:
        """By the commands of an office: 300 experts of two regions, ten of each employer, one suspended, one removed."""
        target = io.StringIO()
        table = csv.writer(target)
        table.writerow(COLUMNS)
        for i in range(POOL):
            who = (f"E-{i:04}", f"专家{i:03}", f"第{i // 10 + 1}设计院", "高级工程师", address(i))
            table.writerow((*who, ("460100", "460200")[i % 2], 10, "A0801", "no"))
        self.run(
            "experts",
            "import",
            "--specialties",
            str(self.write("tree.csv", "code,name\nA08,市政\nA0801,桥\n")),
        )
        said = self.run("experts", "import", str(self.write("pool.csv", target.getvalue())))
        assert said == f"{POOL} of {POOL} lines entered\n"
        self.run("experts", "review", *(f"E-{i:04}" for i in range(POOL)))
        self.run("experts", "suspend", "E-0000", "--reason", "三次未到场")
        self.run("experts", "remove", "E-0001", "--reason", "本人申请", "--yes")
        self.run("experts", "snapshot")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def open_lot(self) -> None:
        """A lot whose opening was just now; how it comes there is told in tests/e2e/procurement."""
        at = now()
        organisation = Organisation(
            id=uuid4(),
            credit_code="91110000600037341L",
            name="市交通集团",
            roles=["tenderee"],
            verified_roles=["tenderee"],
            salt=bytes(32),
            registered_at=at,
            suspended_at=None,
            suspended_because="",
        )
        tender = TenderRow(
            id=TENDER,
            organisation=organisation.id,
            state=State.OPENED.value,
            draft={},
            created_at=at,
            published_at=at,
            law_of=at.date(),
            keyholders=self.group,
            again=None,
        )
        lot = LotRow(
            id=LOT,
            tender=TENDER,
            number="1",
            position=0,
            state=State.OPENED.value,
            resumes=None,
            timetable={},
            bids=3,
            report_at=None,
            candidates=[],
            candidates_until=None,
            rank=None,
            price=None,
        )
        with self.database.session() as session:
            for row in (organisation, tender, lot):
                session.add(row)
                session.flush()
            session.commit()

    def award_lot(self) -> None:
        with self.database.session() as session:
            session.get_one(LotRow, LOT).state = State.AWARDED.value
            session.commit()

    def opinions(self) -> list[tuple[str, bool]]:
        """(the expert's number, whether it is void)."""
        with self.database.session() as session:
            rows = session.query(OpinionRow).order_by(OpinionRow.id)
            return [(row.member, row.void_at is not None) for row in rows]

    def write_down_draws(self, count: int, quarter: Quarter) -> None:
        """Draws of a quarter that is over, as the platform keeps them."""
        at: datetime = quarter.begin
        with self.database.session() as session:
            snapshot = newest(session, EXPERTS)
            for i in range(count):
                session.add(
                    DrawRow(
                        id=bytes([i + 1]) * 32,
                        lot=f"2026070100{i:03}.1",
                        subject=f"experts for 2026070100{i:03}.1",
                        group_id=self.group,
                        snapshot_id=snapshot.id,
                        terms=b"{}",
                        others=0,
                        state=EXHAUSTED,
                        warnings=[],
                        bidders=[],
                        seed=bytes(64),
                        names=None,
                        requested_at=at,
                    )
                )
            session.commit()

    def appoint_inspectors(self, count: int) -> None:
        """Persons who act for a supervising authority, as the platform keeps them."""
        authority = Organisation(
            id=uuid4(), credit_code="11460000MB0000001A", name="海南省发展和改革委员会",
            roles=[Role.SUPERVISOR], verified_roles=[Role.SUPERVISOR], salt=bytes(32),
            registered_at=now(), suspended_at=None, suspended_because="",
        )  # fmt: skip
        with self.database.session() as session:
            session.add(authority)
            session.flush()
            for i in range(count):
                person = Person(id=uuid4(), name=f"检查员{i}", created_at=now(), suspended_at=None)
                session.add(person)
                session.flush()
                terms = {"role": Role.SUPERVISOR, "manages": False, "began_at": now()}
                ends = {"suspended_at": None, "ended_at": None}
                session.add(
                    Membership(id=uuid4(), person_id=person.id, organisation_id=authority.id, **terms, **ends)
                )
            session.commit()

    def codes(self) -> dict[int, str]:
        """The newest code that each expert was mailed."""
        found = {}
        for mail in self.mail.mails:
            number = int(re.findall(r"\d+", str(mail["To"]))[0])
            found[number] = CODE.findall(mail.get_content().replace("\r\n", "\n"))[0]
        return found

    def post(self, path: str, body: Any) -> httpx.Response:
        """Without a login."""
        return httpx.post(f"{self.url}/api/oversight/v1{path}", json=body, trust_env=False, timeout=30)

    def shown(self, path: str) -> Any:
        answer = httpx.get(f"{self.url}{path}", trust_env=False, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def trust(self) -> tuple[str, ...]:
        return ("--policy", str(self.folder / "policy"), "--supervisor", self.supervisor.raw.hex())
