"""Duties that a person reports as done: who, when, how late; and which the platform sees by itself."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bidding.errors import WrongStateError
from bidding.tender import State
from bidding.tenders import changing, due, duties, outcome
from bidding.tenders.changing import Ground
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.models import LotRow, TenderRow
from parties.models import Membership
from parties.roles import Role
from tests.integration.app.world import World
from tests.integration.tenders.office import DRAFT, Office, force
from tests.integration.tenders.test_api import published
from tests.unit.bidding.examples import at

CANCELLED = at(3, 10, 9)


def clerk(office: Office) -> UUID:
    with office.database.session() as session:
        return session.scalars(select(Membership.id)).first() or UUID(int=0)


def contracted(office: Office) -> str:
    """Awarded on 3 April, and signed at once."""
    tender = office.publish()
    with office.committing() as session:
        lot = session.get_one(LotRow, f"{tender}.1")
        force(session, session.get_one(TenderRow, tender), lot, State.CANDIDATES_PUBLISHED)
    with office.committing() as session:
        outcome.award(session, f"{tender}.1", 1, now=at(4, 3, 9))
        outcome.contract(session, f"{tender}.1", 400_000_001, "ab" * 32, now=at(4, 3, 10))
    return tender


def test_a_report_and_a_refund_are_noted_with_who_and_when(office: Office) -> None:
    tender, member = contracted(office), clerk(office)
    with office.committing() as session:
        reported = duties.fulfil(
            session, tender, "1", "supervisor-report", member, evidence="cd" * 32, now=at(4, 9, 9)
        )
        assert (reported.done_at, reported.done_by, reported.overdue_at) == (at(4, 9, 9), member, None)
        assert reported.evidence == "cd" * 32
        refunded = duties.fulfil(session, tender, "1", "bond-refund", member, now=at(4, 20, 9))
        assert refunded.overdue_at == at(4, 20, 9), "late, and on record as late"
        with pytest.raises(WrongStateError, match="done before"):
            duties.fulfil(session, tender, "1", "bond-refund", member, now=at(4, 21))


def test_what_a_step_of_the_tender_does_nobody_reports(office: Office) -> None:
    tender, member = office.publish(), clerk(office)
    with office.committing() as session:
        changing.suspend(session, tender, Ground.OBJECTION, "objection-1", "drawing 3", now=at(3, 10))
        with pytest.raises(WrongStateError, match="a step of the tender"):
            duties.fulfil(session, tender, "1", "objection-reply", member, now=at(3, 11))
        for rule in ("bond-refund", "close-all", "cancellation-refund"):
            with pytest.raises(UnknownTenderError):
                duties.fulfil(session, tender, "1", rule, member, now=at(3, 11))


@pytest.mark.parametrize(("body", "days"), [("cn-tender", 16), ("cn-procurement", 17)])
def test_a_cancellation_leaves_the_refund_as_a_duty(office: Office, body: str, days: int) -> None:
    """Five days from Tuesday, 10 March: Sunday the 15th moves to the 16th; five working days end on the 17th."""
    tender = office.publish(replace(DRAFT, profile=body))
    with office.committing() as session:
        changing.cancel(session, tender, "no money", now=CANCELLED)
        rows = {row.kind: row for row in due.of_lot(session, f"{tender}.1")}
        assert rows["close"].done_at == CANCELLED
        assert rows["cancellation-refund"].done_at is None
        assert rows["cancellation-refund"].due_at == at(3, days, 24)
        duties.fulfil(session, tender, "1", "cancellation-refund", clerk(office), now=at(3, 11))


def test_duties_over_rest(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    _, stranger = world.acting_as(Role.TENDEREE)
    tender = published(world, browser)
    path = f"/api/tenders/{tender}/lots/1/duties"
    assert browser.get(path).get_json() == []
    assert browser.post(f"/api/tenders/{tender}/cancellation", {"reason": "no money"}).status_code == 200
    (owed,) = browser.get(path).get_json()
    assert (owed["rule"], owed["by_hand"], owed["done_at"]) == ("cancellation-refund", True, None)
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/cancellation-refund", {}).status_code == 404
    world.clock.ahead += timedelta(minutes=6)
    done = browser.post(f"{path}/cancellation-refund", {"sha256": "ab" * 32})
    assert done.status_code == 200, done.get_json()
    shown = done.get_json()
    assert (shown["late"], shown["done_for"], shown["sha256"]) == (True, "甲公司", "ab" * 32)
    assert shown["done_by"].startswith("Person")
    again = browser.post(f"{path}/cancellation-refund", {})
    assert (again.status_code, again.get_json()["code"]) == (409, "refused")
    assert browser.post(f"{path}/bond-refund", {}).status_code == 404
