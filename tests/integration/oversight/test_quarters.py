"""Populations of a quarter out of the platform's own records: whole, committed once, and only when it is over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.records import Records
from bidding.tender import State
from bidding.tenders.draft import Draft, LotDraft, to_json
from bidding.tenders.models import LotRow, TenderRow
from guarantees.models import Guarantee
from oversight import quarters, snapshots
from oversight.draw_tables import EXHAUSTED, DrawRow
from oversight.errors import MalformedDrawError, PoolError, TooEarlyError
from oversight.quarters import KINDS, Quarter
from parties.models import Membership, Organisation, Person
from parties.roles import Role
from tests.integration.oversight.office import Office

FIRST = Quarter(2025, 4)
INSIDE = (FIRST.begin, FIRST.begin + timedelta(days=40), FIRST.end - timedelta(seconds=1))
OUTSIDE = (FIRST.begin - timedelta(seconds=1), FIRST.end)
LOT = LotDraft(number="1", title="Bridge", estimate=500_000_000, ceiling=480_000_000, bond=10_000_000)


def organisation(session: Session, code: str, role: Role) -> Organisation:
    row = Organisation(
        id=uuid4(),
        credit_code=code,
        name=f"{role} {code[-2:]}",
        roles=[role],
        verified_roles=[role],
        salt=bytes(32),
        registered_at=FIRST.begin,
        suspended_at=None,
        suspended_because="",
    )
    session.add(row)
    session.flush()
    return row


def record(session: Session, office: Office, number: int, at: datetime, tenderee: Organisation) -> None:
    """One of each kind at an instant."""
    tender = f"t{number}"
    draft = to_json(Draft(title=f"Bridge {number}", lots=(LOT,)))
    published = {"created_at": at, "published_at": at, "law_of": at.date(), "keyholders": None, "again": None}
    session.add(
        TenderRow(id=tender, organisation=tenderee.id, state=State.EVALUATED.value, draft=draft, **published)
    )
    session.flush()
    outcome: dict[str, Any] = {
        "candidates": [],
        "candidates_until": None,
        "rank": None,
        "price": None,
        "bids": 3,
    }
    session.add(
        LotRow(
            id=f"{tender}.1",
            tender=tender,
            number="1",
            position=0,
            state=State.EVALUATED.value,
            resumes=None,
            timetable={},
            report_at=at,
            **outcome,
        )
    )
    session.add(
        DrawRow(
            id=bytes([number]) * 32,
            lot=f"{tender}.1",
            subject=f"experts for {tender}.1",
            group_id=office.world.group,
            snapshot_id=snapshots.newest(session, snapshots.EXPERTS).id,
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
    session.add(
        Guarantee(
            id=bytes([number]) * 32,
            lot=f"{tender}.1",
            tender=tender,
            bid=number,
            number=f"G-{number}",
            guarantor="91110000600037341L",
            applicant="secret bidder",
            beneficiary="91110000600037341L",
            amount=1,
            currency="CNY",
            applied_at=at,
            issued_at=at,
            expiry=at,
            content=b"{}",
            state="presented",
            presented_at=at,
            ended_at=None,
            released_because="",
            replaced_by=None,
            followed=0,
        )
    )
    session.flush()


def test_a_quarter_has_all_that_happened_in_it_and_nothing_else_once(office: Office) -> None:
    with office.world.database.session() as session:
        tenderee = organisation(session, "91110000600037341L", Role.TENDEREE)
        for number, at in enumerate((*INSIDE, *OUTSIDE)):
            record(session, office, number + 1, at, tenderee)
        for kind in KINDS:
            rows = [
                quarters.commit(
                    session, Records(), kind, FIRST, now=FIRST.end + timedelta(days=3), random=office.random
                )
                for _ in range(2)
            ]
            assert rows[0].id == rows[1].id
            assert (rows[0].size, rows[0].subject) == (3, f"{kind} of 2025Q4")
            identities = snapshots.identities_of(rows[0])
            assert "secret bidder" not in str(identities)
            ends = (".1",) if kind in ("lots", "evaluations") else ("01", "02", "03")
            assert all(key.endswith(ends) for key in rows[0].keys)
            snapshots.population_of(rows[0]).check(rows[0].root, 3)
        session.commit()


def test_what_is_not_over_is_empty_or_is_no_kind_is_refused(office: Office) -> None:
    with office.world.database.session() as session:
        before = FIRST.end - timedelta(seconds=1)
        with pytest.raises(TooEarlyError, match="2026-01-01"):
            quarters.commit(session, Records(), "lots", FIRST, now=before, random=office.random)
        with pytest.raises(PoolError, match="no lots of 2025Q4"):
            quarters.commit(session, Records(), "lots", FIRST, now=FIRST.end, random=office.random)
        with pytest.raises(MalformedDrawError, match="draws, lots"):
            quarters.commit(session, Records(), "persons", FIRST, now=FIRST.end, random=office.random)


def test_inspectors_are_those_who_act_for_a_supervisor_now(office: Office) -> None:
    with office.world.database.session() as session:
        with pytest.raises(PoolError, match="nobody"):
            quarters.commit_inspectors(session, Records(), now=FIRST.end, random=office.random)
        authority = organisation(session, "91110000600037341L", Role.SUPERVISOR)
        for number, ended in enumerate((None, None, FIRST.end)):
            person = Person(id=uuid4(), name=f"inspector {number}", created_at=FIRST.begin, suspended_at=None)
            session.add(person)
            session.flush()
            session.add(
                Membership(
                    id=uuid4(),
                    person_id=person.id,
                    organisation_id=authority.id,
                    role=Role.SUPERVISOR,
                    manages=False,
                    began_at=FIRST.begin,
                    suspended_at=None,
                    ended_at=ended,
                )
            )
        session.flush()
        row = quarters.commit_inspectors(session, Records(), now=FIRST.end, random=office.random)
        names = {one["name"] for one in snapshots.identities_of(row)}
    assert names == {"inspector 0", "inspector 1"}
