"""Tenders and parties on the test's own database, with objections and complaints about them: `Hall(database, folder)`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from uuid import uuid4

from sqlalchemy.orm import Session

from app.complaint_flows import desk_of
from bidding.tender import State
from bidding.tenders.models import LotRow, SuspensionRow, TenderRow
from ledger.entries import Entry
from oversight.complaints import complaints, objections, reading
from oversight.complaints.objections import Filing
from oversight.complaints.ports import Party
from oversight.complaints.reading import ClockView
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import Capacity, Matter
from parties import members, organisations
from parties.models import Membership, Organisation
from parties.roles import Role
from storage.database import Database
from tests.integration.tenders.office import DRAFT, NOW, Office, force
from tests.unit.bidding.examples import at

PUBLISHED, KNOWN, OBJECTED, COMPLAINED = at(3, 2, 9), at(3, 2, 10), at(3, 3, 10), at(3, 9, 10)
CODES = {
    "甲公司": "91110000600037341L",
    "乙公司": "91350100M000100Y43",
    "某发展改革委": "914403001922038216",
    "某住建局": "91320594088140947F",
}


@dataclass
class Hall:
    """Who objects (甲公司, 乙公司), to whom one complains (某发展改革委, 某住建局), and an office with a tender."""

    database: Database
    folder: Path
    office: Office = field(init=False)
    parties: dict[str, Party] = field(init=False)

    def __post_init__(self) -> None:
        self.office = Office(self.database, self.folder)
        self.desk = desk_of(token_bytes)
        self.parties = {}
        with self.committing() as session:
            for name, code in CODES.items():
                role = Role.SUPERVISOR if name.startswith("某") else Role.BIDDER
                person = members.add_person(session, f"{name}的人", now=NOW, random=token_bytes)
                made = organisations.establish(session, code, name, role, person, now=NOW, random=token_bytes)
                self.parties[name] = Party(made.id, name, code, person.id, role)
            owner = session.get_one(Organisation, self.office.tenderee)
            person = members.add_person(session, "Li Si", now=NOW, random=token_bytes)
            session.add(
                Membership(
                    id=uuid4(),
                    person_id=person.id,
                    organisation_id=owner.id,
                    role=Role.TENDEREE,
                    manages=False,
                    began_at=NOW,
                    suspended_at=None,
                    ended_at=None,
                )
            )
            self.parties["招标人"] = Party(owner.id, owner.name, owner.credit_code, person.id, Role.TENDEREE)

    @contextmanager
    def committing(self) -> Iterator[Session]:
        with self.database.session() as session:
            yield session
            session.commit()

    def publish(self, profile: str = "cn-tender", now: datetime = PUBLISHED) -> str:
        return self.office.publish(replace(DRAFT, profile=profile), now=now)

    def show_candidates(self, tender: str, until: datetime) -> None:
        """As if the lot had been opened and evaluated."""
        with self.committing() as session:
            row = session.get_one(TenderRow, tender)
            lot = session.get_one(LotRow, f"{tender}.1")
            force(session, row, lot, State.CANDIDATES_PUBLISHED)
            lot.candidates_until = until
            lot.timetable = {**lot.timetable, "candidates_from": at(3, 30, 9).isoformat()}

    def object(
        self,
        tender: str,
        who: str = "甲公司",
        *,
        matter: Matter = Matter.DOCUMENTS,
        capacity: Capacity = Capacity.POTENTIAL_BIDDER,
        now: datetime = OBJECTED,
        text: str = "图纸3指定了品牌",
    ) -> str:
        filing = Filing(tender, None, matter, capacity, text, at(3, 2, 10))
        with self.committing() as session:
            return objections.file(session, self.desk, self.parties[who], filing, now=now).id

    def complain(
        self,
        tender: str,
        after: str = "",
        who: str = "甲公司",
        *,
        to: str = "某发展改革委",
        matter: Matter = Matter.DOCUMENTS,
        capacity: Capacity = Capacity.POTENTIAL_BIDDER,
        now: datetime = COMPLAINED,
        knowing: datetime = KNOWN,
    ) -> str:
        filing = Filing(tender, None, matter, capacity, "答复避重就轻", knowing)
        with self.committing() as session:
            case = complaints.file(
                *(session, self.desk, self.parties[who], filing, self.parties[to].organisation, after),
                now=now,
            )
            return case.id

    def case(self, case: str) -> CaseRow:
        with self.database.session() as session:
            return reading.get(session, case)

    def clocks(self, case: str, now: datetime) -> dict[str, ClockView]:
        with self.database.session() as session:
            found = reading.clocks_of(session, reading.get(session, case), now=now)
        return {one.rule.id: one for one in found}

    def suspensions(self, tender: str) -> Sequence[SuspensionRow]:
        with self.database.session() as session:
            return (
                session.query(SuspensionRow)
                .filter(SuspensionRow.lot == f"{tender}.1")
                .order_by(SuspensionRow.id)
                .all()
            )

    def entries(self, *kinds: type) -> list[Entry]:
        return [entry for entry in self.office.entries() if isinstance(entry, kinds)]
